import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Json, JsonPath } from "../../src/model/json.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { isEnvReference, resolveReference, resolveVariables } from "../../src/source/variables.ts";
import { parseYaml } from "../../src/source/yaml.ts";

const variables = { name: "Ann", count: 3, on: false, "dotted.name-x": "d", nested: "${var:name}", template: "t" };
const env = { TOKEN: "s3cret-value", EMPTY: "", HOME_DIR: "/home" };

function resolve(value: Json, keepEnvAt?: (path: JsonPath) => boolean) {
  const secrets = new Secrets();
  return { ...resolveVariables(value, { variables, env, secrets, ...(keepEnvAt ? { keepEnvAt } : {}) }), secrets };
}

test("references become values", () => {
  const cases: readonly (readonly [written: Json, value: Json, reason: string])[] = [
    ["Hello ${var:name}!", "Hello Ann!", "within a text"],
    ["${var:name}${var:count}", "Ann3", "side by side"],
    ["${var:count}", 3, "alone, a number stays a number"],
    ["${var:on}", false, "alone, a boolean stays a boolean"],
    ["${var:count} ", "3 ", "not alone, it is text"],
    ["${env:TOKEN}", "s3cret-value", "from the environment"],
    ["${var:dotted.name-x}", "d", "dots and hyphens in names"],
    ["${var:nested}", "${var:name}", "results are not searched again"],
    ["$${var:name}", "${var:name}", "escaped"],
    ["$$${var:name}", "$${var:name}", "the dollar next to the brace is the escape"],
    ["$${ and ${var:name}", "${ and Ann", "an escape needs no closing brace"],
    ["$contact.language costs $5 {x} $", "$contact.language costs $5 {x} $", "other dollars are text"],
    [
      { "${var:name}": ["${var:name}", { deep: "${var:count}" }] },
      { "${var:name}": ["Ann", { deep: 3 }] },
      "values, never keys",
    ],
    [[null, true, 1], [null, true, 1], "what is no text"],
  ];
  for (const [written, value, reason] of cases) {
    const resolved = resolve(written);
    assert.deepEqual(resolved.value, value, reason);
    assert.deepEqual(resolved.problems, [], reason);
  }
});

test("what cannot be resolved is a problem at its path, and stays as written", () => {
  const cases: readonly (readonly [written: string, rule: string, hint: RegExp, reason: string])[] = [
    ["${var:nam}", "variables/unset", /Did you mean "name"/, "a typing mistake in a variable"],
    ["${env:TOKN}", "variables/unset", /Did you mean "TOKEN"/, "a typing mistake in the environment"],
    ["${env:EMPTY}", "variables/unset", /Set EMPTY/, "what CI makes of a missing secret"],
    ["${var:constructor}", "variables/unset", /constructor/, "nothing is inherited"],
    ["${env:toString}", "variables/unset", /toString/, "nothing is inherited here either"],
    ["${name}", "variables/unknown-form", /\$\{var:name\}/, "the scope is missing"],
    ["${TOKEN}", "variables/unknown-form", /\$\{env:TOKEN\}/, "the shell's form"],
    ["${vars:name}", "variables/unknown-form", /\$\{var:name\}/, "another scope"],
    ["${var.name}", "variables/unknown-form", /\$\{var:name\}/, "another separator"],
    ["${environment:TOKEN}", "variables/unknown-form", /\$\{env:TOKEN\}/, "the scope in full"],
    ["${var: name}", "variables/unknown-form", /\$\{var:name\}/, "a space"],
    ["${}", "variables/unknown-form", /\$\$\{/, "nothing"],
    ["a ${var:name", "variables/unknown-form", /Add the "}"/, "never closed"],
  ];
  for (const [written, rule, hint, reason] of cases) {
    const { value, problems } = resolve({ list: ["fine", written] });
    assert.deepEqual(
      problems.map((problem) => [problem.rule, problem.path]),
      [[rule, ["list", 1]]],
      reason,
    );
    assert.match(problems[0]?.hint ?? "", hint, reason);
    assert.deepEqual(value, { list: ["fine", written] }, reason);
    assert.doesNotMatch(JSON.stringify(problems), /s3cret/, "no value of the environment is shown");
  }
  assert.equal(resolve(["${var:a1}", "${env:B2}", "${c3}"]).problems.length, 3, "all of them, not only the first");
});

test("values of the environment, and only those that were used, become secrets", () => {
  const { secrets } = resolve(["${env:TOKEN}", "${var:name}"]);
  assert.equal(secrets.isIn("my s3cret-value"), true);
  assert.equal(secrets.isIn("Ann"), false);
  assert.equal(secrets.isIn("/home"), false);
});

test("references to the environment can be left for later", () => {
  const keep = (path: JsonPath) => path.join(".") === "spec.secret";
  const { value, problems, secrets } = resolve({ spec: { secret: "${env:NOT_SET}", other: "${env:TOKEN}" } }, keep);
  assert.deepEqual(value, { spec: { secret: "${env:NOT_SET}", other: "s3cret-value" } });
  assert.deepEqual(problems, []);
  assert.equal(secrets.isIn("${env:NOT_SET}"), false);
  assert.equal(
    resolve("$${env:TOKEN}", () => true).value,
    "$${env:TOKEN}",
    "an escaped one does not become a reference",
  );
  assert.equal(resolve("${var:name}${env:TOKEN}", () => true).value, "Ann${env:TOKEN}");
});

test("a single reference is told from everything else", () => {
  for (const text of ["${env:A}", "${env:A_1}"]) assert.equal(isEnvReference(text), true, text);
  for (const text of ["$${env:A}", "${env:A} ", "x${env:A}", "${var:A}", "${env:}", "${env:1}", "A"]) {
    assert.equal(isEnvReference(text), false, text);
  }
  assert.equal(resolveReference("${env:TOKEN}", env), "s3cret-value");
  for (const text of ["${env:EMPTY}", "${env:NONE}", "${env:toString}", "TOKEN"]) {
    assert.equal(resolveReference(text, env), undefined, text);
  }
});

test("a document without references is not copied", () => {
  const value = { a: ["x", { b: "$5" }], c: null };
  assert.equal(resolve(value).value, value);
  const shared = { big: ["x"] };
  const { value: changed } = resolve({ shared, other: "${var:name}" });
  assert.deepEqual(changed, { shared, other: "Ann" });
});

test("an own __proto__ key stays a key", () => {
  const { value } = resolve(JSON.parse('{"__proto__": "${var:name}"}'));
  assert.equal(JSON.stringify(value), '{"__proto__":"Ann"}');
});

test("substitution never throws, and leaves alone what holds no reference", () => {
  const piece = fc.constantFrom("$", "{", "}", "${", "$${", "var:", "env:", "name", "TOKEN", ":", "x", " ");
  const text = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), text, fc.array(text)), (generated) => {
      const value: Json = JSON.parse(JSON.stringify(generated));
      const resolved = resolve(value);
      if (!JSON.stringify(value).includes("${")) {
        assert.equal(resolved.value, value);
        assert.deepEqual(resolve(resolved.value).value, value);
      }
    }),
    { numRuns: 2000 },
  );
});

test("escaping any text gives it back", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("$", "{", "}", "a", "var:name") }), (text) => {
      const escaped = text.replaceAll("${", () => "$${");
      assert.equal(resolve(escaped).value, text);
    }),
  );
});

test("a reference is found however its file spells it", () => {
  const spelling = fc.constantFrom(
    "${var:name}",
    "\\u0024{var:name}",
    "$\\\n  {var:name}",
    "$\n  {var:name}",
    ...["$", "{", "var:name}", "''", "#", ": ", "a"],
  );
  const scalar = fc.array(spelling, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(""));
  const written = fc.oneof(
    scalar,
    scalar.map((text) => `"${text}"`),
    scalar.map((text) => `'${text}'`),
    scalar.map((text) => `|\n  ${text}`),
    scalar.map((text) => `>-\n  ${text}`),
    scalar.map((text) => `[ "${text}" ]`),
  );
  const seen = { changed: 0, same: 0 };
  fc.assert(
    fc.property(fc.array(written, { minLength: 1, maxLength: 3 }), (values) => {
      const file = values.map((value, index) => `k${index}: ${value}\n`).join("---\n");
      for (const { value } of parseYaml(file, { file: "m.yaml" }).documents) {
        // Of a copy nobody has noted what its file looks like.
        const copy: Json = JSON.parse(JSON.stringify(value));
        assert.deepEqual(resolve(value).value, resolve(copy).value);
        seen[JSON.stringify(resolve(copy).value) === JSON.stringify(copy) ? "same" : "changed"] += 1;
      }
    }),
    { numRuns: 500 },
  );
  assert.ok(seen.changed > 50 && seen.same > 50, "both happen");
});
