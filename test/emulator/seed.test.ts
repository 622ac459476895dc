import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadSeed, SeedError } from "../../src/emulator/seed.ts";
import { articleWorkflow, startClient } from "./client.ts";

const FULL = `
clients:
  - { id: id, secret: secret, scopes: [flows:read, workflow:view, webhook:manage] }
flows:
  - id: menu
    name: Menu
    type: IVR
    version: 7
    nodes: [{ id: node_start, type: start }]
    connections: []
    vendorField: kept
workflows:
  - { id: wf_1, name: W, nodes: [], transitions: [] }
templates:
  - { id: tmpl_1, name: T, status: draft }
attachments:
  - { fileId: att_1, fileName: a.pdf, size: 10485760 }
webhooks:
  - { id: wh_1, name: Hook, url: "https://example.com/", events: [workflow.updated], secret: whsec_c2VjcmV0 }
options: { tokenLifetimeSeconds: 60, etag: false, latency: 1 }
faults:
  - match: { method: GET, path: /api/v2/flows/* }
    after: 1
    fault: { type: status, status: 429, retryAfter: { httpDateIn: 1 } }
  - fault: { type: concurrent-edit, edit: { name: Theirs } }
    match: { method: PUT }
    times: always
`;

test("a seed file fills the tenant, and the tenant holds nothing else", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "emulator-seed-"));
  context.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "seed.yaml");
  await writeFile(file, FULL);
  const { call, emulator } = await startClient(context, {
    seed: loadSeed(await readFile(file, "utf8"), file),
    now: () => 5,
  });
  const flow = await call("GET", "/api/v2/flows/menu");
  assert.deepEqual([flow.status, flow.body.version, flow.body.vendorField], [200, 7, "kept"]);
  assert.equal(flow.headers.get("etag"), null, "the seed's options hold");
  assert.equal((await call("GET", "/api/v2/flows/menu")).status, 429, "the seed's faults hold");
  assert.equal((await call("GET", "/api/v2/webhooks/wh_1")).body.name, "Hook");
  const { workflows, templates, attachments, webhooks } = emulator.state();
  assert.deepEqual(Object.keys(workflows), ["wf_1"]);
  assert.deepEqual(templates, [{ id: "tmpl_1", name: "T", status: "draft" }]);
  assert.deepEqual(attachments, [{ fileId: "att_1", fileName: "a.pdf", size: 10485760 }]);
  assert.equal(webhooks.length, 1);
  assert.ok(!JSON.stringify(emulator.state()).includes("whsec_"), "no secret in the state");
});

test("what the caller sets counts more than the seed", async (context) => {
  const seed = loadSeed("options: { etag: false, lists: false }", "seed.yaml");
  const { call } = await startClient(context, { seed, lists: true });
  assert.equal((await call("GET", "/api/v2/flows")).status, 200);
});

const BAD: readonly (readonly [string, string, RegExp])[] = [
  ["an unknown key", "flow: []", /^seed\.yaml: .*"flow"/],
  ["an unknown option", "options: { rate: 1 }", /^seed\.yaml: options: .*"rate"/],
  ["an impossible rate", "options: { rateLimit: 0 }", /^seed\.yaml: options\.rateLimit: /],
  ["a flow without an id", "flows: [{ name: x, nodes: [] }]", /^seed\.yaml: flows\.0\.id: must be a non-empty string$/],
  [
    "an id that is there twice",
    "workflows: [{ id: a, nodes: [] }, { id: a, nodes: [] }]",
    /^seed\.yaml: workflows\.1\.id: a is there twice$/,
  ],
  [
    "a version that is no whole number",
    "flows: [{ id: a, nodes: [], version: one }]",
    /flows\.0\.version: must be a whole number/,
  ],
  ["an unknown fault", "faults: [{ fault: { type: fire } }]", /^seed\.yaml: faults\.0\.fault\.type: /],
  [
    "a method in small letters",
    "faults: [{ match: { method: put }, fault: { type: reset } }]",
    /faults\.0\.match\.method: must be in capitals/,
  ],
  ["an attachment without a size", "attachments: [{ fileId: a, fileName: b }]", /attachments\.0\.size: /],
  ["text that is no YAML", "a: [", /^seed\.yaml: unexpected end/],
  ["an empty file", "", /^seed\.yaml: .*empty/],
  ["a list", "[]", /^seed\.yaml: /],
  ["aliases that tie a loop", "flows: &a [*a]", /^seed\.yaml: /],
];

for (const [why, text, message] of BAD) {
  test(`a seed with ${why} gives one clear error`, () => {
    assert.throws(
      () => loadSeed(text, "seed.yaml"),
      (thrown) => {
        assert.ok(thrown instanceof SeedError);
        assert.match(thrown.message, message);
        assert.ok(!thrown.message.includes("\n"), "one line");
        return true;
      },
    );
  });
}

test("everything wrong with a seed is told at once", () => {
  assert.throws(
    () => loadSeed("flows: [{ nodes: [] }]\noptions: { latency: -1 }", "seed.yaml"),
    (thrown) => thrown instanceof SeedError && thrown.problems.length === 2,
  );
});

test("a reset brings the seed back, and the tokens and keys of before are forgotten", async (context) => {
  const { call, login, emulator } = await startClient(context);
  const token = await login("workflows");
  const headers = { "idempotency-key": "key_1" };
  await call("PUT", "/api/v2/workflows/wf_12345", { body: articleWorkflow([]), headers, token });
  emulator.reset();
  assert.equal(emulator.document("workflow", "wf_12345")?.version, 3);
  assert.deepEqual(emulator.log(), []);
  assert.equal((await call("GET", "/api/v2/workflows/wf_12345", { token })).status, 401);
  const again = { body: { ...articleWorkflow([]), name: "Other" }, headers, token: await login("workflows") };
  assert.equal((await call("PUT", "/api/v2/workflows/wf_12345", again)).status, 200);
});
