/** Reads drafts back before they are written: each must be a manifest, and say what is live. */
import { diffOwned } from "../../engine/diff.ts";
import { siblingsOf } from "../../engine/units.ts";
import type { Resource } from "../../kinds/kind.ts";
import { compareFindings, compareText, type Finding, hasErrors } from "../../model/finding.ts";
import { isSameJson } from "../../model/json.ts";
import { refKey } from "../../model/live.ts";
import type { FileChange } from "../../source/manifest-files.ts";
import type { LoadedDocuments } from "../../source/parse-files.ts";
import { parseYaml } from "../../source/yaml.ts";
import { groupMembers } from "../planning.ts";
import type { Session } from "../session.ts";
import { validateDesired } from "../workspace.ts";
import type { Draft } from "./drafts.ts";
import { type TextOptions, writeTexts } from "./texts.ts";

/** A draft that is not written, and why. */
export interface RefusedDraft {
  readonly draft: Draft;
  readonly reason: string;
}

export interface CheckedDrafts {
  readonly accepted: readonly Draft[];
  readonly refused: readonly RefusedDraft[];
  readonly changes: readonly FileChange[];
  /** About the files that change, and the errors that the others get by it. */
  readonly findings: readonly Finding[];
  /** The errors that the manifests, whichever of them, would have and do not have now. */
  readonly brought: readonly Finding[];
}

export interface CheckOptions extends Pick<TextOptions, "comments"> {
  /** The manifests as they are. */
  readonly loaded: LoadedDocuments;
  /** What the trail shows that we manage. */
  readonly managed: readonly Resource[];
}

/**
 * The drafts that can be written, the files that they change, and what validation says of these.  What breaks a rule is accepted, for it can be mended in git; what is no manifest, or says
 * something else than live, is refused.
 */
export function checkDrafts(
  session: Session,
  drafts: readonly Draft[],
  { loaded, managed, comments }: CheckOptions,
): CheckedDrafts {
  const refused: RefusedDraft[] = drafts.flatMap((draft) =>
    draft.refusal === undefined ? [] : [{ draft, reason: draft.refusal }],
  );
  const before = errorsOf(session, loaded);
  for (;;) {
    const known = new Set(refused.map(({ draft }) => draft));
    const accepted = drafts.filter((draft) => !known.has(draft));
    const { changes, unsayable } = writeTexts(accepted, { comments, texts: loaded.texts });
    const reason = "it holds what no manifest can: half a character, a number of too many digits, or too many levels";
    const found = unsayable.map((draft) => ({ draft, reason }));
    const { wrong, findings, others } =
      found.length > 0
        ? { wrong: found, findings: [], others: [] }
        : readBack(session, accepted, changes, { loaded, managed });
    // What was refused may have been what another referred to, so the others are read once more.
    if (wrong.length === 0) {
      const brought = findBrought(before, [...findings, ...others]);
      const elsewhere = brought.filter((finding) => others.includes(finding));
      return { accepted, refused, changes, findings: [...findings, ...elsewhere].sort(compareFindings), brought };
    }
    refused.push(...wrong);
  }
}

function readBack(
  session: Session,
  drafts: readonly Draft[],
  changes: readonly FileChange[],
  { loaded: before, managed }: Omit<CheckOptions, "comments">,
): {
  readonly wrong: readonly RefusedDraft[];
  readonly findings: readonly Finding[];
  /** About the files that do not change. */
  readonly others: readonly Finding[];
} {
  const changed = new Set(changes.map(({ file }) => file));
  const parsed = changes.map(({ file, after }) => parseYaml(after, { file }));
  const loaded = {
    documents: [
      ...before.documents.filter(({ file }) => !changed.has(file)),
      ...parsed.flatMap((one) => one.documents),
    ],
    problems: parsed.flatMap(({ problems }) => problems),
    texts: new Map<string, string>(),
  };
  const validation = validateDesired(session, { loaded }, session.tenant);
  const findings = validation.findings.filter(({ file }) => changed.has(file));
  const units = new Map(groupMembers(validation.resources, managed).map((unit) => [refKey(unit.ref), unit]));
  const resourceByPlace = new Map(validation.resources.map((one) => [placeOf(one.source), one]));
  const wrong = drafts.flatMap((draft): readonly RefusedDraft[] => {
    if (!changed.has(draft.file)) return [];
    const resource = resourceByPlace.get(placeOf(draft));
    const about = findings.filter(({ file }) => file === draft.file);
    if (resource === undefined) return [{ draft, reason: whyNoManifest(about) }];
    const unit = units.get(refKey(resource.target));
    const reason = whyOtherwise(draft, resource, unit === undefined ? [] : siblingsOf(unit, resource), about);
    return reason === undefined ? [] : [{ draft, reason }];
  });
  return { wrong, findings, others: validation.findings.filter(({ file }) => !changed.has(file)) };
}

function errorsOf(session: Session, loaded: LoadedDocuments): readonly Finding[] {
  const { findings } = validateDesired(session, { loaded }, session.tenant);
  return findings.filter(({ severity }) => severity === "error");
}

/** Lines move with what is written above them, so an error is known by what it says. */
function findBrought(before: readonly Finding[], after: readonly Finding[]): readonly Finding[] {
  const wordsOf = ({ rule, file, message }: Finding) => JSON.stringify([rule, file, message]);
  const countByWords = new Map<string, number>();
  for (const words of before.map(wordsOf)) countByWords.set(words, (countByWords.get(words) ?? 0) + 1);
  return after.filter((finding) => {
    if (finding.severity !== "error") return false;
    const left = countByWords.get(wordsOf(finding)) ?? 0;
    countByWords.set(wordsOf(finding), left - 1);
    return left <= 0;
  });
}

export function placeOf({ file, index }: { readonly file: string; readonly index: number }): string {
  return JSON.stringify([file, index]);
}

function whyNoManifest(findings: readonly Finding[]): string {
  const [first] = findings.filter(({ severity }) => severity === "error");
  return first === undefined
    ? "no manifest can say what is live"
    : `no manifest can say what is live: ${first.message}`;
}

/**
 * Live that cannot be read, and live of which the manifest would say something else: the next apply would change it.
 */
function whyOtherwise(
  draft: Draft,
  resource: Resource,
  siblings: readonly Resource[],
  findings: readonly Finding[],
): string | undefined {
  const { document } = draft.document;
  const problem = resource.checkDocument(document, siblings).find(({ rule, severity = "error" }) => {
    return rule.startsWith("live/") && severity === "error";
  });
  if (problem !== undefined) return problem.message;
  const [live, desired] = [resource.live(document, siblings), resource.desired(siblings)];
  if (live !== undefined && isSameJson(live, desired)) return undefined;
  // What breaks a rule may have no one meaning, such as a node that is there twice; what was left alone is meant to differ.
  if (draft.left.length + draft.held.length > 0 || hasErrors(findings)) return undefined;
  const places = diffOwned(live, desired).patch.map(({ path }) => path);
  const [first = "/", ...more] = places.toSorted(compareText);
  return `no manifest can say what is live at ${first}${more.length > 0 ? ` and ${more.length} other places` : ""}`;
}
