/** Whatever a manifest file holds, reading and validating it ends in resources or findings. */
import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { decodeFile, isFinding } from "../../src/source/source-file.ts";
import { parseYaml } from "../../src/source/yaml.ts";
import { EMAIL, FLOW, validate, WEBHOOK, WORKFLOW } from "../kinds/manifests.ts";
import { editedManifest } from "./edited-manifests.ts";
import { assertFindings, assertPlain, describePrototypes } from "./findings.ts";
import { garbled, mangled } from "./mangle.ts";
import { fuzzRuns } from "./runs.ts";
import { brokenText, grammarText, greedyText } from "./yaml-texts.ts";

const RUNS = fuzzRuns(1000);
const FEW_RUNS = fuzzRuns(60);
const AROUND = { variables: { x: "text", n: 5 }, env: { HOME: "/home/planted" }, knownTenants: ["dev"] };
const MANIFESTS = [FLOW, EMAIL, WORKFLOW, WEBHOOK, `${FLOW}---\n${EMAIL}---\n${WORKFLOW}`];

/** Reads and validates one file, and asserts that nothing got lost: every document became a resource or has an error. */
function assertHandled(text: string): void {
  const before = describePrototypes();
  const { documents } = parseYaml(text, { file: "m.yaml" });
  const { resources, findings } = validate(text, AROUND);
  const body = text.startsWith("\uFEFF") ? text.slice(1) : text;
  assertFindings(findings, { "m.yaml": body });
  for (const { value } of documents) {
    assertPlain(value);
    assert.deepEqual(JSON.parse(JSON.stringify(value)), value);
  }
  if (findings.every(({ severity }) => severity !== "error")) assert.equal(resources.length, documents.length);
  assert.equal(describePrototypes(), before);
}

for (const [what, texts, runs] of [
  ["text", fc.string({ unit: "binary", maxLength: 200 }), RUNS],
  ["generated YAML", grammarText, RUNS],
  ["generated YAML, damaged", brokenText, RUNS],
  ["manifests, damaged", mangled(MANIFESTS), RUNS],
  ["manifests with other values in them", editedManifest(MANIFESTS), RUNS],
  ["greedy texts", greedyText, FEW_RUNS],
] as const) {
  it(`${what}: resources or findings, each at its place`, () => {
    fc.assert(fc.property(texts, assertHandled), runs);
  });
}

it("bytes: text or a finding about the encoding", () => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 100 }), garbled(mangled(MANIFESTS, 1)));
  fc.assert(
    fc.property(bytes, (given) => {
      const read = decodeFile("m.yaml", given);
      if (!isFinding(read)) return assertHandled(read.text);
      assert.equal(read.rule, "source/encoding");
      assertFindings([read], { "m.yaml": new TextDecoder().decode(given) });
    }),
    RUNS,
  );
});
