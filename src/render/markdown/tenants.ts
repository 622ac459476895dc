/** The plans of several tenants as one comment on a pull request. */
import { isBlocked, isRefused, type Plan } from "../../model/plan.ts";
import { shortRevision } from "../../model/revision.ts";
import { plural } from "../findings.ts";
import type { Report } from "../report.ts";
import { compareSides, type Side } from "../side-by-side.ts";
import type { Piece } from "./budget.ts";
import { PictureTally } from "./change.ts";
import { alarmText, bodyPieces, fitComment, headText, type Subject } from "./comment.ts";
import { code, prose } from "./text.ts";

/** One of the tenants: its plan, or why there is none. Nothing in it holds a secret. */
export type Section = { readonly side: Side } & (
  | { readonly report: Report }
  | { readonly failure: { readonly code: string; readonly message: string; readonly hint: string } }
);

/** What is always kept (a section's headings) has to be bounded. */
const MOST_SECTIONS = 20;
/** With more tenants, each has a line of its own instead of a column. */
const MOST_COLUMNS = 8;
const MOST_REFUSALS = 3;
const LONGEST_NAME = 120;
const LONGEST_MESSAGE = 600;
/** The table before all, and what keeps a plan from being applied with it. */
const RANK = 1;

/**
 * As `renderMarkdown`, and as short, for several tenants: how they stand side by side, then a section for each that has something to say.
 * `wanted` is what `--tenant` names: the hidden first line is the same for every comment about the same.
 */
export function renderTenants(
  wanted: string,
  sections: readonly Section[],
  command: Subject["command"] = "plan",
): string {
  const spoken = sections.filter((section) => !("report" in section) || hasSomethingToSay(section.report.plan));
  const shown = spoken.slice(0, MOST_SECTIONS);
  const pictures = new PictureTally();
  const pieces = [
    headPiece(sections, command),
    ...tablePieces(sections.map(({ side }) => side)),
    ...shown.flatMap((section) => sectionPieces(section, pictures)),
    ...omitted(spoken.length - shown.length),
  ];
  return fitComment(pieces, { command, tenants: wanted, which: " --tenant NAME" });
}

function hasSomethingToSay(plan: Plan): boolean {
  const isQuiet = plan.changes.every(({ action }) => action === "unchanged") && plan.findings.length === 0;
  return !isQuiet || isBlocked(plan) || isRefused(plan);
}

function headPiece(sections: readonly Section[], command: Subject["command"]): Piece {
  const [first] = sections.flatMap((section) => ("report" in section ? [section.report.plan.revision] : []));
  const at = first === undefined || first === null ? "" : ` at ${code(shortRevision(first), LONGEST_NAME)}`;
  const title = command === "drift" ? "Drift on" : "Plans for";
  const flags =
    sections.flatMap((section) => ("report" in section ? [section.report.plan.narrowed?.by ?? []] : []))[0] ?? [];
  const narrowed =
    flags.length === 0
      ? ""
      : `**Narrowed by ${prose(flags.join(", "), LONGEST_MESSAGE)}. The rest was not looked at.**\n\n`;
  return { text: `## ${title} ${plural(sections.length, "tenant")}${at}\n\n${narrowed}`, rank: 0, what: "" };
}

function tablePieces(sides: readonly Side[]): readonly Piece[] {
  const { rows, totals, unchanged } = compareSides(sides);
  const columns = totals.map(({ text }, index) => ({ name: sides[index]?.tenant ?? "", total: text }));
  if (columns.length > MOST_COLUMNS) {
    const lines = columns.map(({ name, total }) => rowPiece([nameCell(name), total]));
    return [fixed("| tenant | |\n|---|---|\n"), ...lines];
  }
  const head = row(["", ...columns.map(({ name }) => nameCell(name))]);
  const same = unchanged === 0 ? "" : `\nUnchanged everywhere: ${plural(unchanged, "resource")}.\n`;
  return [
    fixed(`${head}|${"---|".repeat(columns.length + 1)}\n`),
    ...rows.map(({ name, cells }) => rowPiece([nameCell(name), ...cells.map(({ text }) => text)])),
    fixed(row(["**together**", ...columns.map(({ total }) => `**${prose(total, LONGEST_NAME)}**`)])),
    fixed(same),
  ];
}

function rowPiece(cells: readonly string[]): Piece {
  return { text: row(cells), rank: RANK, what: "rows" };
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |\n`;
}

/** In a table also a code span ends at a bar. */
function nameCell(name: string): string {
  return code(name, LONGEST_NAME).replaceAll("|", "\\|");
}

function sectionPieces(section: Section, pictures: PictureTally): readonly Piece[] {
  const { side } = section;
  if (!("report" in section)) {
    const { message, hint, code: errorCode } = section.failure;
    const text = `**${prose(message, LONGEST_MESSAGE)}** (${code(errorCode, LONGEST_NAME)}). ${prose(hint, LONGEST_MESSAGE)}`;
    const head = fixed(`\n## Tenant ${code(side.tenant, LONGEST_NAME)}\n`);
    return [head, { text: `\n> [!CAUTION]\n> ${text}\n`, rank: RANK, what: "errors", under: head }];
  }
  const { plan } = section.report;
  const head = fixed(`\n${headText(section.report)}`);
  const alarm: Piece = { text: alarmText(plan, MOST_REFUSALS), rank: RANK, what: "refusals", under: head };
  return [head, alarm, ...bodyPieces(section.report, pictures)];
}

function omitted(count: number): readonly Piece[] {
  if (count <= 0) return [];
  return [fixed(`\nNot shown here: ${plural(count, "tenant")} more. Plan them by name.\n`)];
}

function fixed(text: string): Piece {
  return { text, rank: 0, what: "" };
}
