/** What a take-over of live edits says that it did. */
import type { FieldConflict } from "../../engine/take-over.ts";
import { compareText, type Finding, hasErrors } from "../../model/finding.ts";
import { isSameJson } from "../../model/json.ts";
import type { Drift } from "../../model/plan.ts";
import { shortRevision } from "../../model/revision.ts";
import { plural, renderFindings } from "../../render/findings.ts";
import { printableLine } from "../../render/paint.ts";
import { renderUnifiedDiff } from "../../render/unified-diff.ts";
import type { FileChange } from "../../source/manifest-files.ts";
import { type Io, printJson } from "../outside/io.ts";
import { withRequests } from "../request-report.ts";
import type { Memory } from "../trail/memory.ts";
import type { CheckedDrafts } from "./check.ts";
import type { Draft } from "./drafts.ts";
import type { Landing } from "./drift-base.ts";
import type { DriftFind } from "./drift-found.ts";
import type { Unread } from "./live.ts";
import { describeOthers, type ImportEntry, type ImportResult, othersOf } from "./report.ts";

/** A field that was edited live and in git; git's stays. */
export interface DriftConflict extends FieldConflict {
  readonly kind: string;
  readonly name: string;
  readonly id: string;
}

export interface DriftResult
  extends Pick<ImportResult, "tenant" | "unread" | "findings" | "changes" | "others" | "isCheck"> {
  readonly written: readonly DriftEntry[];
  readonly conflicts: readonly DriftConflict[];
  readonly notes: readonly string[];
  readonly landing: Landing;
  readonly isBlocked: boolean;
}

/** `edited`: live edits went into its manifest; `unchanged`: git's own change, to be applied; `refused`: an edit was left. */
export interface DriftEntry extends ImportEntry {
  readonly action: "edited" | "unchanged" | "refused";
  /** True when something that was edited live is not in the manifest now. */
  readonly isPartial: boolean;
}

export interface DriftInput {
  readonly tenant: string;
  readonly finds: readonly DriftFind[];
  readonly unread: readonly Unread[];
  readonly checked: CheckedDrafts;
  /** What is written, or would be. */
  readonly changes: readonly FileChange[];
  readonly isCheck: boolean;
  readonly memory: Memory;
}

export function makeResult(input: DriftInput, landing: Landing, blocking: readonly Finding[] = []): DriftResult {
  const { tenant, finds, unread, checked, changes, isCheck } = input;
  const written = unread.length > 0 ? [] : finds.map((find) => entryOf(find, checked)).sort(byName);
  const conflicts = finds.flatMap(({ resource: { kind, name, id }, takeOver }) =>
    (takeOver?.conflicts ?? []).map((conflict) => ({ kind, name, id, ...conflict })),
  );
  const general = new Set(checked.accepted.flatMap((draft) => draft.general));
  return {
    tenant,
    written,
    conflicts: unread.length > 0 ? [] : conflicts,
    unread,
    findings: [...blocking, ...checked.findings],
    notes: [...general],
    changes,
    landing,
    others: othersOf(checked.accepted),
    isCheck,
    isBlocked: blocking.length > 0,
  };
}

/** True when something that was edited live could not be taken over, or breaks a rule. */
export function isPartial({ written, conflicts, findings }: DriftResult): boolean {
  return conflicts.length > 0 || written.some((entry) => entry.isPartial) || hasErrors(findings);
}

function entryOf(find: DriftFind, { accepted, refused }: CheckedDrafts): DriftEntry {
  const { resource, draft, takeOver, reason } = find;
  const { kind, name, id, source } = resource;
  const entry = { kind, name, id, file: source.file };
  if (reason !== undefined) return { ...entry, ...REASONS[reason], notes: [REASONS[reason].note] };
  const why = refused.find((one) => one.draft === draft)?.reason;
  const isTaken = draft !== undefined && accepted.includes(draft) && !isSameJson(draft.value, source.value);
  if (isTaken) {
    const notes = [describeOrigin(takeOver?.drift, takeOver?.taken ?? []), ...draft.notes];
    return { ...entry, action: "edited", isPartial: hasLeft(draft), notes };
  }
  const hasWords = (draft !== undefined && hasLeft(draft)) || (takeOver?.conflicts.length ?? 0) > 0;
  const notes = [...(why === undefined ? (hasWords ? [] : [NO_WORDS]) : [why]), ...(draft?.notes ?? [])];
  return { ...entry, action: "refused", isPartial: true, notes };
}

function hasLeft({ left, held }: Draft): boolean {
  return left.length + held.length > 0;
}

const NO_WORDS = "a manifest has no words for what was edited live";
const REASONS = {
  "not-deployed": {
    action: "unchanged",
    isPartial: false,
    note: "committed and not deployed: live is as it was applied; apply brings it to live",
  },
  unknown: {
    action: "refused",
    isPartial: true,
    note: "live differs, and the trail does not know it: nobody can tell an edit made live from a commit. `import` writes what is live, apply what git asks for",
  },
  "never-applied": { action: "unchanged", isPartial: false, note: "not live yet: it was never applied from here" },
  gone: {
    action: "refused",
    isPartial: true,
    note: "deleted live: delete its manifest if that is meant and run this again, or apply to make it again",
  },
} as const;

function describeOrigin(drift: Drift | undefined, fields: readonly string[]): string {
  const when = drift?.at == null ? "" : ` ${drift.at}`;
  const who = drift?.by == null ? "" : ` by ${drift.by}`;
  const edited = drift?.restored == null ? `edited live${when}${who}` : `put back by run ${drift.restored}`;
  return `${edited}: ${listFields(fields)}`;
}

const MOST_FIELDS = 5;

function listFields(fields: readonly string[]): string {
  const unique = [...new Set(fields)];
  const more = unique.length - MOST_FIELDS;
  return [...unique.slice(0, MOST_FIELDS), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

/** A line for each resource that was taken over, with what there is to know of it below, for people who read the commit. */
export function describeTaken(input: DriftInput): readonly string[] {
  return input.finds
    .filter((find) => entryOf(find, input.checked).action === "edited")
    .map(({ resource: { kind, name, id }, takeOver, draft }) => {
      const called = id === name ? name : `${name} (${id})`;
      const head = `${kind} ${called}: ${describeOrigin(takeOver?.drift, takeOver?.taken ?? [])}`;
      return [head, ...(draft?.notes ?? [])].map(printableLine).join("\n  ");
    })
    .toSorted(compareText);
}

function byName(left: DriftEntry, right: DriftEntry): number {
  return compareText(left.kind, right.kind) || compareText(left.name, right.name) || compareText(left.id, right.id);
}

export function printDrift(io: Io, result: DriftResult, output: string): void {
  const { tenant, written, unread, conflicts, findings, notes, landing } = result;
  if (output === "json") {
    const { branch, commit } = landing;
    const entries = written.map(({ isPartial: _, ...entry }) => entry);
    const document = { formatVersion: 1, tenant, written: entries, unread, notes, findings, conflicts, branch, commit };
    printJson(io, withRequests(io, document));
    return;
  }
  for (const entry of written) io.print(renderEntry(io, entry, result));
  for (const { document, reason } of unread) {
    io.print(`  ${io.paint("error", "!")} ${printableLine(document)} is unknown: ${printableLine(reason)}\n`);
  }
  if (findings.length > 0) io.print(`\n${renderFindings(findings, io.paint)}`);
  for (const note of notes) io.print(`${printableLine(note)}\n`);
  if (result.isCheck) {
    for (const { file, before, after } of result.changes)
      io.print(`\n${renderUnifiedDiff(file, before, after, io.paint)}`);
  }
  io.print(`${written.length + unread.length + findings.length > 0 ? "\n" : ""}${summarize(result)}\n`);
}

function renderEntry({ paint }: Io, entry: DriftEntry, { conflicts, isCheck }: DriftResult): string {
  const { kind, name, id, file, action, notes } = entry;
  const words = {
    edited: paint("changed", isCheck ? "~ to take over" : "~ taken over"),
    unchanged: paint("faint", "= left"),
    refused: paint("error", "! not taken over"),
  };
  const called = id === name ? name : `${name} (${printableLine(id)})`;
  const lines = notes.map((note) => `      ${printableLine(note)}\n`);
  const collisions = conflicts
    .filter((one) => one.kind === kind && one.name === name && one.id === id)
    .map(({ field, applied, live, desired }) => {
      const [was, is, asked] = [applied, live, desired].map((value) => cut(JSON.stringify(value)));
      const sides = `${was} was applied, live says ${is}, and git asks for ${asked}`;
      return `      ${paint("error", "conflict")} at ${printableLine(field)}: ${printableLine(sides)}; git's stays\n`;
    });
  return `  ${words[action]} ${kind} ${called}  ${printableLine(file ?? "")}\n${lines.join("")}${collisions.join("")}`;
}

const LONGEST_VALUE = 80;

function cut(text: string): string {
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

function summarize(result: DriftResult): string {
  const { written, conflicts, unread, landing, isCheck } = result;
  if (result.isBlocked) return "These manifests have to be mended first. Nothing was written.";
  if (unread.length > 0) return "What is unknown may have been edited, so nothing was written.";
  const count = (action: DriftEntry["action"]) => written.filter((entry) => entry.action === action).length;
  const [taken, left] = [count("edited"), count("refused")];
  const parts = [
    ...(taken > 0 ? [`${taken} ${isCheck ? "to take over" : "taken over"}`] : []),
    ...(left > 0 ? [`${left} not taken over`] : []),
    ...(conflicts.length > 0 ? [plural(conflicts.length, "conflict")] : []),
  ];
  if (parts.length === 0) return "Nothing was edited live.";
  const said = `${parts.join(", ")}.`;
  if (taken === 0 || isCheck) return said;
  const next = describeOthers(result.others);
  if (landing.commit === null) return `${said} Review and commit the files; ${describeApply(result)}.${next}`;
  const where = `${shortRevision(landing.commit)} on branch ${landing.branch}`;
  const done = landing.isNew ? `Committed ${where}` : `All of it is in ${where} already`;
  return `${said}${next}\n${done}. Push it with: ${landing.push}`;
}

function describeApply(result: DriftResult): string {
  const isAll = !isPartial(result) && result.written.every(({ action }) => action === "edited");
  if (isAll && result.others.length === 0) return "`cxone-gitops apply` then records them, and sends nothing";
  if (isAll) return `on ${result.tenant}, \`cxone-gitops apply\` then records them, and sends nothing`;
  return "`cxone-gitops plan` then shows what is left to change";
}
