/** What a narrow plan is about, in words: nobody may take it for the whole. */
import type { CameAlong } from "../model/narrowing.ts";
import type { Plan } from "../model/plan.ts";
import { shortRevision } from "../model/revision.ts";
import { plural } from "./findings.ts";
import { printableLine } from "./paint.ts";

/** So many reasons are read; the document that `--output json` prints has all. */
const MOST_ALONG = 10;
const MOST_FLAGS = 5;

/** "Narrowed to 3 of 120 resources by --only Flow/main-menu; 1 came along." and why each did. Empty for a plan that is about everything. */
export function describeNarrowing({ narrowed }: Pick<Plan, "narrowed">): readonly string[] {
  if (narrowed === undefined) return [];
  const { selected, of, along, notes, since } = narrowed;
  const company = along.length === 0 ? "" : `; ${along.length} came along`;
  const by = cut(narrowed.by, MOST_FLAGS).join(", ");
  const remarks = [...(since === null ? [] : [`compared with the commit ${shortRevision(since)}`]), ...notes];
  const head = `Narrowed to ${selected} of ${plural(of, "resource")} by ${by}${company}. The rest was not looked at.`;
  return [head, ...remarks.map(sentence), ...cut(along.map(describeCompanion), MOST_ALONG)].map(printableLine);
}

/** A few words after numbers: " Narrowed to 3 of 120 resources." Empty for a plan that is about everything. */
export function rememberNarrowing({ narrowed }: Pick<Plan, "narrowed">): string {
  if (narrowed === undefined) return "";
  const { selected, of, along } = narrowed;
  return ` Narrowed to ${selected + along.length} of ${plural(of, "resource")}.`;
}

function describeCompanion({ kind, name, why }: CameAlong): string {
  return `${kind} ${name} came along: ${why}.`;
}

function sentence(clause: string): string {
  return `${clause.slice(0, 1).toUpperCase()}${clause.slice(1)}.`;
}

function cut(texts: readonly string[], most: number): readonly string[] {
  return texts.length <= most ? texts : [...texts.slice(0, most), `and ${texts.length - most} more`];
}
