/** Live values become what a manifest may hold. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Json } from "../../src/model/json.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { resolveVariables } from "../../src/source/variables.ts";
import { makeWriteValues, type WritingOptions } from "../../src/source/write-values.ts";

function write(value: Json, options: Partial<WritingOptions> = {}) {
  const defaults = { secrets: new Secrets(), env: {}, variables: {}, useVariables: false, credentials: [] };
  const values = makeWriteValues({ ...defaults, ...options });
  return { written: values.write(value, ["spec"]), refused: values.refused, referring: values.referring };
}

function secretsOf(...values: readonly string[]): Secrets {
  const secrets = new Secrets();
  for (const value of values) secrets.add(value);
  return secrets;
}

describe("texts from live", () => {
  it("resolve to themselves, whatever is in them", () => {
    const piece = fc.constantFrom("$", "{", "}", "${", "$${", "${var:x}", "${env:HOME}", "a", "\n");
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join("");
        const { value, problems } = resolveVariables(write(text).written, {
          variables: {},
          env: {},
          secrets: new Secrets(),
        });
        assert.deepEqual({ value, problems }, { value: text, problems: [] });
      }),
    );
  });

  it("become variables only when that is asked for, by exactly one variable, and are long enough not to by chance", () => {
    const variables = { template: "tmpl_1", one: "same text", two: "same text", short: "abc", number: 1234 };
    const value = ["tmpl_1", "same text", "abc", "tmpl_1 and more", 1234, "1234"];
    assert.deepEqual(write(value, { variables }).written, value);
    assert.deepEqual(write(value, { variables, useVariables: true }).written, ["${var:template}", ...value.slice(1)]);
  });
});

describe("a secret", () => {
  it("is written as the one environment variable that has it", () => {
    const { written, refused, referring } = write(
      { a: "token-1" },
      { secrets: secretsOf("token-1"), env: { TOKEN: "token-1", X: "x" } },
    );
    assert.deepEqual(written, { a: "${env:TOKEN}" });
    assert.deepEqual([refused, referring], [[], [["spec", "a"]]]);
  });

  it("is refused with its place when none has it, when two have it, and when it is a part of a text", () => {
    const secrets = secretsOf("token-1");
    for (const [text, env] of [
      ["token-1", {}],
      ["token-1", { A: "token-1", B: "token-1" }],
      ["Bearer token-1", { A: "token-1" }],
      ["token-1", { "not a name": "token-1" }],
    ] as const) {
      const { written, refused } = write({ a: text }, { secrets, env });
      assert.deepEqual(
        refused.map(({ path, names }) => [path, names]),
        [[["spec", "a"], Object.keys(env)]],
      );
      assert.ok(!JSON.stringify(written).includes("token-1"));
    }
  });

  it("in a key is refused", () => {
    assert.deepEqual(write({ "token-1": 1 }, { secrets: secretsOf("token-1") }).refused, [
      { path: ["spec"], names: [] },
    ]);
  });

  it("is also what only stands in the environment, where it could be one", () => {
    const secrets = new Secrets();
    secrets.suspect("pa55word-of-yesterday");
    assert.equal(write("pa55word-of-yesterday", { secrets }).refused.length, 1);
    assert.deepEqual(write("an ordinary word", { secrets }).refused, []);
  });

  it("is written as a variable where one has it, so that it works on other machines too", () => {
    const options = { secrets: secretsOf("token-1"), env: { TOKEN: "token-1" }, variables: { token: "token-1" } };
    assert.deepEqual(write("token-1", options), { written: "${var:token}", refused: [], referring: [] });
  });

  it("is what stands at a place for credentials, whatever it is", () => {
    const credentials = [["spec", "url"]];
    assert.equal(write({ url: "https://x/?key=1" }, { credentials }).refused.length, 1);
    const env = { HOOK_URL: "https://x/?key=1" };
    assert.deepEqual(write({ url: "https://x/?key=1" }, { credentials, env }).written, { url: "${env:HOOK_URL}" });
  });
});
