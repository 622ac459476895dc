import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Finding } from "../../src/model/finding.ts";
import type { Change, Plan } from "../../src/model/plan.ts";
import { fitPieces } from "../../src/render/markdown/budget.ts";
import { renderMarkdown } from "../../src/render/markdown/comment.ts";
import { block, code, prose } from "../../src/render/markdown/text.ts";
import { HOSTILE } from "./pictures.ts";
import { aChange, aPlan, aReport, unchanged } from "./plans.ts";

const LIMIT = 65_000;
const TEXTS = [
  ...HOSTILE,
  "</details><script>alert(1)</script>",
  "<!-- hidden -->",
  "@octocat and a@b.example",
  "http://evil.example www.evil.example",
  "[link](http://evil.example) ![picture](http://evil.example/x.png)",
  "#12 GH-12 owner/repository#3",
  "````\n```\n````",
  "| a | b |\n|---|---|\n| c | d |",
  "---\n===",
  ":tada: $x^2$",
  "e873ca0eb702785c44edcf5f352aed0c1f8514e8 and e873ca0, E873CA0EB7",
];

function manyChanges(count: number, special: (index: number) => Partial<Change> = () => ({})): readonly Change[] {
  return Array.from({ length: count }, (_, index) => aChange({ name: `flow-${index}`, ...special(index) }));
}

function aFinding(special: Partial<Finding> = {}): Finding {
  const place = { file: "manifests/a.yaml", line: 3, column: 5 };
  return { rule: "flow/overlap", severity: "warning", message: "two hold", hint: null, ...place, ...special };
}

function headingsOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line.startsWith("#"));
}

it("begins with a line that cannot be seen and that names the tenant", () => {
  const [first] = renderMarkdown(aReport(aPlan([], { tenant: "a b --> c" }))).split("\n");
  assert.equal(first, "<!-- cxone-gitops plan tenant=a%20b%20--%3E%20c -->");
});

it("names the commit in its heading, and that the work tree is not as it was committed", () => {
  const headOf = (revision: string) => headingsOf(renderMarkdown(aReport(aPlan([], { revision }))))[0];
  assert.equal(headOf("0123456789abcdef"), "## Plan for tenant `dev` at `0123456789ab`");
  assert.equal(headOf("0123456789abcdef-dirty"), "## Plan for tenant `dev` at `0123456789ab-dirty`");
});

it("says first how much changes and who notices", () => {
  const plan = aPlan([
    aChange(),
    aChange({ name: "b", impact: "recipient-visible" }),
    aChange({ name: "c", impact: "cosmetic", effects: [] }),
    unchanged("Webhook", "hook"),
  ]);
  const text = renderMarkdown(aReport(plan));
  assert.match(text, /\*\*3 to update, 1 unchanged\.\*\* Callers notice 1 change, recipients of mails 1\./);
  assert.deepEqual(headingsOf(text), [
    "## Plan for tenant `dev`",
    "### Callers notice",
    "#### `~` update Flow `main-menu` (`ivr_main-menu`)",
    "### Recipients of mails notice",
    "#### `~` update Flow `b` (`ivr_b`)",
    "### Neither callers nor recipients notice",
    "#### `~` update Flow `c` (`ivr_c`)",
  ]);
  assert.match(text, /^- callers pressing 2 at node_menu now reach node_sales instead of node_billing$/m);
  assert.match(text, /^Unchanged: 1 Webhook\.$/m);
  assert.doesNotMatch(text, /Left out/);
});

it("what keeps the plan from being applied stands before the changes, and so do its errors", () => {
  const error = aFinding({ severity: "error", message: "no such node" });
  const refusals = [{ reason: "protected", message: "it is protected", hint: "Say so." }] as const;
  const text = renderMarkdown(aReport(aPlan([aChange()], { findings: [error], refusals })));
  const order = ["> **Refused:** it is protected. Say so.", "Nothing will be applied: 1 error", "no such node", "####"];
  const places = order.map((part) => text.indexOf(part));
  assert.ok(!places.includes(-1), text);
  assert.deepEqual(
    places.toSorted((one, other) => one - other),
    places,
  );
});

it("one picture stands for a document, however many changes are in it", () => {
  const document = { type: "workflow", id: "wf_1" };
  const changes = [aChange({ name: "a", document }), aChange({ name: "b", document })];
  assert.equal(renderMarkdown(aReport(aPlan(changes))).split("```mermaid").length - 1, 1);
});

it("there are at most ten pictures", () => {
  assert.equal(renderMarkdown(aReport(aPlan(manyChanges(14)))).split("```mermaid").length - 1, 10);
});

describe("length", () => {
  const cases: readonly (readonly [reason: string, plan: Plan])[] = [
    ["thousands of changes", aPlan(manyChanges(5000))],
    [
      "one patch larger than a comment",
      aPlan([aChange({ patch: [{ op: "add", path: "/a", value: "x".repeat(90_000) }] })]),
    ],
    ["effects larger than a comment", aPlan([aChange({ effects: ["é".repeat(200_000)] })])],
    ["many effects", aPlan([aChange({ effects: Array.from({ length: 5000 }, (_, index) => `effect ${index} 日本`) })])],
    ["names larger than a comment", aPlan([aChange({ name: "ن".repeat(90_000), id: "`".repeat(90_000) })])],
    [
      "many findings",
      aPlan([], { findings: Array.from({ length: 3000 }, () => aFinding({ message: "m".repeat(90_000) })) }),
    ],
    [
      "many refusals",
      aPlan([], {
        refusals: Array.from({ length: 3000 }, () => ({ reason: "protected", message: "<".repeat(9000), hint: "h" })),
      }),
    ],
    ["a tenant with a long name", aPlan([], { tenant: "日".repeat(90_000), revision: "r".repeat(90_000) })],
  ];
  for (const [reason, plan] of cases) {
    it(`${reason}: below the limit in characters and bytes, with the summary`, () => {
      const text = renderMarkdown(aReport(plan));
      assert.ok(Buffer.byteLength(text) < LIMIT, String(Buffer.byteLength(text)));
      assert.match(text.slice(0, 6000), /\*\*(\d+ to update|Nothing|No manifests|\d+ refusals)/);
    });
  }

  it("pictures go first, then patches, then changes that nobody notices, then effects", () => {
    const cosmetic = (index: number) => (index % 2 === 0 ? {} : ({ impact: "cosmetic" } as const));
    const leftOf = (count: number) => {
      const text = renderMarkdown(aReport(aPlan(manyChanges(count, cosmetic))));
      const note = /holds no more: (.*?)\. `/.exec(text)?.[1];
      return note?.split(", ").map((part) => part.split(":")[0] ?? "") ?? [];
    };
    assert.deepEqual(leftOf(10), []);
    const all = [120, 200, 400, 600, 900, 2000].map(leftOf);
    const order = ["pictures", "patches", "changes that nobody outside notices", "effects", "changes"];
    for (const left of all) {
      const ranks = left.map((what) => order.indexOf(what)).filter((rank) => rank >= 0);
      const worst = Math.max(...ranks);
      assert.deepEqual(
        [...ranks].sort(),
        Array.from({ length: worst + 1 }, (_, rank) => rank),
        left.join(),
      );
    }
    assert.ok(all[0]?.length !== all.at(-1)?.length);
  });

  it("a change stands below the heading of its own group when the first of that group does not fit", () => {
    const long = (letter: string, index: number) => `${letter}${index}`.padEnd(120, "-");
    const callers = manyChanges(439, (index) => ({
      name: long("c", index),
      id: long("c", index),
      patch: [],
      effects: [],
    }));
    const mails = ["m".repeat(120), "mail-1", "mail-2"].map((name) =>
      aChange({ name, id: `${name} in the tenant`, impact: "recipient-visible", patch: [], effects: [] }),
    );
    const headings = headingsOf(renderMarkdown(aReport(aPlan([...callers, ...mails]))));
    const first = headings.findIndex((line) => line.includes("`mail-1`"));
    assert.ok(!headings.some((line) => line.includes("mmm")) && first !== -1, "the first does not fit, the others do");
    assert.equal(headings[first - 1], "### Recipients of mails notice");
  });

  it("nothing stands there without what it belongs to", () => {
    const head = { text: "x".repeat(50), rank: 1, what: "changes" };
    const effect = { text: "effect", rank: 2, what: "effects", under: head };
    const { text, left } = fitPieces([head, effect], 20);
    assert.deepEqual(
      [text, [...left]],
      [
        "",
        [
          ["changes", 1],
          ["effects", 1],
        ],
      ],
    );
  });

  it("what was left out is counted", () => {
    const text = renderMarkdown(aReport(aPlan(manyChanges(5000))));
    const shown = text.split("\n#### ").length - 1;
    const changes = Number(/\bchanges: (\d+)/.exec(text)?.[1]);
    assert.equal(shown + changes, 5000);
    const patches = Number(/\bpatches: (\d+)/.exec(text)?.[1]);
    assert.equal(text.split("<summary>Patch").length - 1 + patches, 5000);
  });
});

describe("text from outside", () => {
  it("a line of prose holds nothing that markdown or GitHub would act on", () => {
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: "binary", maxLength: 200 })), (text) => {
        const line = prose(text, 500);
        assert.doesNotMatch(line, /[\r\n<>]/);
        assert.doesNotMatch(line, /(?<!\\)(?:\\\\)*[`*[\]~|$]/, "each is behind a backslash");
        assert.doesNotMatch(line, /@[\w-]/, "nobody is mentioned");
        assert.doesNotMatch(line, /#\d|\bgh-\d/i, "no issue is named");
        assert.doesNotMatch(line, /:\/\/|www\.[\p{L}\p{N}]/iu, "no address is a link");
        assert.doesNotMatch(line, /\b[0-9a-f]{7,}\b/i, "no commit is named");
        assert.doesNotMatch(line, /^(?:[-+=]|#+(?: |$)|\d+[.)])/, "it begins no list and no heading");
        assert.doesNotMatch(line, /&(?!amp;|lt;|gt;)/);
      }),
    );
  });

  it("a code span ends where it is meant to", () => {
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...TEXTS), fc.stringMatching(/^[` a]{0,12}$/)), (text) => {
        const span = code(text, 500);
        if (span === "*(empty)*") return;
        const fence = /^`+/.exec(span)?.[0] ?? "";
        const inner = span.slice(fence.length, -fence.length);
        assert.ok(span.endsWith(fence) && !span.includes("\n"));
        assert.ok(![...inner.matchAll(/`+/g)].some(([run]) => run.length === fence.length), span);
        assert.doesNotMatch(inner, /^`|`$/, "a fence does not become longer by what it holds");
      }),
    );
  });

  it("a block's fence is longer than any in it", () => {
    for (const text of TEXTS) {
      const [open = "", ...lines] = block("json", text).trimEnd().split("\n");
      const close = lines.pop();
      assert.equal(open, `${close}json`);
      assert.ok(lines.every((line) => !line.trim().startsWith(close ?? "")));
    }
  });

  it("a hostile plan has the headings, blocks and folds of a harmless one", () => {
    const harmless = renderMarkdown(aReport(hostilePlan(TEXTS.map((_, index) => `text${index}`)), "text"));
    const hostile = renderMarkdown(aReport(hostilePlan(TEXTS), TEXTS.join("\n")));
    const shapeOf = (text: string) => ({
      headings: headingsOf(text).map((line) => /^#+/.exec(line)?.[0]),
      tags: [...text.matchAll(/<(?!br\/>)[^>]*>/g)]
        .map(([tag]) => tag)
        .filter((tag) => /details|summary|!--/.test(tag)),
      fences: text.split("\n").filter((line) => line.startsWith("```")).length,
    });
    assert.deepEqual(shapeOf(withoutCode(hostile)), shapeOf(withoutCode(harmless)));
  });
});

function hostilePlan(texts: readonly string[]): Plan {
  const changes = texts.map((text) =>
    aChange({
      name: text,
      id: `id ${text}`,
      document: { type: "flow", id: text },
      effects: [text],
      notes: [text],
      patch: [{ op: "add", path: `/${text}`, value: text }],
    }),
  );
  const findings = texts.map((text) => aFinding({ message: text, hint: text, file: text }));
  return aPlan(changes, { findings, refusals: [{ reason: "protected", message: texts.join(), hint: texts.join() }] });
}

/** Blocks and spans are data whatever they hold, as long as their fences match. */
function withoutCode(text: string): string {
  const spans = text.replace(/^(`{3,})\w+\n[\s\S]*?\n\1$/gm, "```").split("\n");
  return spans
    .map((line) => (line === "```" ? line : line.replace(/(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)/g, "code")))
    .join("\n");
}
