import assert from "node:assert/strict";
import { isJsonObject } from "../../src/model/json.ts";
import { RULES } from "../../src/model/rules.ts";

const KNOWN_RULES: ReadonlySet<unknown> = new Set(RULES);

/**
 * Asserts that each is a finding that a person can act on: a known rule, words, and a place that is there in its file.
 * `texts`: every file by its name, a line ending with LF, CR LF or CR.
 */
export function assertFindings(findings: readonly unknown[], texts: Readonly<Record<string, string>>): void {
  const linesByFile = new Map(Object.entries(texts).map(([file, text]) => [file, text.split(/\r\n?|\n/)]));
  for (const finding of findings) {
    const shown = JSON.stringify(finding)?.slice(0, 500);
    assert.ok(isJsonObject(finding), shown);
    const { rule, severity, message, file, line, column, hint } = finding;
    assert.ok(KNOWN_RULES.has(rule), `a known rule: ${shown}`);
    assert.ok(severity === "error" || severity === "warning" || severity === "info", `a severity: ${shown}`);
    assert.ok(typeof message === "string" && message.trim() !== "", `a message: ${shown}`);
    assert.ok(hint === null || (typeof hint === "string" && hint.trim() !== ""), `a hint or none: ${shown}`);
    const lines = linesByFile.get(String(file));
    assert.ok(lines !== undefined, `a file that was read: ${shown}`);
    assert.ok(
      typeof line === "number" && Number.isInteger(line) && line >= 1 && line <= lines.length,
      `a line: ${shown}`,
    );
    const width = lines[line - 1]?.length ?? 0;
    assert.ok(typeof column === "number" && Number.isInteger(column) && column >= 1, `a column: ${shown}`);
    assert.ok(column <= width + 1, `a column on a line of ${width} characters: ${shown}`);
  }
}

/** What everything inherits from, as text: it must read the same before and after whatever came in from outside. */
export function describePrototypes(): string {
  const names = [Object.prototype, Array.prototype, Function.prototype, String.prototype].map((prototype) =>
    Reflect.ownKeys(prototype).map(String),
  );
  return JSON.stringify(names);
}

/** Asserts that nothing in a value inherits from something that came in with it; deep equality does not look at that. */
export function assertPlain(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  const prototype: unknown = Object.getPrototypeOf(value);
  assert.ok(prototype === Object.prototype || prototype === Array.prototype, "a plain object or list");
  for (const inner of Object.values(value)) assertPlain(inner);
}
