import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Json } from "../../src/model/json.ts";
import { DEFAULT_LIMITS } from "../../src/source/limits.ts";
import { parseYaml } from "../../src/source/yaml.ts";

const parse = (text: string, limits = DEFAULT_LIMITS) => parseYaml(text, { file: "f.yaml", limits });

/** `rule line:column` of every finding. */
const places = (text: string) => parse(text).problems.map((found) => `${found.rule} ${found.line}:${found.column}`);

test("values are what YAML 1.2 says they are", () => {
  const cases: readonly (readonly [text: string, value: Json, reason: string])[] = [
    ["a: 1", { a: 1 }, "a number"],
    ["a: -0", { a: 0 }, "JSON has no negative zero"],
    ["a: 0x1f", { a: 31 }, "hexadecimal is in the core schema"],
    ["a: 1.5e3", { a: 1500 }, "a float"],
    ["a: yes", { a: "yes" }, "only true and false are booleans since 1.2"],
    ["on: True", { on: true }, "on is text, True is a boolean"],
    ["a: ~\nb:", { a: null, b: null }, "both ways to write null"],
    ["a: 2024-01-01", { a: "2024-01-01" }, "dates are text in the core schema"],
    ["a: '1'\nb: \"\\u0041\"", { a: "1", b: "A" }, "quotes mean text"],
    ["a: !!str 5\nb: !!int '5'\nc: ! 7", { a: "5", b: 5, c: "7" }, "the standard tags"],
    ["a: !<tag:yaml.org,2002:str> 5", { a: "5" }, "a standard tag written out"],
    ["a: |\n  x\n  y\nb: >-\n  x\n  y\n", { a: "x\ny\n", b: "x y" }, "block scalars"],
    ["a: &x [1]\nb: *x", { a: [1], b: [1] }, "an alias"],
    ["- [a: 1, b]\n-\n", [[{ a: 1 }, "b"], null], "a pair in a flow sequence, an empty item"],
    ["toString: 1\nhasOwnProperty: 2", { toString: 1, hasOwnProperty: 2 }, "names of methods are ordinary keys"],
    ['{\n\t"a": 1,\n\t"b": [\n\t\ttrue\n\t]\n}\n', { a: 1, b: [true] }, "JSON indented with tabs"],
    ["\uFEFFa: 1", { a: 1 }, "a byte order mark"],
    ["a: 1\r\nb: 2\r\n", { a: 1, b: 2 }, "Windows line ends"],
  ];
  for (const [text, value, reason] of cases) {
    const { documents, problems } = parse(text);
    assert.deepEqual(problems, [], reason);
    assert.deepEqual(
      documents.map((document) => document.value),
      [value],
      reason,
    );
  }
});

test("a file has several documents; the empty ones are skipped and the others keep their number", () => {
  const { documents } = parse("# only a comment\n---\na: 1\n---\n---\nb: 2\n...\n---\n");
  assert.deepEqual(
    documents.map(({ index, value }) => [index, value]),
    [
      [0, { a: 1 }],
      [2, { b: 2 }],
    ],
  );
  assert.deepEqual(parse("").documents, []);
  assert.deepEqual(parse("# nothing\n").documents, []);
});

test("what is wrong is found where it stands", () => {
  const cases: readonly (readonly [text: string, found: readonly string[], reason: string])[] = [
    [
      "a: 1\nb: 2\na: 3\nb: 4",
      ["yaml/duplicate-key 3:1", "yaml/duplicate-key 4:1"],
      "every duplicate, not only the first",
    ],
    ["x:\n  __proto__: {y: 1}\n", ["yaml/forbidden-key 2:3"], "prototype pollution"],
    ["{constructor: 1, prototype: 2}", ["yaml/forbidden-key 1:2", "yaml/forbidden-key 1:18"], "its other ways"],
    ['"__proto__": 1', ["yaml/forbidden-key 1:1"], "quotes do not help"],
    ["1: x\ntrue: y\n~: z", ["yaml/key 1:1", "yaml/key 2:1", "yaml/key 3:1"], "keys that are no text"],
    ["? [a]\n: 1\n", ["yaml/key 1:3"], "a key that is a list"],
    ["a: &x k\n*x : 1\n", ["yaml/key 2:1"], "a key that is an alias"],
    ["<<: {a: 1}", ["yaml/merge-key 1:1"], "a merge would be silently kept as a key"],
    ["a: .inf\nb: .nan", ["yaml/number 1:4", "yaml/number 2:4"], "JSON has no such numbers"],
    ["a: 12345678901234567890", ["yaml/number 1:4"], "its digits would change"],
    ["a: 0049", ["yaml/ambiguous-number 1:4"], "a telephone number that is none any more"],
    ["a: !!binary aGk=\nb: !x y", ["yaml/tag 1:13", "yaml/tag 2:7"], "tags that JSON has no value for"],
    ["%TAG !! tag:example.com,2000:\n---\na: !!str x", ["yaml/tag 3:10"], "a standard tag that means something else"],
    ["a: *x", ["yaml/unknown-alias 1:4"], "no such anchor"],
    ["a: &x 1\n---\nb: *x", ["yaml/unknown-alias 3:4"], "anchors end with their document"],
    ["a: &x [*x]", ["yaml/recursive-alias 1:8"], "a cycle"],
    ['a: "\\uD800"', ["yaml/character 1:4"], "half a character"],
    ["a:\n\tb: 1\n", ["yaml/syntax 2:1"], "a tab"],
    ["a: b: c", ["yaml/syntax 1:5"], "an unquoted colon"],
    ["a: 'x\nb: 1\n", ["yaml/syntax 2:1"], "an open quote"],
    ["a: \0", ["yaml/syntax 1:4"], "a null byte"],
  ];
  for (const [text, found, reason] of cases) assert.deepEqual(places(text), found, reason);
  assert.equal(Object.hasOwn(Object.prototype, "y"), false);
});

test("a document with an error is left out, one with a warning is not, and its neighbours stay", () => {
  const { documents } = parse("a: 1\n---\nb: 1\nb: 2\n---\nc: 0049\n");
  assert.deepEqual(
    documents.map(({ value }) => value),
    [{ a: 1 }, { c: 49 }],
  );
});

test("a syntax error comes with advice", () => {
  const cases: readonly (readonly [text: string, advice: RegExp])[] = [
    ["a:\n\tb: 1\n", /spaces/],
    ["a: 'x", /closing quote/],
    ["a: [1 2\n  ", /bracket/],
    ["a: b: c", /quotes/],
    ["a: @b", /"@" needs quotes/],
    ["a:\n  b: 1\n c: 2\n", /Line up/],
  ];
  for (const [text, advice] of cases) assert.match(parse(text).problems[0]?.hint ?? "", advice, text);
});

test("depth is limited, with and without aliases", () => {
  const nested = (depth: number) => `${"[".repeat(depth)}1${"]".repeat(depth)}`;
  assert.deepEqual(places(nested(64)), [], "64 levels are allowed");
  assert.deepEqual(
    places(nested(65)).map((found) => found.split(" ")[0]),
    ["yaml/too-deep"],
    "65 are not",
  );
  const shared = (depth: number) => `a: &x ${nested(40)}\nb: ${nested(depth).replace("1", "*x")}`;
  assert.deepEqual(places(shared(23)), [], "1 + 23 + 40 levels");
  assert.deepEqual(places(shared(24)), ["yaml/too-deep 2:28"], "65 levels, though no text is nested so deep");
});

test("an alias bomb is found without being expanded", () => {
  let bomb = `a0: &a0 [${Array(10).fill("x").join(",")}]\n`;
  for (let level = 1; level < 9; level++)
    bomb += `a${level}: &a${level} [${Array(9)
      .fill(`*a${level - 1}`)
      .join(",")}]\n`;
  assert.deepEqual(parse(bomb).documents, []);
  assert.deepEqual(
    places(bomb).map((found) => found.split(" ")[0]),
    ["yaml/alias-bomb"],
  );

  const aliases = (count: number) => `a: &a 1\nb: [${Array(count).fill("*a").join(",")}]`;
  assert.deepEqual(places(aliases(100)), []);
  assert.deepEqual(places(aliases(101)), ["yaml/alias-bomb 2:305"]);

  const values = `a: [${Array(150_000).fill("1").join(",")}]`;
  assert.deepEqual(places(values), [], "many values that are really written are no bomb");
});

test("a text above the size limit is not parsed", () => {
  const limits = { ...DEFAULT_LIMITS, fileBytes: 10 };
  assert.equal(parse("a: 1234567", limits).problems.length, 0);
  assert.equal(parse("a: 12345678", limits).problems[0]?.rule, "source/too-large");
  assert.equal(parse("a: ééééé", limits).problems[0]?.rule, "source/too-large", "bytes count, not characters");
});

test("findings of one document are limited in number", () => {
  const many = Array(5000).fill("a: 1").join("\n");
  assert.equal(parse(many).problems.length, 100);
});

test("parsing never throws, and yields JSON", () => {
  const pieces = fc.constantFrom(
    "a",
    ": ",
    "\n",
    "  ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "&x ",
    "*x",
    "|",
    ">",
    "'",
    '"',
    "#",
    "? ",
    "---\n",
    "!!str ",
    "\t",
    "~",
    "1",
    "<<",
    "%",
    "\\",
  );
  const yamlLike = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), yamlLike), (text) => {
      for (const { value } of parse(text).documents) assert.deepEqual(JSON.parse(JSON.stringify(value)), value);
    }),
    { numRuns: 3000 },
  );
});

test("any JSON text is read as JSON reads it", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = JSON.stringify(value);
      const { documents, problems } = parse(text);
      if (problems.some((problem) => problem.severity === "error")) return;
      assert.deepEqual(
        documents[0]?.value,
        JSON.parse(text, (_, part) => (part === 0 ? 0 : part)),
      );
    }),
  );
});
