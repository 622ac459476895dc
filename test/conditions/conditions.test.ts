import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseCondition } from "../../src/conditions/parse.ts";
import { canonicalCondition } from "../../src/conditions/print.ts";

describe("conditions of one meaning print alike", () => {
  const cases: readonly (readonly [written: string, canonical: string, reason: string])[] = [
    ["true", "true", "the condition of every default connection"],
    ["dtmf=='1'", "dtmf == '1'", "spaces do not count"],
    ['dtmf == "1"', "dtmf == '1'", "either quote"],
    ["'1' == dtmf", "dtmf == '1'", "the path comes first"],
    ["5 < tries", "tries > 5", "a flipped comparison keeps its meaning"],
    ["a and not b or c", "a && !b || c", "words and signs are the same operators"],
    ["not dtmf == '1'", "!(dtmf == '1')", "not takes the whole comparison"],
    ["!(a || b) && c", "!(a || b) && c", "parentheses that are needed stay"],
    ["(a && b) && (c)", "a && b && c", "parentheses that are not needed go"],
    ["a && (b || c)", "a && (b || c)", "or inside and keeps its parentheses"],
    ["dtmf in ['1',\"2\"]", "dtmf in ['1', '2']", "lists"],
    ["dtmf not in ['1']", "!(dtmf in ['1'])", "not in, as people say it"],
    ["$contact.language != 'de'", "$contact.language != 'de'", "scope paths"],
    ["balance < -5.5", "balance < -5.5", "negative numbers"],
    ["balance > -0", "balance > 0", "there is one zero"],
    ["balance > 1.5e20", "balance > 1.5e+20", "large numbers keep their exponent, and so can be read again"],
    ["$contact.in", "$contact.in", "a word of the language as the name of a field"],
    ["name == 'O\\'Hara'", "name == 'O\\'Hara'", "quotes inside strings"],
    ["dtmf = '1'", "dtmf = '1'", "what does not parse is compared as text"],
  ];
  for (const [written, canonical, reason] of cases) {
    it(`${written} (${reason})`, () => assert.equal(canonicalCondition(written), canonical));
  }
  it("a different meaning prints differently", () => {
    assert.notEqual(canonicalCondition("dtmf == '1'"), canonicalCondition("dtmf == 1"));
    assert.notEqual(canonicalCondition("a && b"), canonicalCondition("a || b"));
  });
});

describe("what is no condition is refused with a reason", () => {
  const cases: readonly (readonly [written: string, message: RegExp])[] = [
    ["", /is empty/],
    ["dtmf = '1'", /does not parse: unexpected "=" at character 6 \(to compare, write ==\)/],
    ["dtmf == null", /uses null/],
    ["lang not in 'de'", /needs a list/],
    ["dtmf == ", /expected expression after == at character 9/],
    ["(dtmf == '1'", /unclosed \( at character 13/],
    ["dtmf == '1", /unclosed quote/],
    ["a b", /several expressions/],
    ["run('x')", /calls a function/],
    ["a + 1 == 2", /unexpected "\+"/],
    ["a['b'] == 1", /write it with dots/],
    ["'1'", /bare value/],
    ["dtmf in []", /empty list/],
    ["dtmf in '12'", /needs a list/],
    ["!a == b", /result of another comparison/],
    ["(".repeat(2000), /2000 characters/],
    ["tries < 1e999", /the number 1e999, which is too large/],
    ["account == 9007199254740993", /the number 9007199254740993, which is too large; put it in quotes/],
    ["dtmf\u00a0== '1'", /invisible character U\+00A0/],
    ["dtmf == not", /`not` where a name or a value belongs/],
    ["name == 'O\\", /unclosed quote .* at character 12$/],
  ];
  for (const [written, message] of cases) {
    it(written.slice(0, 20), () => {
      const parsed = parseCondition(written);
      assert.ok(!parsed.ok);
      assert.match(parsed.message, message);
    });
  }
});

it("no text makes the parser throw, and printing is stable", () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[a-b$.()!&|=<>'" 0-9[\],notinad]*$/));
  fc.assert(
    fc.property(text, (written) => {
      const once = canonicalCondition(written);
      assert.equal(canonicalCondition(once), once);
    }),
    { numRuns: 2000 },
  );
});
