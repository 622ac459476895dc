/** Which live edits can be taken over without an error in manifests that have none now. */
import { refKey } from "../../model/live.ts";
import type { Session } from "../session.ts";
import { type CheckedDrafts, type CheckOptions, checkDrafts, type RefusedDraft } from "./check.ts";
import { type Draft, isUnchanged } from "./drafts.ts";

/**
 * As `checkDrafts`, and refuses also every draft that brings an error, into its own manifest or another: git would stop at it, for this
 * resource and all others. Drafts of one document are tried together first, for one may be right only with another; then without
 * one of them; then none is taken. Validates once where no error is brought, and about log n times more for each document, of n, that brings one.
 */
export function checkSound(session: Session, drafts: readonly Draft[], options: CheckOptions): CheckedDrafts {
  const check = (some: readonly Draft[]) => checkDrafts(session, some, options);
  const all = check(drafts);
  if (all.brought.length === 0) return all;
  const edits = drafts.filter((draft) => !isUnchanged(draft));
  const groups = [...Map.groupBy(edits, ({ document }) => refKey(document.ref)).values()];
  const { sound, refused } = takeSound(groups, [], check);
  const kept = new Set(sound);
  const checked = check(drafts.filter((draft) => isUnchanged(draft) || kept.has(draft)));
  return { ...checked, refused: [...checked.refused, ...refused] };
}

type Check = (drafts: readonly Draft[]) => CheckedDrafts;

interface Sound {
  /** Brings no error, together with `base`. */
  readonly sound: readonly Draft[];
  readonly refused: readonly RefusedDraft[];
}

/** Halves until what brings an error stands alone. `base` is sound. */
function takeSound(groups: readonly (readonly Draft[])[], base: readonly Draft[], check: Check): Sound {
  const together = groups.flat();
  const checked = check([...base, ...together]);
  if (checked.brought.length === 0) return { sound: together, refused: [] };
  const [first, ...others] = groups;
  if (first !== undefined && others.length === 0) return takeApart(first, base, check);
  const half = Math.ceil(groups.length / 2);
  const left = takeSound(groups.slice(0, half), base, check);
  const right = takeSound(groups.slice(half), [...base, ...left.sound], check);
  return { sound: [...left.sound, ...right.sound], refused: [...left.refused, ...right.refused] };
}

function takeApart(group: readonly Draft[], base: readonly Draft[], check: Check): Sound {
  const reason = whyNot(check([...base, ...group]));
  for (const draft of group.length > 1 ? group : []) {
    const sound = group.filter((one) => one !== draft);
    if (check([...base, ...sound]).brought.length === 0) return { sound, refused: [{ draft, reason }] };
  }
  return { sound: [], refused: group.map((draft) => ({ draft, reason })) };
}

function whyNot({ brought }: CheckedDrafts): string {
  const [first, ...more] = brought.map(({ file, message, rule }) => `${file}: ${message} (${rule})`);
  const further = more.length > 0 ? `, and ${more.length} more` : "";
  return `git would then stop at an error that the manifests do not have now: ${first}${further}. Mend it live, or change or delete the manifest that it is in, and run this again`;
}
