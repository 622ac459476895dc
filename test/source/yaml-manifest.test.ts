/** New manifests look as if somebody had written them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isSameJson, type JsonObject } from "../../src/model/json.ts";
import { parseYaml } from "../../src/source/yaml.ts";
import { writeManifestText } from "../../src/source/yaml-manifest.ts";
import { ODD_TEXTS } from "../cli/odd-tenants.ts";

const manifest = (spec: JsonObject): JsonObject => ({
  apiVersion: "cxone-gitops/v1",
  kind: "Flow",
  metadata: { name: "main" },
  spec,
});

describe("a new manifest's text", () => {
  it("has a line for each small thing, and blocks for what is large or has lines", () => {
    const spec = {
      name: "Main: menu",
      nodes: [
        { id: "node_start", type: "start" },
        { id: "node_menu", type: "decision", properties: { action: "menu", digits: ["1", "2"], timeoutSeconds: 5 } },
        {
          id: "node_text",
          type: "decision",
          properties: { prompt: "Hello.\nPress 1.\n" },
        },
        {
          id: "node_long",
          type: "decision",
          properties: { action: "transfer", to: "a".repeat(40), name: "b".repeat(40) },
        },
      ],
      connections: [{ from: "node_start", to: "node_menu", when: "dtmf == '1'" }],
      labels: ["yes", "a, b"],
    };
    assert.equal(
      writeManifestText(manifest(spec), ["yaml-language-server: $schema=../schemas/manifest.json"]),
      `# yaml-language-server: $schema=../schemas/manifest.json
apiVersion: cxone-gitops/v1
kind: Flow
metadata: { name: main }
spec:
  name: "Main: menu"
  nodes:
    - { id: node_start, type: start }
    - { id: node_menu, type: decision, properties: { action: menu, digits: [ "1", "2" ], timeoutSeconds: 5 } }
    - id: node_text
      type: decision
      properties:
        prompt: |
          Hello.
          Press 1.
    - id: node_long
      type: decision
      properties:
        action: transfer
        to: ${"a".repeat(40)}
        name: ${"b".repeat(40)}
  connections:
    - { from: node_start, to: node_menu, when: dtmf == '1' }
  labels: [ "yes", "a, b" ]
`,
    );
  });

  it("reads as the value, whatever its texts are, and has no line of small things above 120 columns", () => {
    const text = fc.oneof(fc.constantFrom(...ODD_TEXTS), fc.string({ unit: "grapheme" }));
    // A document with one of these is refused, which the next test is about.
    const key = text.filter((name) => !["__proto__", "constructor", "prototype"].includes(name));
    const leaf = fc.oneof(
      { arbitrary: text, weight: 4 },
      fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
      fc.boolean(),
      fc.constant(null),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        leaf,
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("name", "nodes", "x"), value, { noNullPrototype: true }), (drawn) => {
        const written = manifest(JSON.parse(JSON.stringify(drawn)));
        const made = writeManifestText(written, []);
        assert.ok(made !== undefined);
        const { documents, problems } = parseYaml(made, { file: "m" });
        assert.deepEqual(problems, []);
        assert.ok(isSameJson(documents[0]?.value ?? null, written));
        for (const line of made.split("\n")) assert.ok(line.length <= 120 || !/^ *- [{[]/.test(line), line);
      }),
      { numRuns: 150 },
    );
  });

  it("is none for what no document can hold", () => {
    assert.equal(writeManifestText(manifest({ half: "\ud800" }), []), undefined);
    assert.equal(writeManifestText(manifest({ constructor: 1 }), []), undefined);
    assert.equal(writeManifestText(manifest({ large: 2 ** 53 }), []), undefined);
  });
});
