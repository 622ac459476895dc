/** What SARIF says about a rule is what docs/rules.md says. `UPDATE_RULE_HELP=1` writes it anew. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { it } from "node:test";
import { fileURLToPath } from "node:url";
import { RULES } from "../../src/model/rules.ts";
import { RULE_HELP } from "../../src/render/rule-help.ts";
import { readPage } from "../architecture/pages.ts";

const FILE = fileURLToPath(new URL("../../src/render/rule-help.ts", import.meta.url));
const HEAD = `/** The tables of docs/rules.md, for reports that explain a rule. A test writes this file, and holds both equal. */
import type { Severity } from "../model/finding.ts";

export interface RuleHelp {
  /** What the two texts are: "wrong" and "write", or "when" and "do". */
  readonly labels: readonly [string, string];
  /** Markdown, on one line, without links. */
  readonly wrong: string;
  readonly write: string;
  /** The severity that the rule has unless the configuration sets another. */
  readonly severity: Severity;
}

`;

function readHelp(): Record<string, unknown> {
  let labels: readonly string[] = [];
  const help: Record<string, unknown> = {};
  for (const line of readPage("rules.md").split("\n")) {
    const cells = line
      .replaceAll("\\|", "\u0000")
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("\u0000", "|"));
    const [first = "", wrong = "", write = ""] = cells;
    if (first === "rule") labels = cells.slice(1);
    const rule = /^`([a-z]+\/[a-z-]+)`/.exec(first)?.[1];
    if (rule === undefined) continue;
    const severity = /\*(warning|info)\*/.exec(first)?.[1] ?? "error";
    help[rule] = { labels, wrong: withoutLinks(wrong), write: withoutLinks(write), severity };
  }
  return help;
}

function withoutLinks(markdown: string): string {
  return markdown.replace(/\[([^\]]+)\]\([^)]+\)/g, "$1");
}

it("the help of every rule is that of the page", () => {
  const onPage = readHelp();
  if (process.env["UPDATE_RULE_HELP"] === "1") {
    const table = `export const RULE_HELP: Readonly<Record<string, RuleHelp>> = ${JSON.stringify(onPage, null, 2)};\n`;
    writeFileSync(FILE, HEAD + table);
    return;
  }
  assert.deepEqual(RULE_HELP, onPage, "run this test with UPDATE_RULE_HELP=1, then npm run format");
  assert.deepEqual(Object.keys(RULE_HELP).toSorted(), [...RULES].toSorted());
});
