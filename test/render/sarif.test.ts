import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Finding } from "../../src/model/finding.ts";
import { isJsonArray, isJsonObject, type Json, valueAt } from "../../src/model/json.ts";
import { RULES } from "../../src/model/rules.ts";
import { makeSarif, type SarifFailure } from "../../src/render/sarif.ts";

const FINDING: Finding = {
  rule: "flow/missing-fallback",
  severity: "warning",
  message: "there is already one: a.yaml:12",
  file: "a b.yaml",
  line: 3,
  column: 5,
  hint: "Add one.",
};

function make(findings: readonly Finding[], failure?: SarifFailure): Json {
  const uriOf = (file: string) => ({ uri: encodeURIComponent(file), isRelative: !file.startsWith("..") });
  return makeSarif({ findings, version: "1.2.3", uriOf, base: "file:///repo/", failure });
}

/** Follows keys and indexes, as a reader of the document would. */
function at(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  return path.reduce<Json | undefined>((part, step) => {
    return typeof step === "number" ? (isJsonArray(part) ? part[step] : undefined) : valueAt(part, step);
  }, value);
}

const resultAt = (document: Json, index: number) => at(document, "runs", 0, "results", index);
const printOf = (document: Json, index = 0) =>
  at(resultAt(document, index), "partialFingerprints", "primaryLocationLineHash");

describe("SARIF", () => {
  it("a finding is a result with rule, level, message and region", () => {
    const document = make([FINDING]);
    assert.equal(at(document, "version"), "2.1.0");
    const whole = resultAt(document, 0);
    assert.ok(isJsonObject(whole));
    const { partialFingerprints: _, ...result } = whole;
    assert.deepEqual(result, {
      ruleId: "flow/missing-fallback",
      ruleIndex: 0,
      level: "warning",
      message: { text: "there is already one: a.yaml:12\nAdd one." },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: "a%20b.yaml", uriBaseId: "SRCROOT" },
            region: { startLine: 3, startColumn: 5 },
          },
        },
      ],
    });
    assert.match(String(printOf(document)), /^[0-9a-f]{32}:1$/);
    assert.equal(at(document, "runs", 0, "originalUriBaseIds", "SRCROOT", "uri"), "file:///repo/");
    assert.equal(at(document, "runs", 0, "invocations", 0, "executionSuccessful"), true);
  });

  it("no text from a manifest is a link", () => {
    const textOf = (message: string) => at(resultAt(make([{ ...FINDING, message, hint: null }]), 0), "message", "text");
    assert.equal(textOf("no [node](http://evil.example)"), "no \\[node\\](http://evil.example)");
    assert.equal(textOf(String.raw`a\b \[c](1)`), String.raw`a\b \\\[c\](1)`, "one that is behind a backslash, too");
    const failure = make([], { code: "config/missing", message: "[a](1)" });
    const [said] = [at(failure, "runs", 0, "invocations", 0, "toolExecutionNotifications", 0, "message", "text")];
    assert.equal(said, "\\[a\\](1)");
  });

  it("each rule stands there once, with the words of the page and its severity", () => {
    const document = make([FINDING, { ...FINDING, rule: "flow/cycle", severity: "info" }, FINDING]);
    const rules = at(document, "runs", 0, "tool", "driver", "rules");
    assert.ok(isJsonArray(rules));
    assert.deepEqual(
      rules.map((rule) => [at(rule, "id"), at(rule, "defaultConfiguration", "level")]),
      [
        ["flow/cycle", "error"],
        ["flow/missing-fallback", "warning"],
      ],
    );
    assert.match(String(at(rules[0], "help", "text")), /from: node_a, to: node_b/);
    assert.deepEqual([at(resultAt(document, 1), "level"), at(resultAt(document, 1), "ruleIndex")], ["note", 0]);
  });

  it("every rule of the catalogue has help", () => {
    const document = make(RULES.map((rule) => ({ ...FINDING, rule })));
    const rules = at(document, "runs", 0, "tool", "driver", "rules");
    assert.ok(isJsonArray(rules));
    assert.equal(rules.length, RULES.length);
    for (const rule of rules) assert.ok(String(at(rule, "help", "markdown")).length > 20, String(at(rule, "id")));
  });

  it("a fingerprint stays when lines move, also those that the message names", () => {
    const moved = { ...FINDING, line: 40, column: 1, message: "there is already one: a.yaml:52" };
    assert.equal(printOf(make([moved])), printOf(make([FINDING])));
  });

  it("it differs by rule, file and message, and between two that are alike", () => {
    const others: readonly Finding[] = [
      { ...FINDING, rule: "flow/cycle" },
      { ...FINDING, file: "other.yaml" },
      { ...FINDING, message: "another" },
    ];
    for (const other of others) assert.notEqual(printOf(make([other])), printOf(make([FINDING])));
    const twice = make([FINDING, { ...FINDING, line: 9 }]);
    assert.notEqual(printOf(twice, 0), printOf(twice, 1));
  });

  it("a file outside the base has no base", () => {
    const document = make([{ ...FINDING, file: "../x.yaml" }]);
    const location = at(resultAt(document, 0), "locations", 0, "physicalLocation", "artifactLocation");
    assert.deepEqual(location, { uri: "..%2Fx.yaml" });
  });

  it("a failure is a notification of the tool, with its place where it has one", () => {
    const failure = { code: "config/missing", message: "there is none", place: { file: "c.yaml", line: 2 } };
    const invocation = at(make([], failure), "runs", 0, "invocations", 0);
    assert.equal(at(invocation, "executionSuccessful"), false);
    assert.deepEqual(at(invocation, "toolExecutionNotifications"), [
      {
        descriptor: { id: "config/missing" },
        level: "error",
        message: { text: "there is none" },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: "c.yaml", uriBaseId: "SRCROOT" },
              region: { startLine: 2 },
            },
          },
        ],
      },
    ]);
  });
});
