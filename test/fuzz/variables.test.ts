/** Whatever stands between `${` and `}`: it is resolved or reported, and nothing that was not asked for comes out. */
import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { isJsonArray, isJsonObject, type Json, type JsonPath } from "../../src/model/json.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { resolveVariables } from "../../src/source/variables.ts";
import { TRAPS } from "./mangle.ts";
import { fuzzRuns } from "./runs.ts";

const RUNS = fuzzRuns(3000);
const FEW_RUNS = fuzzRuns(30);

const variables: Readonly<Record<string, string | number | boolean>> = {
  x: "text",
  n: 5,
  off: false,
  "a.b-c": "${env:TOKEN}",
  dollar: "$",
  brace: "{var:x}",
};
/** No piece that texts are made of holds one of these values. */
const env: Readonly<Record<string, string>> = { TOKEN: "planted/token=1", OTHER: 'planted "other" 2', EMPTY: "" };

const WORDS = [
  ..."$ { } ${ $${ $$${ } ${} ${var: ${env: ${var:x} ${var:n} ${var:off} ${var:a.b-c} ${var:dollar} ${var:brace}".split(
    " ",
  ),
  ..."${env:TOKEN} ${env:OTHER} ${env:EMPTY} ${env:NONE} ${env:TOKEN:-x} ${env:toString} ${var:__proto__} ${TOKEN}".split(
    " ",
  ),
  ..."var: env: TOKEN OTHER x n : . - $contact.language".split(" "),
  "${ env:TOKEN }",
  "${var:${env:TOKEN}}",
  "${env:\nTOKEN}",
  "planted",
];
const piece = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...WORDS) },
  fc.constantFrom(...TRAPS),
  fc.string({ unit: "binary", maxLength: 3 }),
);
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
const document = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    text,
    fc.constantFrom<Json>(null, 1, true),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(text, fc.constantFrom("__proto__", "constructor")), tie("value"), { maxKeys: 4 }),
  ),
})).value;

function resolve(value: Json, keepEnvAt?: (path: JsonPath) => boolean) {
  const secrets = new Secrets();
  return { ...resolveVariables(value, { variables, env, secrets, ...(keepEnvAt && { keepEnvAt }) }), secrets };
}

/** The law once more, in other words: what each form that begins at a `${` stands for, read from the left. */
function readByLaw(written: string): { readonly text: string; readonly isSound: boolean } {
  let isSound = true;
  const read = written.replace(/\$\$\{|\$\{[^}]*(?:\}|$)/g, (form) => {
    if (form === "$${") return "${";
    const [, scope, name = ""] = /^\$\{(var|env):([A-Za-z_][A-Za-z0-9_.-]*)\}$/.exec(form) ?? [];
    const values = scope === "var" ? variables : scope === "env" ? env : {};
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value !== undefined && value !== "") return String(value);
    isSound = false;
    return form;
  });
  return { text: read, isSound };
}

it("a text becomes what the law says, and is reported exactly when something in it could not be resolved", () => {
  fc.assert(
    fc.property(text, (written) => {
      const { value, problems } = resolve(written);
      const law = readByLaw(written);
      assert.equal(String(value), law.text);
      assert.equal(problems.length === 0, law.isSound);
      assert.equal(typeof value === "string", !/^\$\{var:(n|off)\}$/.test(written), "alone, a variable keeps its type");
    }),
    RUNS,
  );
});

it("of the environment only what was asked for comes out, and that is a secret from then on", () => {
  fc.assert(
    fc.property(document, (written) => {
      const asked = listTexts(written).join("\n");
      const { value, problems, secrets } = resolve(written);
      for (const [name, secret] of Object.entries(env)) {
        if (secret === "") continue;
        const isOut = listTexts(value).some((one) => one.includes(secret));
        if (isOut) assert.ok(asked.includes(`\${env:${name}}`), name);
        if (isOut) assert.ok(secrets.isIn(secret), `${name} is known as a secret`);
        if (!asked.includes(`\${env:${name}}`)) assert.ok(!secrets.isIn(secret), `${name} was not asked for`);
        assert.ok(!JSON.stringify(problems).includes(secret), "no problem shows a value of the environment");
      }
    }),
    RUNS,
  );
});

it("every problem has words, and a path that leads to the text it is about", () => {
  fc.assert(
    fc.property(document, (written) => {
      for (const { rule, message, hint, path } of resolve(written).problems) {
        assert.match(rule, /^variables\//);
        assert.ok(message.trim() !== "" && hint !== undefined && hint.trim() !== "");
        assert.ok(String(valueAtPath(written, path)).includes("${"), JSON.stringify(path));
      }
    }),
    RUNS,
  );
});

it("the escape: any text comes back as it was, on its own and between references", () => {
  const escaped = (written: string) => written.replaceAll("${", () => "$${");
  fc.assert(
    fc.property(text, text, (left, right) => {
      assert.deepEqual(resolve(escaped(left)), { ...resolve(""), value: left });
      // A dollar right before a reference would make an escape of it.
      const before = left.replace(/\$+$/, "");
      const between = resolve(`${escaped(before)}\${var:x}${escaped(right)}`);
      assert.deepEqual([between.value, between.problems], [`${before}text${right}`, []]);
    }),
    RUNS,
  );
});

it("where references to the environment are kept, none is resolved, and resolving later gives the same", () => {
  const isAnywhere = () => true;
  fc.assert(
    fc.property(text, (written) => {
      fc.pre(resolve(written).problems.length === 0 && !/\$\{var:(dollar|brace|a\.b-c)\}/.test(written));
      const kept = resolve(written, isAnywhere);
      for (const secret of Object.values(env)) assert.ok(secret === "" || !String(kept.value).includes(secret));
      assert.equal(String(resolve(kept.value).value), readByLaw(written).text);
    }),
    RUNS,
  );
});

it("huge texts are read once from left to right", () => {
  const size = fc.integer({ min: 1000, max: 20_000 });
  fc.assert(
    fc.property(fc.constantFrom(...WORDS), size, (word, times) => {
      const written = word.repeat(times);
      assert.equal(String(resolve(written).value), readByLaw(written).text);
    }),
    FEW_RUNS,
  );
});

function listTexts(value: Json): readonly string[] {
  if (typeof value === "string") return [value];
  return isJsonArray(value) || isJsonObject(value) ? Object.values(value).flatMap(listTexts) : [];
}

function valueAtPath(root: Json, path: JsonPath): Json | undefined {
  return path.reduce<Json | undefined>((value, step) => {
    return isJsonArray(value) || isJsonObject(value) ? new Map(Object.entries(value)).get(String(step)) : undefined;
  }, root);
}
