/** What an import says that it did. */
import { compareText, type Finding, hasErrors } from "../../model/finding.ts";
import { countFindings, plural, renderFindings } from "../../render/findings.ts";
import { printableLine } from "../../render/paint.ts";
import { renderUnifiedDiff } from "../../render/unified-diff.ts";
import type { FileChange } from "../../source/manifest-files.ts";
import { type Io, printJson } from "../outside/io.ts";
import { withRequests } from "../request-report.ts";
import type { CheckedDrafts } from "./check.ts";
import { type Draft, isUnchanged } from "./drafts.ts";
import type { Unread } from "./live.ts";

/** One line of the result. `file` is null for what is in none. */
export interface ImportEntry {
  readonly kind: string;
  readonly name: string;
  readonly id: string;
  readonly file: string | null;
  readonly action: "created" | "edited" | "unchanged" | "refused";
  readonly notes: readonly string[];
}

export interface ImportResult {
  readonly tenant: string;
  readonly written: readonly ImportEntry[];
  readonly unread: readonly Unread[];
  /** Said once, whatever it is about. */
  readonly general: readonly string[];
  readonly findings: readonly Finding[];
  /** What is written, or would be. */
  readonly changes: readonly FileChange[];
  /** True when nothing was written, because nothing was to be. */
  readonly isCheck: boolean;
  /** Tenants that share what was edited. */
  readonly others: readonly string[];
  /** True when live differs still from what manifests say: a manifest of nothing live, a reference that stays. */
  readonly leavesDrift: boolean;
}

/** One entry for each draft, by kind and name. */
export function listEntries({
  accepted,
  refused,
}: Pick<CheckedDrafts, "accepted" | "refused">): readonly ImportEntry[] {
  const entries = [
    ...accepted.map((draft) =>
      entryOf(draft, draft.edits === undefined ? "created" : isUnchanged(draft) ? "unchanged" : "edited"),
    ),
    ...refused.map(({ draft, reason }): ImportEntry => {
      const file = draft.edits === undefined ? null : draft.file;
      return { ...entryOf(draft, "refused"), file, notes: [reason, ...draft.notes] };
    }),
  ];
  return entries.sort(
    (left, right) =>
      compareText(left.kind, right.kind) || compareText(left.name, right.name) || compareText(left.id, right.id),
  );
}

function entryOf({ kind, name, id, file, notes }: Draft, action: ImportEntry["action"]): ImportEntry {
  return { kind, name, id, file, action, notes };
}

const WORDS = {
  created: { mark: "+", style: "added", done: "created", planned: "to create" },
  edited: { mark: "~", style: "changed", done: "edited", planned: "to edit" },
  unchanged: { mark: "=", style: "faint", done: "unchanged", planned: "unchanged" },
  refused: { mark: "!", style: "error", done: "not imported", planned: "cannot be imported" },
} as const;

export function printImport(io: Io, result: ImportResult, output: string): void {
  const { tenant, written, unread, findings, general, isCheck } = result;
  if (output === "json") {
    printJson(io, withRequests(io, { formatVersion: 1, tenant, written, unread, notes: general, findings }));
    return;
  }
  for (const entry of written) io.print(renderEntry(io, entry, isCheck));
  for (const { document, reason } of unread)
    io.print(`  ${io.paint("error", "!")} ${printableLine(document)}: ${printableLine(reason)}\n`);
  if (isCheck) {
    for (const { file, before, after } of result.changes) {
      io.print(`\n${renderUnifiedDiff(file, before, after, io.paint)}`);
    }
  }
  if (findings.length > 0)
    io.print(`\n${renderFindings(findings, io.paint)}${countFindings(findings)} in what is imported.\n`);
  if (hasErrors(findings)) {
    io.print("live breaks rules that git enforces; mend it in the file, and the plan will show what changes\n");
  }
  for (const note of general) io.print(`${printableLine(note)}\n`);
  io.print(`\n${summarize(result)}\n`);
}

function renderEntry({ paint }: Io, { kind, name, id, file, action, notes }: ImportEntry, isCheck: boolean): string {
  const { mark, style, done, planned } = WORDS[action];
  const called = id === name ? name : `${name} (${printableLine(id)})`;
  const where = file === null ? "" : `  ${printableLine(file)}`;
  const lines = notes.map((note) => `      ${printableLine(note)}\n`);
  return `  ${paint(style, `${mark} ${isCheck ? planned : done}`)} ${kind} ${called}${where}\n${lines.join("")}`;
}

function summarize({ written, unread, isCheck, others, leavesDrift }: ImportResult): string {
  const counts = (["created", "edited", "unchanged", "refused"] as const).flatMap((action) => {
    const count = written.filter((entry) => entry.action === action).length;
    return count === 0 ? [] : [`${count} ${isCheck ? WORDS[action].planned : WORDS[action].done}`];
  });
  const missing = unread.length === 0 ? [] : [`${plural(unread.length, "thing")} that could not be read`];
  if (counts.length + missing.length === 0) return "There is nothing live to import.";
  const has = written.some(({ action }) => action === "created" || action === "edited");
  const sends = others.length > 0 || leavesDrift ? "" : ", and sends nothing";
  const next =
    has && !isCheck
      ? ` Review and commit the files; \`cxone-gitops apply --adopt\` then records them as managed${sends}.${describeOthers(others)}`
      : "";
  return `${[...counts, ...missing].join(", ")}.${next}`;
}

/** The other tenants that the manifests of drafts are for, as far as they are edited. */
export function othersOf(drafts: readonly Draft[]): readonly string[] {
  return [...new Set(drafts.flatMap(({ others }) => others))].sort(compareText);
}

/** What is taken over from one tenant is asked of every tenant that shares the manifest. Empty where none does. */
export function describeOthers(others: readonly string[]): string {
  if (others.length === 0) return "";
  const names = others.join(", ");
  return ` What was edited is for ${names} as well: \`cxone-gitops plan --tenant all\` shows what it changes there.`;
}
