/** What the flags that narrow a run take, and what they say to what they do not take. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { type Labels, meetsSelector, parseLabelSelector } from "../../src/cli/narrowing/label-selector.ts";
import { parseNamePattern } from "../../src/cli/narrowing/name-pattern.ts";
import { GitopsError } from "../../src/errors.ts";

const KINDS = ["Workflow", "EmailNode", "Flow", "Webhook"];

const BILLING: Labels = { team: "billing", stage: "prod" };
const SALES: Labels = { team: "sales" };
const BARE: Labels = {};

function meeting(selector: string): readonly string[] {
  const requirements = parseLabelSelector(selector);
  const all = Object.entries({ billing: BILLING, sales: SALES, bare: BARE });
  return all.filter(([, labels]) => meetsSelector(labels, requirements)).map(([name]) => name);
}

it("a selector selects as kubectl's does", () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    "team=billing": ["billing"],
    "team==billing": ["billing"],
    " team = billing ": ["billing"],
    "team!=billing": ["sales", "bare"],
    "team in (billing, sales)": ["billing", "sales"],
    "team in(sales)": ["sales"],
    "team notin (billing)": ["sales", "bare"],
    team: ["billing", "sales"],
    "!team": ["bare"],
    "! stage": ["sales", "bare"],
    "team,!stage": ["sales"],
    "team in (billing,sales),stage=prod": ["billing"],
    "team=": [],
    constructor: [],
    "toString=x": [],
    "example.com/team=billing": [],
  };
  for (const [selector, names] of Object.entries(cases)) assert.deepEqual(meeting(selector), names, selector);
  assert.ok(meetsSelector({ team: "" }, parseLabelSelector("team=")), "a label may be empty");
  assert.ok(meetsSelector({ in: "x" }, parseLabelSelector("in in (x)")), "and be called like an operator");
});

it("a selector that makes no sense is refused with the character where it stops", () => {
  const cases: Readonly<Record<string, RegExp>> = {
    "team in billing": /"team in billing": a list such as \(a, b\) is missing at character 9, where there is "billing"/,
    "team=billing,": /the name of a label is missing at character 14, where it ends/,
    "team in (a": /a comma or "\)" is missing at character 11, where it ends/,
    "team in ()": /a value is missing at character 10, where there is "\)"/,
    "=billing": /the name of a label is missing at character 1, where there is "="/,
    "team billing": /=, !=, in, notin or a comma is missing at character 6, where there is "billing"/,
    "team=a b": /a comma is missing at character 8, where there is "b"/,
    "!team=a": /a comma is missing at character 6, where there is "="/,
    "a==!b": /a value is missing at character 4/,
    "": /the name of a label is missing at character 1, where it ends/,
  };
  for (const [selector, message] of Object.entries(cases)) {
    assert.throws(
      () => parseLabelSelector(selector),
      (thrown: unknown) => {
        assert.ok(thrown instanceof GitopsError);
        assert.equal(thrown.code, "usage");
        assert.match(thrown.message, message);
        return true;
      },
    );
  }
});

it("KIND/NAME takes any case of the kind, and * for any text", () => {
  const cases: readonly (readonly [pattern: string, named: string, isMatch: boolean])[] = [
    ["Flow/menu", "Flow/menu", true],
    ["flow/menu", "Flow/menu", true],
    ["EMAILNODE/a", "EmailNode/a", true],
    ["Flow/menu", "Flow/Menu", false],
    ["Flow/menu", "Webhook/menu", false],
    ["*/menu", "Webhook/menu", true],
    ["Flow/*", "Flow/anything", true],
    ["Flow/bill*", "Flow/billing", true],
    ["Flow/*ing", "Flow/billing", true],
    ["Flow/b*l*g", "Flow/billing", true],
    ["Flow/b*l*l*g", "Flow/billing", true],
    ["Flow/b*l*l*l*g", "Flow/billing", false],
    ["Flow/ab*ba", "Flow/aba", false],
    ["Flow/*menu*", "Flow/menu", true],
    ["Flow/a.c", "Flow/abc", false],
  ];
  for (const [pattern, text, isMatch] of cases) {
    const [kind = "", name = ""] = text.split("/");
    assert.equal(parseNamePattern(pattern, KINDS).matches({ kind, name }), isMatch, `${pattern} and ${text}`);
  }
  const hostile = `Flow/${"*a".repeat(1000)}`;
  assert.equal(parseNamePattern(hostile, KINDS).matches({ kind: "Flow", name: "a".repeat(999) }), false);
});

it("what is not KIND/NAME, and kinds that are on no tenant, are refused", () => {
  const cases: Readonly<Record<string, readonly [message: RegExp, hint: RegExp]>> = {
    menu: [/"menu" does not name a kind and a name/, /KIND\/NAME/],
    "Flow/": [/does not name/, /KIND\/NAME/],
    "/menu": [/does not name/, /KIND\/NAME/],
    "Flwo/menu": [/no kind "Flwo" is on a tenant/, /Did you mean "Flow"\?/],
    "FlowTest/menu": [/no kind "FlowTest" is on a tenant/, /./],
    "Queue/menu": [/no kind "Queue"/, /Workflow, EmailNode, Flow, Webhook/],
  };
  for (const [pattern, [message, hint]] of Object.entries(cases)) {
    assert.throws(
      () => parseNamePattern(pattern, KINDS),
      (thrown: unknown) => {
        assert.ok(thrown instanceof GitopsError && thrown.code === "usage");
        assert.match(thrown.message, message);
        assert.match(thrown.hint ?? "", hint);
        return true;
      },
    );
  }
});
