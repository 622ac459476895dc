import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCondition } from "../../src/conditions/parse.ts";
import { rememberByText } from "../../src/conditions/remember.ts";

test("the same text gives the same condition, and another text another", () => {
  assert.equal(parseCondition("dtmf == '1'"), parseCondition("dtmf == '1'"));
  assert.notDeepEqual(parseCondition("dtmf == '1'"), parseCondition("dtmf == '2'"));
});

test("what a text is made of comes through unchanged", () => {
  const remembered = rememberByText((text) => ({ text }));
  const half = String.fromCharCode(0xd800);
  for (const text of ["", " ", "ü", "\u2028", half, `a${half}b`, "\0", "__proto__", "x".repeat(5000)]) {
    assert.equal(remembered(text).text, text);
    assert.equal(remembered(text).text, text, "also when it is asked for again");
  }
});

test("what is remembered is bounded: long texts are not, and many are forgotten", () => {
  let made = 0;
  const remembered = rememberByText((text) => {
    made += 1;
    return text.length;
  });
  for (const text of ["first", "first", "x".repeat(1001), "x".repeat(1001)]) remembered(text);
  assert.equal(made, 3);
  for (let index = 0; index < 20_000; index += 1) remembered(`text ${index}`);
  remembered("first");
  assert.equal(made, 3 + 20_000 + 1);
});

test("what is thrown is not remembered", () => {
  let calls = 0;
  const remembered = rememberByText(() => {
    calls += 1;
    if (calls === 1) throw new Error("not now");
    return calls;
  });
  assert.throws(() => remembered("a"), /not now/);
  assert.deepEqual([remembered("a"), remembered("a")], [2, 2]);
});
