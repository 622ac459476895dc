/** Findings as pieces of a comment. */
import type { Finding, Severity } from "../../model/finding.ts";
import { countFindings } from "../findings.ts";
import type { Piece } from "./budget.ts";
import { code, prose } from "./text.ts";

const RANKS: Readonly<Record<Severity, number>> = { error: 2, warning: 3, info: 5 };
const LONGEST_FILE = 200;
const LONGEST_MESSAGE = 600;

export function findingPieces(findings: readonly Finding[]): readonly Piece[] {
  if (findings.length === 0) return [];
  const head: Piece = { text: `\n### Findings: ${countFindings(findings)}\n\n`, rank: 0, what: "" };
  return [head, ...findings.map(pieceOf)];
}

function pieceOf({ file, line, column, severity, rule, message, hint }: Finding): Piece {
  const place = code(`${file.slice(-LONGEST_FILE)}:${line}:${column}`, LONGEST_FILE + 20);
  const what = hint === null ? "" : ` ${prose(hint, LONGEST_MESSAGE)}`;
  const text = `- **${severity}** ${place} ${prose(message, LONGEST_MESSAGE)} (${code(rule, 80)}).${what}\n`;
  return { text, rank: RANKS[severity], what: severity === "info" ? "remarks" : `${severity}s` };
}
