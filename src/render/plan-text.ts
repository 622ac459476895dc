import { isJsonArray, isJsonObject, type Json } from "../model/json.ts";
import { type Action, type Change, isBlocked, type PatchOperation, type Plan } from "../model/plan.ts";
import { plural, renderFindings } from "./findings.ts";
import { type Paint, printable, type Style } from "./paint.ts";

const SIGNS: Readonly<Record<Action, readonly [sign: string, style: Style]>> = {
  create: ["+", "added"],
  update: ["~", "changed"],
  delete: ["-", "removed"],
  unchanged: ["=", "faint"],
  report: ["?", "warning"],
};

/** A plan for people: what would change and what stands there now, then what stays, then one line of numbers. */
export function renderPlan(plan: Plan, paint: Paint): string {
  const at = plan.revision === null ? "" : ` at ${plan.revision}`;
  const shown = plan.changes.filter((change) => change.action !== "unchanged");
  return [
    `${paint("strong", `Plan for tenant ${plan.tenant}${at}`)}\n\n`,
    ...shown.map((change) => renderChange(change, paint)),
    shown.length > 0 ? "\n" : "",
    plan.findings.length > 0 ? `${renderFindings(plan.findings, paint)}\n` : "",
    `${paint("strong", summarizePlan(plan))}\n`,
    ...plan.refusals.map(({ message, hint }) => `${paint("error", "refused")} ${printable(message)}\n    ${hint}\n`),
    isBlocked(plan) ? `${paint("error", describeBlock(plan))}\n` : "",
  ].join("");
}

/** One sentence: "1 to create, 2 to update, 9 unchanged." or that nothing is to do. */
export function summarizePlan(plan: Plan): string {
  const { summary } = plan;
  const parts = [
    ...count(summary.create, "to create"),
    ...count(summary.update, "to update"),
    ...count(summary.delete, "to delete"),
    ...count(summary.refused, summary.refused === 1 ? "refusal" : "refusals"),
    ...count(summary.unknown, "unknown (not read)"),
    ...count(summary.unchanged, "unchanged"),
  ];
  const isQuiet = summary.create + summary.update + summary.delete + summary.refused + summary.unknown === 0;
  if (!isQuiet) return `${parts.join(", ")}.`;
  if (summary.unchanged === 0)
    return isBlocked(plan) ? "Nothing was compared." : "No manifests for this tenant: nothing to compare.";
  return `No changes: live equals desired for ${plural(summary.unchanged, "resource")}.`;
}

/** Why a plan cannot be applied as it is. */
function describeBlock({ summary, findings }: Plan): string {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const reasons = [
    ...(errors === 0 ? [] : [plural(errors, "error")]),
    ...(summary.unknown === 0 ? [] : [plural(summary.unknown, "unknown resource")]),
  ];
  return `Nothing will be applied: ${reasons.join(" and ")}.`;
}

function count(number: number, what: string): readonly string[] {
  return number === 0 ? [] : [`${number} ${what}`];
}

function renderChange(change: Change, paint: Paint): string {
  const [sign, style] = SIGNS[change.action];
  const id = change.id === change.name ? "" : ` (${change.id})`;
  const impact = change.impact === null ? "" : paint("faint", `  ${change.impact}`);
  const head = `  ${paint(style, sign)} ${change.action} ${paint("strong", `${change.kind} ${change.name}`)}${id}${impact}\n`;
  const notes = change.notes.map((note) => `      ${printable(note)}\n`);
  const operations = change.patch.flatMap((operation) => renderOperation(operation, change, paint));
  return [head, ...notes, ...operations].join("");
}

function renderOperation(operation: PatchOperation, change: Change, paint: Paint): readonly string[] {
  if (operation.path === "") return operation.op === "add" ? renderWhole(operation.value, paint) : [];
  const path = printable(operation.path);
  const live = change.live[operation.path];
  switch (operation.op) {
    case "add":
      return [`      ${paint("added", "+")} ${path}: ${show(operation.value)}\n`];
    case "remove":
      return [`      ${paint("removed", "-")} ${path}: ${show(live)}\n`];
    case "replace":
      return [`      ${paint("changed", "~")} ${path}: ${showBoth(live, operation.value)}\n`];
  }
}

/** What a new resource brings, one line for each field. Keyed lists (nodes, connections) are counted, nested fields are opened. */
function renderWhole(value: Json, paint: Paint, above = ""): readonly string[] {
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, field]) => {
    const path = `${above}/${key}`;
    const kind = shapeOf(field);
    if (kind === "fields") return renderWhole(field, paint, path);
    const text =
      kind === "list" ? `${Object.keys(field ?? {}).length} (${listStart(Object.keys(field ?? {}))})` : show(field);
    return [`      ${paint("added", "+")} ${printable(path)}: ${text}\n`];
  });
}

/** An object whose values are all objects is a keyed list; one that holds some is a group of fields. */
function shapeOf(field: Json): "list" | "fields" | "value" {
  if (!isJsonObject(field)) return "value";
  const values = Object.values(field);
  if (!values.some(isJsonObject)) return "value";
  return values.every(isJsonObject) ? "list" : "fields";
}

function listStart(names: readonly string[]): string {
  const start = names.slice(0, 3).map(printable).join(", ");
  return names.length > 3 ? `${start} …` : start;
}

const LONGEST_VALUE = 160;
/** Characters shown before the first difference of two long texts. */
const CONTEXT = 40;

function show(value: Json | undefined): string {
  if (value === undefined) return "(nothing)";
  const text =
    isJsonArray(value) || isJsonObject(value) || typeof value === "string" ? JSON.stringify(value) : String(value);
  return printable(text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text);
}

/** Both sides of a replacement. What two long texts have in common at their beginning is left out, so that the difference shows. */
function showBoth(live: Json | undefined, desired: Json): string {
  if (typeof live !== "string" || typeof desired !== "string") return `${show(live)} → ${show(desired)}`;
  if (Math.max(live.length, desired.length) <= LONGEST_VALUE) return `${show(live)} → ${show(desired)}`;
  let common = 0;
  while (common < live.length && live[common] === desired[common]) common += 1;
  const cut = Math.max(0, common - CONTEXT);
  const from = cut === 0 ? "" : "…";
  return `${show(from + live.slice(cut))} → ${show(from + desired.slice(cut))}`;
}
