import { type Action, type Change, isBlocked, type Plan } from "../model/plan.ts";
import { sentencesOf } from "./drift-words.ts";
import { renderFindings } from "./findings.ts";
import { describeNarrowing } from "./narrowed.ts";
import { type Paint, printable, printableLine, type Style } from "./paint.ts";
import { renderPatch } from "./patch.ts";
import { countUnchanged, describeBlock, findTwins, SIGNS, summarizePlan } from "./summary.ts";

export { summarizePlan } from "./summary.ts";

const STYLES: Readonly<Record<Action, Style>> = {
  create: "added",
  update: "changed",
  delete: "removed",
  unchanged: "faint",
  report: "warning",
};

/** A plan for people: what would change, what comes of it and what stands there now; then what stays, and one line of numbers. */
export function renderPlan(plan: Plan, paint: Paint): string {
  const at = plan.revision === null ? "" : ` at ${plan.revision}`;
  const shown = plan.changes.filter((change) => change.action !== "unchanged");
  const unchanged = renderUnchanged(plan, paint);
  return [
    `${paint("strong", `Plan for tenant ${plan.tenant}${at}`)}\n\n`,
    renderNarrowing(plan, paint),
    renderChanges(plan, shown, { paint, describe: sentencesOf }),
    unchanged === "" && shown.length > 0 ? "\n" : unchanged,
    plan.findings.length > 0 ? `${renderFindings(plan.findings, paint)}\n` : "",
    `${paint("strong", summarizePlan(plan))}\n`,
    renderAlarm(plan, paint),
  ].join("");
}

/** What a narrow plan is about, and an empty line; nothing for one that is about everything. */
export function renderNarrowing(plan: Plan, paint: Paint): string {
  const lines = describeNarrowing(plan).map((line) => paint("warning", line));
  return lines.length === 0 ? "" : `${lines.join("\n")}\n\n`;
}

/** What keeps a plan from being applied; empty when nothing does. */
export function renderAlarm(plan: Plan, paint: Paint): string {
  return [
    ...plan.refusals.map(({ message, hint }) => `${paint("error", "refused")} ${printable(message)}\n    ${hint}\n`),
    isBlocked(plan) ? `${paint("error", describeBlock(plan))}\n` : "",
  ].join("");
}

export interface ChangeStyle {
  readonly paint: Paint;
  /** The lines between the head of a change and its patch. */
  readonly describe: (change: Change) => readonly string[];
}

/** Some changes of a plan, each with its head, sentences and patch. */
export function renderChanges(plan: Plan, changes: readonly Change[], { paint, describe }: ChangeStyle): string {
  const heads = alignHeads(changes, findTwins(plan.changes), paint);
  return changes
    .map((change, index) => {
      const lines = describe(change).map((line) => `      ${printableLine(line)}\n`);
      return [heads[index] ?? "", ...lines, ...renderPatch(change, "      ", paint)].join("");
    })
    .join("");
}

/** How many of each kind stay as they are, and an empty line; nothing when none does. */
export function renderUnchanged(plan: Plan, paint: Paint): string {
  const lines = countUnchanged(plan).map(([kind, count]) => paint("faint", `  = ${count} ${kind}, unchanged`));
  return lines.length === 0 ? "" : `${lines.join("\n")}\n\n`;
}

/** A longer cell is not waited for: what follows it in its row moves to the right. */
const WIDEST_CELL = 48;

/** The first line of each change: sign, action, kind and name, id, impact, each below those of the other changes. */
function alignHeads(changes: readonly Change[], hasTwin: (change: Change) => boolean, paint: Paint): readonly string[] {
  const rows = changes.map((change) => {
    const cells: readonly Cell[] = [
      [change.action],
      [`${change.kind} ${printableLine(change.name)}`, "strong"],
      [describeId(change, hasTwin(change))],
      [change.impact === null ? "" : ` ${change.impact}`, "faint"],
    ];
    return { sign: paint(STYLES[change.action], SIGNS[change.action]), cells };
  });
  const widths = [0, 1, 2, 3].map((column) => {
    const lengths = rows.map(({ cells }) => cells[column]?.[0].length ?? 0);
    return lengths.reduce((most, length) => (length <= WIDEST_CELL ? Math.max(most, length) : most), 0);
  });
  return rows.map(({ sign, cells }) => {
    const padded = cells.flatMap(([text, style], column) => {
      const width = widths[column] ?? 0;
      const painted = style === undefined || text === "" ? text : paint(style, text);
      return width === 0 && text === "" ? [] : [painted + " ".repeat(Math.max(0, width - text.length))];
    });
    return `  ${[sign, ...padded].join(" ").trimEnd()}\n`;
  });
}

type Cell = readonly [text: string, style?: Style];

function describeId({ id, name, document }: Change, hasTwin: boolean): string {
  const where = hasTwin ? ` in ${document.type} ${printableLine(document.id)}` : "";
  return id === name && where === "" ? "" : `(${printableLine(id)}${where})`;
}
