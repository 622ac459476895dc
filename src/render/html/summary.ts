/** What stands above the list of changes: numbers, what keeps the plan from being applied, and findings. */
import type { Finding } from "../../model/finding.ts";
import { isBlocked, type Plan } from "../../model/plan.ts";
import { countFindings } from "../findings.ts";
import { describeNarrowing } from "../narrowed.ts";
import { printable } from "../paint.ts";
import { countUnchanged, describeBlock } from "../summary.ts";
import { escapeXml } from "../xml.ts";

export function renderSummary(plan: Plan, sentences: readonly string[]): string {
  const { create, update, delete: remove, unchanged, unknown, refused } = plan.summary;
  const numbers: readonly (readonly [sign: string, count: number, word: string, name: string])[] = [
    ["+", create, "create", "create"],
    ["~", update, "update", "update"],
    ["-", remove, "delete", "delete"],
    ["=", unchanged, "unchanged", "unchanged"],
    ["?", unknown, "unknown", "report"],
    ["!", refused, refused === 1 ? "refusal" : "refusals", "refused"],
  ];
  const always = new Set(["create", "update", "delete", "unchanged"]);
  const tiles = numbers
    .filter(([, count, , name]) => count > 0 || always.has(name))
    .map(
      ([sign, count, word, name]) =>
        `<li class="tile ${name}"><span class="sign" aria-hidden="true">${sign}</span> <b>${count}</b> ${word}</li>`,
    );
  const kinds = countUnchanged(plan).map(([kind, count]) => `${count} ${text(kind)}`);
  return [
    `<p class="lead">${text(sentences.join(" "))}</p>`,
    ...describeNarrowing(plan).map((line) => `<p class="narrowed">${text(line)}</p>`),
    `<ul class="tiles">${tiles.join("")}</ul>`,
    kinds.length === 0 ? "" : `<p class="quiet">Unchanged: ${kinds.join(", ")}.</p>`,
    renderAlarm(plan),
  ].join("\n");
}

function renderAlarm(plan: Plan): string {
  const lines = [
    ...plan.refusals.map(
      ({ message, hint }) => `<li><b>Refused:</b> ${text(message)}. <span class="hint">${text(hint)}</span></li>`,
    ),
    ...(isBlocked(plan) ? [`<li><b>${describeBlock(plan)}</b></li>`] : []),
  ];
  if (lines.length === 0) return "";
  return `<section class="alarm" aria-labelledby="alarm"><h2 id="alarm">This plan will not be applied as it is</h2><ul>${lines.join("")}</ul></section>`;
}

export function renderFindings(findings: readonly Finding[]): string {
  if (findings.length === 0) return "";
  const rows = findings.map(
    ({ file, line, column, severity, rule, message, hint }) =>
      `<li class="finding ${severity}"><span class="severity">${severity}</span> <code>${text(file)}:${line}:${column}</code>` +
      `<p>${text(message)} <code class="rule">${text(rule)}</code></p>${hint === null ? "" : `<p class="hint">${text(hint)}</p>`}</li>`,
  );
  return `<section aria-labelledby="findings"><h2 id="findings">Findings: ${countFindings(findings)}</h2><ul class="findings">${rows.join("")}</ul></section>\n`;
}

function text(raw: string): string {
  return escapeXml(printable(raw));
}
