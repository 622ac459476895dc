/** A plan, or drift, as a comment on a pull request. */
import { isBlocked, type Plan } from "../../model/plan.ts";
import { shortRevision } from "../../model/revision.ts";
import { describeNarrowing } from "../narrowed.ts";
import { type Report, voiceOf } from "../report.ts";
import { countUnchanged, describeBlock } from "../summary.ts";
import { fitPieces, type Piece } from "./budget.ts";
import { changePieces, PictureTally } from "./change.ts";
import { findingPieces } from "./findings.ts";
import { code, prose } from "./text.ts";

/** GitHub refuses a comment of more than 65,536 characters; a byte is at most one character, so this holds however it counts. */
const MOST_BYTES = 65_000;
/** Kept free for the lines that say what was left out. */
const BYTES_OF_NOTE = 1_000;
const MOST_REFUSALS = 10;
const LONGEST_NAME = 120;
const LONGEST_MESSAGE = 600;

/**
 * GitHub markdown of less than 65,000 bytes, whatever the plan. The first line is a comment that cannot be seen: whoever posts it finds
 * the comment of before by it and edits that one. What does not fit is left out in a fixed order, and the text says so: very long patches
 * first, then pictures, patches, changes that nobody outside notices, remarks, effects, warnings, errors, changes; never the summary.
 */
export function renderMarkdown(report: Report): string {
  const { plan } = report;
  const pieces = [...headPieces(report), ...bodyPieces(report, new PictureTally())];
  return fitComment(pieces, { command: voiceOf(report).command, tenants: plan.tenant });
}

/** What a comment is about: the hidden first line is the same for every comment about the same. */
export interface Subject {
  readonly command: "plan" | "drift";
  /** The tenant, or what `--tenant` names of several. */
  readonly tenants: string;
  /** What has to be added to a command that shows one of several whole. */
  readonly which?: string;
}

/** As many pieces as a comment holds, below its hidden first line, and what was left out. */
export function fitComment(pieces: readonly Piece[], subject: Subject): string {
  const marker: Piece = { text: `${markerOf(subject)}\n`, rank: 0, what: "" };
  const { text, left } = fitPieces([marker, ...pieces], MOST_BYTES - BYTES_OF_NOTE);
  return left.size === 0 ? text : `${text}\n${describeLeft(left, subject)}\n`;
}

/** What stands below the summary of a plan. */
export function bodyPieces(report: Report, pictures: PictureTally): readonly Piece[] {
  const { plan } = report;
  const [changes, findings] = [changePieces(report, pictures), findingPieces(plan.findings)];
  // What must be mended is read first.
  const body = isBlocked(plan) ? [...findings, ...changes] : [...changes, ...findings];
  return [...narrowingPieces(plan), ...body, tailPiece(plan)];
}

/** Why a narrow plan is about what it is about; how narrow it is stands in its head. */
function narrowingPieces(plan: Plan): readonly Piece[] {
  const [, ...reasons] = describeNarrowing(plan);
  return reasons.map((line, index) => {
    return { text: `${index === 0 ? "\n" : ""}- ${prose(line, LONGEST_MESSAGE)}\n`, rank: 1, what: "reasons" };
  });
}

/** What drift tells must not take the place of a plan that was posted before. */
function markerOf({ command, tenants }: Subject): string {
  return `<!-- cxone-gitops ${command} tenant=${encodeURIComponent(tenants.toWellFormed()).slice(0, LONGEST_NAME)} -->`;
}

function headPieces(report: Report): readonly Piece[] {
  return [{ text: headText(report) + alarmText(report.plan, MOST_REFUSALS), rank: 0, what: "" }];
}

/** Which plan it is, and its summary. */
export function headText(report: Report): string {
  const { plan } = report;
  const voice = voiceOf(report);
  const at = plan.revision === null ? "" : ` at ${code(shortRevision(plan.revision), LONGEST_NAME)}`;
  const [first, ...others] = voice.summarize();
  const summary = [`**${first}**`, ...others].join(" ");
  const [narrowed] = describeNarrowing(plan);
  const about = narrowed === undefined ? "" : `\n**${prose(narrowed, LONGEST_MESSAGE)}**\n`;
  return `## ${voice.title} tenant ${code(plan.tenant, LONGEST_NAME)}${at}\n\n${summary}\n${about}`;
}

/** What keeps a plan from being applied, at most so many refusals in full; empty when nothing does. */
export function alarmText(plan: Plan, mostRefusals: number): string {
  const shown = plan.refusals.slice(0, mostRefusals);
  const more = plan.refusals.length - shown.length;
  const alarm = [
    ...shown.map(
      ({ message, hint }) => `**Refused:** ${prose(message, LONGEST_MESSAGE)}. ${prose(hint, LONGEST_MESSAGE)}`,
    ),
    ...(more > 0 ? [`**Refused** for ${more} more reasons.`] : []),
    ...(isBlocked(plan) ? [`**${describeBlock(plan)}**`] : []),
  ];
  return alarm.length === 0 ? "" : `\n> [!CAUTION]\n${alarm.map((line) => `> ${line}\n`).join(">\n")}`;
}

function tailPiece(plan: Plan): Piece {
  const unchanged = countUnchanged(plan).map(([kind, count]) => `${count} ${kind}`);
  const text = unchanged.length === 0 ? "" : `\nUnchanged: ${unchanged.join(", ")}.\n`;
  return { text, rank: 0, what: "" };
}

function describeLeft(left: ReadonlyMap<string, number>, { command, which = "" }: Subject): string {
  const counts = [...left].map(([what, count]) => `${what}: ${count}`);
  return `> [!NOTE]\n> Left out, because a comment holds no more: ${counts.join(", ")}. \`cxone-gitops ${command}${which} --output html\` shows all of it.`;
}
