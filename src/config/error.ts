import { type ErrorCode, GitopsError } from "../errors.ts";
import { compareFindings, type Finding } from "../model/finding.ts";

/**
 * A configuration with everything that is wrong with it, each at its place. The message repeats the first finding, so that it
 * says something where findings are not shown.
 */
export class InvalidConfigError extends GitopsError {
  /** In the order of the file; never empty. */
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    const sorted = [...findings].sort(compareFindings);
    const first = sorted[0];
    const isUnset = sorted.every((finding) => finding.rule === "variables/unset");
    const code: ErrorCode = isUnset ? "variables/unset" : "config/invalid";
    const more = sorted.length > 1 ? ` (and ${sorted.length - 1} more)` : "";
    super(code, first === undefined ? "The configuration is invalid." : `${first.message}${more}`, {
      ...(first?.hint ? { hint: first.hint } : {}),
      ...(first === undefined ? {} : { place: { file: first.file, line: first.line, column: first.column } }),
    });
    this.name = "InvalidConfigError";
    this.findings = sorted;
  }
}
