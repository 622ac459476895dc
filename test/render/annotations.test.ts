/** What GitHub Actions reads: one command a line, whatever the texts hold. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Finding, Severity } from "../../src/model/finding.ts";
import { annotateFinding, annotatePlan, renderAnnotations } from "../../src/render/annotations.ts";

const plain = (text: string) => text;

function findingOf(severity: Severity, message = "m", hint: string | null = null): Finding {
  return { rule: "flow/cycle", severity, message, file: "f.yaml", line: 3, column: 7, hint };
}

function render(findings: readonly Finding[], file = "manifests/f.yaml", mask = plain): string {
  return renderAnnotations(
    findings.map((finding) => annotateFinding(finding, file)),
    mask,
  );
}

/** A command as the runner reads it: the text after the last `::`, with the escapes resolved. */
function read(line: string) {
  const [, level = "", properties = "", data = ""] = /^::(\w+) (.*?)::(.*)$/.exec(line) ?? [];
  const decode = (text: string) =>
    text.replace(/%([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  const pairs = properties
    .split(",")
    .map((pair) => [pair.slice(0, pair.indexOf("=")), decode(pair.slice(pair.indexOf("=") + 1))]);
  return { level, properties: Object.fromEntries(pairs), message: decode(data) };
}

describe("annotations", () => {
  it("one finding is one line, with its place and its rule", () => {
    assert.equal(
      render([findingOf("error", "no way out", "End it.")]),
      "::error file=manifests/f.yaml,line=3,col=7,title=flow/cycle::no way out%0AEnd it.\n",
    );
  });

  it("what is in no file of the workspace has no place", () => {
    assert.equal(
      renderAnnotations([annotateFinding(findingOf("info"), undefined)], plain),
      "::notice title=flow/cycle::m\n",
    );
  });

  it("no control character gets into the log, for a terminal or a browser to obey", () => {
    const bad = "a\u001b[31mred\u0007\u009b\u202e";
    const text = render([findingOf("error", bad, bad)], bad);
    assert.doesNotMatch(text.slice(0, -1), /[\p{Cc}\u202e]/u);
    assert.equal(text.match(/a\\u001b\[31mred\\u0007\\u009b\\u202e/g)?.length, 3);
    assert.match(
      renderAnnotations([{ level: "error", title: bad, message: "m", file: undefined }], plain),
      /title=a\\u001b/,
    );
  });

  it("any text comes out as it went in, and nothing begins a command of its own", () => {
    const odd = fc.string({ unit: fc.constantFrom("%", "\n", ":", ",", "=", "a", "::error::", "%0A", " ") });
    fc.assert(
      fc.property(odd, odd, (message, file) => {
        const text = render([findingOf("warning", message)], file);
        assert.equal(text.split(/\r|\n/).length, 2);
        const { level, properties, message: back } = read(text.slice(0, -1));
        assert.equal(level, "warning");
        assert.equal(properties["file"], file);
        assert.equal(back, message);
      }),
    );
  });

  it("secrets are masked before anything is escaped", () => {
    const mask = (text: string) => text.replaceAll("50% off\n", "(secret)");
    assert.match(render([findingOf("error", "it is 50% off\n!")], "f", mask), /::it is \(secret\)!\n$/);
  });

  it("the most severe come first, ten of each, and the last notice counts the rest", () => {
    const many = (severity: Severity, count: number) => Array.from({ length: count }, () => findingOf(severity));
    const lines = render([...many("info", 30), ...many("warning", 12), ...many("error", 11)])
      .trimEnd()
      .split("\n");
    const levels = lines.map((line) => read(line).level);
    assert.deepEqual(levels, [...Array(10).fill("error"), ...Array(10).fill("warning"), ...Array(10).fill("notice")]);
    assert.match(lines.at(-1) ?? "", /::24 more are not shown here: .*at most 10 of each level/);
  });

  it("says nothing of a rest that there is not", () => {
    const ten = Array.from({ length: 10 }, () => findingOf("info"));
    assert.equal(render(ten).trimEnd().split("\n").length, 10);
    assert.doesNotMatch(render(ten), /more/);
    const eleven = render([...ten, findingOf("info")])
      .trimEnd()
      .split("\n");
    assert.match(eleven.at(-1) ?? "", /::2 more are/);
  });

  it("a plan adds what could not be read, and each refusal", () => {
    const change = {
      kind: "Flow",
      name: "menu",
      id: "ivr",
      document: { type: "flow", id: "ivr" },
      impact: null,
      effects: [],
    } as const;
    const shared = { patch: [], live: {}, liveVersion: null, drift: null } as const;
    const annotations = annotatePlan({
      formatVersion: 1,
      tenant: "dev",
      revision: null,
      fingerprint: "",
      summary: { create: 0, update: 0, delete: 0, unchanged: 0, unknown: 1, refused: 1 },
      changes: [
        { ...change, ...shared, action: "report", notes: ["unknown: 403"] },
        { ...change, ...shared, action: "report", notes: ["orphaned"] },
        { ...change, ...shared, action: "create", notes: [] },
      ],
      findings: [],
      refusals: [{ reason: "protected", message: "it is protected", hint: "Ask." }],
    });
    assert.equal(
      renderAnnotations(annotations, plain),
      "::error title=Flow menu::unknown: 403\n::error title=protected::it is protected%0AAsk.\n",
    );
  });
});
