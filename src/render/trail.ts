import type { TrailEntry } from "../audit/entry.ts";
import type { RunSummary } from "../audit/runs.ts";
import type { SoundTrail, TrailVerdict } from "../audit/verdict.ts";
import type { TrailState } from "../engine/ports.ts";
import { shortRevision } from "../model/revision.ts";
import type { Paint } from "./paint.ts";
import { renderPatch } from "./patch.ts";

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
    shortCommit(entry.commit),
  ]);
  return alignRows([["#", "TIME", "RUN", "TENANT", "ACTOR", "ACTION", "RESOURCE", "OUTCOME", "COMMIT"], ...rows]);
}

/** One aligned line per run. */
export function renderRunList(runs: readonly RunSummary[]): string {
  if (runs.length === 0) return "The audit trail holds no run.\n";
  const hasRestores = runs.some(({ restores }) => restores !== null);
  const rows = runs.map((run) => [
    run.run,
    run.startedAt,
    run.tenant,
    run.actor,
    shortCommit(run.commit),
    run.pullRequest ?? "-",
    ...(hasRestores ? [run.restores ?? "-"] : []),
    countOutcomes(run),
  ]);
  const restores = hasRestores ? ["RESTORES"] : [];
  return alignRows([["RUN", "STARTED", "TENANT", "ACTOR", "COMMIT", "PR", ...restores, "OUTCOMES"], ...rows]);
}

export interface RunView {
  /** Where the kept documents are that the entries name: `sha256:<hex>` is `<hex>.json` there. */
  readonly keptFolder: string;
  readonly paint: Paint;
}

/** Everything that the trail says of one run. The entries must all be of that run, in their order. */
export function renderRun(entries: readonly TrailEntry[], { keptFolder, paint }: RunView): string {
  const [first] = entries;
  const last = entries.at(-1);
  if (first === undefined || last === undefined) return "The audit trail holds no such run.\n";
  const restores = first.restores === null ? [] : [`  restores what run ${printable(first.restores)} replaced`];
  const lines = [
    `Run ${printable(first.run)} on tenant ${printable(first.tenant)}`,
    `  by ${printable(first.actor)}, commit ${printable(first.commit ?? "none")}, pull request ${printable(first.pullRequest ?? "none")}`,
    `  ${first.time} to ${last.time}`,
    ...restores,
    `  documents are kept in ${printable(keptFolder)}, as <digest>.json`,
  ];
  const groups = groupByIntention(entries).map((group) => `\n${renderIntention(group, paint)}`);
  return `${lines.join("\n")}\n${groups.join("")}`;
}

/** The verdict in a few sentences, with what makes it useful to keep. */
export function renderVerdict(verdict: TrailVerdict): string {
  if (!verdict.ok) {
    const where = verdict.line === 0 ? "" : ` (line ${verdict.line}, entry ${verdict.sequence})`;
    return `The audit trail does not verify: ${verdict.problem}${where}.\n${printable(verdict.message)}\n`;
  }
  const entries = verdict.entries === 1 ? "1 entry" : `${verdict.entries} entries`;
  const warnings = verdict.warnings.map((warning) => `Warning: ${printable(warning)}\n`);
  const signature = describeSignature(verdict);
  return `The audit trail verifies: ${entries}, head ${verdict.head}.\n${signature}\n${warnings.join("")}`;
}

function describeSignature({ signedBy, isSignatureChecked }: SoundTrail): string {
  if (signedBy === null) return "The head is not signed.";
  if (isSignatureChecked) return `The head is signed by key ${signedBy}.`;
  return `The head says that key ${signedBy} signed it. To check that, give --verify-key or audit.verifyKey.`;
}

/**
 * Entries that tell of one intention: its intent, repeated when another write came first, and the outcome that ends it. After that a
 * further intent for the same resource is another intention.
 */
function groupByIntention(entries: readonly TrailEntry[]): readonly (readonly TrailEntry[])[] {
  const groups: TrailEntry[][] = [];
  const openByResource = new Map<string, TrailEntry[]>();
  for (const entry of entries) {
    const { kind, name, id, document } = entry;
    const resource = JSON.stringify([kind, name, id, document.type, document.id]);
    const open = openByResource.get(resource);
    const group = open ?? [];
    group.push(entry);
    if (open === undefined) groups.push(group);
    if (entry.type === "intent") openByResource.set(resource, group);
    else openByResource.delete(resource);
  }
  return groups;
}

function renderIntention(group: readonly TrailEntry[], paint: Paint): string {
  const latest = group.at(-1);
  if (latest === undefined) return "";
  const intent = group.findLast((entry) => entry.type === "intent");
  const begun = intent ?? latest;
  const outcome = latest.type === "outcome" ? latest : undefined;
  const head = `${resourceOf(begun)} (${printable(begun.id)}): ${begun.action}, ${outcome?.outcome ?? "no outcome: the run was stopped, or is still at work"}\n`;
  const facts = [
    `before    ${describeState(begun.before)}`,
    ...(intent === undefined ? [] : describeImage(intent)),
    `${outcome === undefined ? "wanted" : "after "}    ${describeState(latest.after)}`,
    ...(outcome === undefined ? [] : describeImage(outcome)),
    `manifest  ${latest.manifest}`,
    ...(outcome === undefined ? [] : describeWork(outcome)),
  ];
  return [head, ...renderPatch(begun, "    ", paint), ...facts.map((fact) => `  ${fact}\n`)].join("");
}

function describeImage({ image }: TrailEntry): readonly string[] {
  return image === null ? [] : [`          document ${image}`];
}

function describeWork({ attempts, conflicts, latency_ms, error }: TrailEntry): readonly string[] {
  const latency = latency_ms === null ? "" : `, ${Math.round(latency_ms)} ms`;
  const work = `attempts  ${attempts}, conflicts ${conflicts}${latency}`;
  return error === null ? [work] : [work, `error     ${printable(error.code)}: ${printable(error.message)}`];
}

function describeState(state: TrailState | null): string {
  if (state === null) return "absent";
  const version = state.version === null ? "no version" : `version ${printable(String(state.version))}`;
  return `${version}, part ${printable(state.digest)}`;
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

function shortCommit(commit: string | null): string {
  return commit === null ? "-" : shortRevision(commit);
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
