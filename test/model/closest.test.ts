import assert from "node:assert/strict";
import { test } from "node:test";
import { closest, didYouMean } from "../../src/model/closest.ts";

test("the nearest candidate is what was meant, and a far one is not", () => {
  const known = ["connections", "nodes", "name", "type"];
  const cases: readonly (readonly [word: string, near: string | undefined, reason: string])[] = [
    ["conections", "connections", "a letter is missing"],
    ["Nodes", "nodes", "case does not count"],
    ["nam", "name", "short words allow one edit"],
    ["tpe", "type", "one edit"],
    ["xyz", undefined, "nothing is near"],
    ["", undefined, "nothing was typed"],
    ["n".repeat(100_000), undefined, "no time is spent on what nobody typed"],
  ];
  for (const [word, near, reason] of cases) assert.equal(closest(word, known), near, reason);
  assert.equal(closest("ab", ["aa", "bb"]), "aa", "the first of equals");
  assert.equal(didYouMean("nodess", known), 'Did you mean "nodes"?');
  assert.equal(didYouMean("xyz", known), undefined);
});
