import type { TrailEntry } from "../audit/entry.ts";
import type { RunSummary } from "../audit/runs.ts";
import type { TrailVerdict } from "../audit/verdict.ts";
import type { TrailState } from "../engine/ports.ts";
import type { PatchOperation } from "../model/plan.ts";

const LONGEST_VALUE = 200;
const SHORT_HASH = 12;

/** One aligned line per entry, in the order given, with a heading. Every text ends with a newline. */
export function renderTrailLog(entries: readonly TrailEntry[]): string {
  if (entries.length === 0) return "The audit trail holds no such entry.\n";
  const rows = entries.map((entry) => [
    String(entry.sequence),
    entry.time,
    entry.run,
    entry.tenant,
    entry.actor,
    entry.action,
    resourceOf(entry),
    entry.type === "intent" ? "intent" : (entry.outcome ?? "outcome"),
    shortHash(entry.commit),
  ]);
  return alignRows([["#", "TIME", "RUN", "TENANT", "ACTOR", "ACTION", "RESOURCE", "OUTCOME", "COMMIT"], ...rows]);
}

/** One aligned line per run. */
export function renderRunList(runs: readonly RunSummary[]): string {
  if (runs.length === 0) return "The audit trail holds no run.\n";
  const rows = runs.map((run) => [
    run.run,
    run.startedAt,
    run.tenant,
    run.actor,
    shortHash(run.commit),
    run.pullRequest ?? "-",
    countOutcomes(run),
  ]);
  return alignRows([["RUN", "STARTED", "TENANT", "ACTOR", "COMMIT", "PR", "OUTCOMES"], ...rows]);
}

/** Everything that the trail says of one run. The entries must all be of that run, in their order. */
export function renderRun(entries: readonly TrailEntry[]): string {
  const [first] = entries;
  const last = entries.at(-1);
  if (first === undefined || last === undefined) return "The audit trail holds no such run.\n";
  const lines = [
    `Run ${printable(first.run)} on tenant ${printable(first.tenant)}`,
    `  by ${printable(first.actor)}, commit ${printable(first.commit ?? "none")}, pull request ${printable(first.pullRequest ?? "none")}`,
    `  ${first.time} to ${last.time}`,
  ];
  for (const group of groupByIntention(entries)) lines.push("", ...renderIntention(group));
  return `${lines.join("\n")}\n`;
}

/** The verdict in a sentence or two, with what makes it useful to keep. */
export function renderVerdict(verdict: TrailVerdict): string {
  if (!verdict.ok) {
    const where = verdict.line === 0 ? "" : ` (line ${verdict.line}, entry ${verdict.sequence})`;
    return `The audit trail does not verify: ${verdict.problem}${where}.\n${printable(verdict.message)}\n`;
  }
  const entries = verdict.entries === 1 ? "1 entry" : `${verdict.entries} entries`;
  const warnings = verdict.warnings.map((warning) => `Warning: ${printable(warning)}\n`);
  return `The audit trail verifies: ${entries}, head ${verdict.head}.\n${warnings.join("")}`;
}

/** Entries that tell of one intention: its intent (perhaps repeated) and its outcome. */
function groupByIntention(entries: readonly TrailEntry[]): readonly (readonly TrailEntry[])[] {
  const groups = new Map<string, TrailEntry[]>();
  for (const entry of entries) {
    const key = JSON.stringify([entry.kind, entry.name, entry.idempotencyKey]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return [...groups.values()];
}

function renderIntention(group: readonly TrailEntry[]): readonly string[] {
  const latest = group.at(-1);
  if (latest === undefined) return [];
  const intent = group.findLast((entry) => entry.type === "intent") ?? latest;
  const outcome = latest.type === "outcome" ? latest : undefined;
  const lines = [
    `${resourceOf(intent)} (${printable(intent.id)}): ${intent.action}, ${outcome?.outcome ?? "no outcome: the run was stopped, or is still at work"}`,
    `  before    ${describeState(intent.before)}`,
    `  ${outcome === undefined ? "wanted" : "after "}    ${describeState(latest.after)}`,
    ...renderPatch(intent.patch),
  ];
  if (outcome === undefined) return lines;
  const latency = outcome.latency_ms === null ? "" : `, ${Math.round(outcome.latency_ms)} ms`;
  lines.push(`  attempts  ${outcome.attempts}, conflicts ${outcome.conflicts}${latency}`);
  if (outcome.error !== null) {
    lines.push(`  error     ${printable(outcome.error.code)}: ${printable(outcome.error.message)}`);
  }
  return lines;
}

function renderPatch(patch: readonly PatchOperation[]): readonly string[] {
  return patch.map((operation, index) => `  ${index === 0 ? "patch" : "     "}     ${describeOperation(operation)}`);
}

function describeOperation(operation: PatchOperation): string {
  const path = printable(operation.path === "" ? "the whole" : operation.path);
  if (operation.op === "remove") return `- ${path}`;
  return `${operation.op === "add" ? "+" : "~"} ${path}  ${shorten(printable(JSON.stringify(operation.value)))}`;
}

function describeState(state: TrailState | null): string {
  if (state === null) return "absent";
  const version = state.version === null ? "no version" : `version ${printable(String(state.version))}`;
  return `${version}, ${printable(state.digest)}`;
}

function countOutcomes(run: RunSummary): string {
  const counts: readonly (readonly [string, number])[] = [
    ...Object.entries(run.outcomes),
    ["unfinished", run.unfinished],
  ];
  const told = counts.filter(([, count]) => count > 0).map(([outcome, count]) => `${count} ${outcome}`);
  return told.length === 0 ? "-" : told.join(", ");
}

function resourceOf(entry: TrailEntry): string {
  return printable(`${entry.kind}/${entry.name}`);
}

function shortHash(commit: string | null): string {
  return commit === null ? "-" : commit.slice(0, SHORT_HASH);
}

function shorten(text: string): string {
  if (text.length <= LONGEST_VALUE) return text;
  return `${text.slice(0, LONGEST_VALUE)}… (${text.length} characters)`;
}

/** Control and formatting characters as escapes: a trail holds other people's text, and a terminal obeys what it is sent. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}

function alignRows(rows: readonly (readonly string[])[]): string {
  const clean = rows.map((row) => row.map(printable));
  const widths = (clean[0] ?? []).map((_, column) => widestOf(clean, column));
  const lines = clean.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

function widestOf(rows: readonly (readonly string[])[], column: number): number {
  return rows.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0);
}
