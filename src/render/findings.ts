import type { Finding } from "../model/finding.ts";
import { type Paint, printable } from "./paint.ts";

/** Two lines for each finding: place, severity, rule and message; then what to do. */
export function renderFindings(findings: readonly Finding[], paint: Paint): string {
  return findings
    .map(({ file, line, column, severity, rule, message, hint }) => {
      const style = severity === "error" ? "error" : severity === "warning" ? "warning" : "faint";
      const head = `${printable(file)}:${line}:${column} ${paint(style, severity)} ${printable(message).replaceAll("\n", "\\n")} ${paint("faint", `(${rule})`)}\n`;
      return hint === null ? head : `${head}    ${printable(hint).replaceAll("\n", "\n    ")}\n`;
    })
    .join("");
}

/** "2 errors, 1 warning", or "no findings". */
export function countFindings(findings: readonly Finding[]): string {
  const counts = (["error", "warning", "info"] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [plural(count, severity === "info" ? "remark" : severity)];
  });
  return counts.length === 0 ? "no findings" : counts.join(", ");
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
