import type { JsonPath } from "./json.ts";
import type { SourceDocument } from "./manifest.ts";
import type { RuleId } from "./rules.ts";

export type Severity = "error" | "warning" | "info";

/** Something to say about a manifest, at a place a person can jump to. */
export interface Finding {
  /** Stable id such as `flow/cycle`; the configuration sets severities by it. */
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly hint: string | null;
}

/** What a rule returns: the finding before it has a place and a severity. */
export interface Problem {
  readonly rule: RuleId;
  readonly severity?: Severity;
  readonly message: string;
  /** Path from the document's root to the offending value. */
  readonly path: JsonPath;
  /** Point at the key instead of the value (unknown keys). */
  readonly at?: "key" | "value";
  readonly hint?: string;
}

/** The severity a rule has when neither the rule nor the configuration says otherwise. */
const DEFAULT_SEVERITY: Severity = "error";

/** Gives a problem its place in the source. */
export function locate(problem: Problem, source: SourceDocument): Finding {
  const position = source.positionOf(problem.path, problem.at);
  return {
    rule: problem.rule,
    severity: problem.severity ?? DEFAULT_SEVERITY,
    message: problem.message,
    file: source.file,
    line: position.line,
    column: position.column,
    hint: problem.hint ?? null,
  };
}

/** File, then line, then column, then rule: the order in which a person walks through a folder. */
export function compareFindings(left: Finding, right: Finding): number {
  return (
    compareText(left.file, right.file) ||
    left.line - right.line ||
    left.column - right.column ||
    compareText(left.rule, right.rule) ||
    compareText(left.message, right.message)
  );
}

/** Code-unit order, the same on every machine whatever its locale. */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === "error");
}
