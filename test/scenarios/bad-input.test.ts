/** Whatever is wrong with the files: one clear message with its place, exit 1, and nothing is sent. */
import assert from "node:assert/strict";
import { closeSync, ftruncateSync, openSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { EMAIL, FLOW } from "../helpers/manifests.ts";
import { openEmulatedWorld } from "../helpers/world.ts";

const FILLER = Array.from({ length: 51 }, (_, index) => index);

/** 51 connections that break no other rule: 27 decisions in a row, each also joined to the end. */
const TOO_MANY = `apiVersion: cxone-gitops/v1
kind: Flow
metadata: { name: long }
spec:
  name: Long
  start: node_0
  nodes:
    - { id: node_0, type: start }
${FILLER.slice(1, 26)
  .map((n) => `    - { id: node_${n}, type: decision }`)
  .join("\n")}
    - { id: node_end, type: terminal }
  connections:
${FILLER.slice(0, 25)
  .map((n) => `    - { from: node_${n}, to: node_${n + 1} }`)
  .join("\n")}
${FILLER.slice(0, 25)
  .map((n) => `    - { from: node_${n}, to: node_end, when: "dtmf == '1'" }`)
  .join("\n")}
    - { from: node_25, to: node_end }
`;

const BOMB = `${FLOW.replace("metadata: { name: main-menu }", "metadata: { name: main-menu, annotations: &a0 { k: v } }")}
x0: &x0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]
${FILLER.slice(1, 10)
  .map(
    (n) =>
      `x${n}: &x${n} [${Array(10)
        .fill(`*x${n - 1}`)
        .join(", ")}]`,
  )
  .join("\n")}
`;

const CASES: readonly (readonly [name: string, text: string, message: RegExp])[] = [
  ["malformed YAML", FLOW.replace("spec:", "spec: ["), /bad\.yaml:\d+:\d+ error .*\(yaml\/syntax\)/],
  [
    "a tab for indentation",
    FLOW.replace("  name: IVR", "\tname: IVR"),
    /bad\.yaml:6:\d+ error .*\(yaml\/syntax\)\n.*tab/i,
  ],
  [
    "a key given twice",
    FLOW.replace("  type: x", "").replace("  start:", "  name: Twice\n  start:"),
    /bad\.yaml:7:3 error .*\(yaml\/duplicate-key\)/,
  ],
  [
    "a wrong type",
    FLOW.replace("name: IVR Main Menu", "name: [1, 2]"),
    /bad\.yaml:6:9 error `name` is a list, and must be text/,
  ],
  [
    "a number for text",
    FLOW.replace("type: start }", "type: 7 }"),
    /bad\.yaml:9:34 error `type` is the number 7, and must be text/,
  ],
  [
    "an unknown key",
    FLOW.replace("  start:", "  strat:"),
    /bad\.yaml:7:3 error unknown key "strat" \(manifest\/unknown-key\)\n +Did you mean "start"\?/,
  ],
  [
    "an unknown key in a node",
    FLOW.replace("type: start }", "type: start, propertys: {} }"),
    /bad\.yaml:9:41 error unknown key "propertys".*\n.*"properties"/,
  ],
  ["a missing key", FLOW.replace("  name: IVR Main Menu\n", ""), /bad\.yaml:5:3 error `name` is missing/],
  [
    "an unknown kind",
    FLOW.replace("kind: Flow", "kind: Flwo"),
    /bad\.yaml:2:7 error unknown kind "Flwo".*\n.*Did you mean "Flow"\?/,
  ],
  [
    "another apiVersion",
    FLOW.replace("gitops/v1", "gitops/v2"),
    /bad\.yaml:1:13 error `apiVersion` is "cxone-gitops\/v2", and must be cxone-gitops\/v1/,
  ],
  ["a list where a manifest should be", "- a\n- b\n", /bad\.yaml:1:1 error a manifest must be a mapping/],
  [
    "a cycle",
    FLOW.replace("from: node_queue_03, to: node_end_05", "from: node_queue_03, to: node_dtmf_02"),
    /bad\.yaml:17:\d+ error .*node_dtmf_02 → node_queue_03 → node_dtmf_02 \(flow\/cycle\)/,
  ],
  [
    "a dangling connection",
    FLOW.replace("to: node_end_05, type", "to: node_end_50, type"),
    /bad\.yaml:16:33 error .*"node_end_50", which is no node.*\n.*Did you mean "node_end_05"\?/,
  ],
  ["51 connections", TOO_MANY, /bad\.yaml:86:7 error the flow has 51 connections, and CXone takes at most 50/],
  [
    "a __proto__ key",
    FLOW.replace("properties: { skill: Billing }", "properties: { __proto__: { admin: true } }"),
    /bad\.yaml:11:\d+ error .*__proto__.*\(yaml\/forbidden-key\)/,
  ],
  ["an alias bomb", BOMB, /bad\.yaml:\d+:\d+ error .*\(yaml\/alias-bomb\)/],
  [
    "a placeholder in a mail",
    EMAIL.replace("invoice.pdf", "TODO.pdf"),
    /bad\.yaml:9:\d+ error the placeholder "TODO" would go out in a mail/,
  ],
  ["an unset variable", FLOW.replace("Billing }", `"\${var:skil}" }`), /bad\.yaml:11:\d+ error .*"skil" has no value/],
];

describe("bad manifests", () => {
  for (const [name, text, message] of CASES) {
    it(name, async (t) => {
      const world = await openEmulatedWorld(t, { "bad.yaml": text, "good.yaml": FLOW.replaceAll("main", "other") });
      for (const command of [["validate"], ["apply", "--auto-approve"]]) {
        const ran = await world.run(...command);
        assert.equal(ran.code, 1, ran.stderr);
        assert.match(ran.stdout, message);
        assert.equal(ran.stdout.match(/ error /g)?.length, 1, `one message, not several:\n${ran.stdout}`);
        assert.doesNotMatch(ran.stdout + ran.stderr, /\n +at /, "no stack");
      }
      assert.deepEqual(world.emulator.log(), [], "nothing is sent, not even for a token");
    });
  }

  it("a file of 50 MB is refused without being read", async (t) => {
    const world = await openEmulatedWorld(t, { "good.yaml": FLOW });
    const handle = openSync(join(world.folder, "manifests", "huge.yaml"), "w");
    ftruncateSync(handle, 50 * 1024 * 1024);
    closeSync(handle);
    const ran = await world.run("plan", "--output", "json");
    assert.equal(ran.code, 1);
    const { findings } = JSON.parse(ran.stdout);
    assert.equal(findings.length, 1);
    assert.equal(findings[0].rule, "source/too-large");
    assert.equal(findings[0].file, "manifests/huge.yaml");
    assert.deepEqual(world.emulator.log(), []);
  });

  it("all findings of all files are told at once, in the order of the files", async (t) => {
    const world = await openEmulatedWorld(t, {
      "b.yaml": FLOW.replace("Flow", "Flwo"),
      "a.yaml": EMAIL.replace("$workflow.data", "$data").replace("att_pdf_001", "pdf_001"),
    });
    const { stdout } = await world.run("validate", "--output", "json");
    const { findings } = JSON.parse(stdout);
    assert.deepEqual(
      findings.map(({ file, rule }: { file: string; rule: string }) => `${file} ${rule}`),
      ["manifests/a.yaml email/variable", "manifests/a.yaml email/attachment-id", "manifests/b.yaml manifest/kind"],
    );
  });
});

describe("a bad configuration", () => {
  const configs: readonly (readonly [name: string, edit: (text: string) => string, message: RegExp])[] = [
    ["an unknown key", (text) => text.replace("org:", "ogr:"), /cxone-gitops\.yaml:\d+:\d+ error .*"ogr"/],
    [
      "a literal secret",
      (text) => text.replace(`"\${env:CXONE_CLIENT_SECRET}"`, "hunter2hunter2"),
      /cxone-gitops\.yaml:\d+:\d+ error .*\(config\/literal-secret\)/,
    ],
    [
      "an unset credential",
      (text) => text.replace("CXONE_CLIENT_SECRET", "CXONE_NOT_SET"),
      /cxone-gitops\.yaml:\d+:\d+ error .*CXONE_NOT_SET/,
    ],
    [
      "plain http",
      (text) => text.replace(/http:\/\/127.0.0.1:\d+/, "http://cxone.example.com"),
      /cxone-gitops\.yaml:\d+:\d+ error .*plain http/,
    ],
  ];
  for (const [name, edit, message] of configs) {
    it(name, async (t) => {
      const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
      world.config(edit);
      const ran = await world.run("plan");
      assert.equal(ran.code, 1);
      assert.match(ran.stderr, message);
      assert.doesNotMatch(ran.stdout + ran.stderr, /hunter2/);
      assert.deepEqual(world.emulator.log(), []);
      const json = await world.run("plan", "--output", "json");
      assert.equal(json.code, 1);
      assert.ok(JSON.parse(json.stdout).error.findings.length > 0, "JSON on stdout also when it fails");
    });
  }
});
