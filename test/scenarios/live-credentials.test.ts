/** Credentials that people have typed into the tenant are looked for in everything that a run leaves behind. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { learningStore } from "../../src/cli/learning-store.ts";
import { maskLive } from "../../src/engine/mask.ts";
import type { LiveStore } from "../../src/engine/ports.ts";
import { type Json, type JsonObject, objectsAt } from "../../src/model/json.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { FLOW, WEBHOOK } from "../helpers/manifests.ts";
import { configFor, openEmulatedWorld } from "../helpers/world.ts";
import { openReceiver } from "../notify/receiver.ts";

/** Put together here, so that no scanner of repositories takes them for real ones. */
const API_TOKEN = ["abcDEF1234567", "890xyzQWE"].join("");
const WEB_TOKEN = ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0NTY3ODkwIn0", "c2lnbmF0dXJl"].join(".");
const GATE = ["xGz8Qw3rT5yU", "7iO9pA1sD3fG"].join("");
const HEADER = "Sup3rS3cretHeader9";
const PASSWORD_NUMBER = 48_151_623;
const PLANTED = [API_TOKEN, WEB_TOKEN, GATE, HEADER, String(PASSWORD_NUMBER), "hunter2"];
const FLOW_ID = "ivr_main_menu_v2";
const MANIFESTS = { "flow.yaml": FLOW, "hook.yaml": WEBHOOK };

function assertClean(what: string, text: string): void {
  for (const secret of PLANTED) assert.ok(!text.includes(secret), `${what} holds ${secret}:\n${text}`);
}

function assertFilesClean(folder: string): void {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  assert.ok(files.some(({ parentPath }) => parentPath.endsWith(".objects")));
  for (const { parentPath, name } of files) assertClean(name, readFileSync(join(parentPath, name), "utf8"));
}

async function openPlanted(t: TestContext, env: Readonly<Record<string, string>>) {
  const secret = `whsec_${Buffer.alloc(32, "x").toString("base64")}`;
  const world = await openEmulatedWorld(t, MANIFESTS, {}, { HOOK_SECRET: secret, ...env });
  await world.apply();
  world.emulator.editFlow(FLOW_ID, (document) => ({
    ...document,
    settings: { password: "hunter2" },
    connections: objectsAt(document, "connections").map((edge) =>
      edge["condition"] === "dtmf == '1'" ? { ...edge, condition: `$contact.key == '${GATE}'` } : edge,
    ),
    nodes: objectsAt(document, "nodes").map((node): JsonObject => {
      if (node["id"] === "node_dtmf_02") return { ...node, properties: { prompt: `Bearer ${WEB_TOKEN}` } };
      if (node["id"] !== "node_queue_03") return node;
      return { ...node, properties: { skill: "Sales", apiToken: API_TOKEN, passcode: PASSWORD_NUMBER } };
    }),
  }));
  world.emulator.editWebhook(String(world.emulator.state().webhooks[0]?.id), {
    enabled: false,
    headers: { "X-Source": HEADER, Authorization: HEADER },
  });
  return world;
}

it("what import would leave out is in no plan, picture, report, notification or file, whoever owns its place", async (t) => {
  const [standard, slack] = [await openReceiver(t), await openReceiver(t)];
  const world = await openPlanted(t, { SLACK_URL: slack.url });
  const events = "events: [drift.found, flow.connections.updated, workflow.updated]";
  world.write({
    "../cxone-gitops.yaml": `${configFor(world.emulator.url)}notifications:
  - { url: "${standard.url}", secret: "\${env:HOOK_SECRET}", ${events} }
  - { url: "\${env:SLACK_URL}", format: slack, ${events} }
`,
  });
  const commands = [
    ...["text", "json", "markdown", "html"].map((output) => ["drift", "--output", output]),
    ...["text", "json", "markdown", "html"].map((output) => ["plan", "--output", output]),
    ...["mermaid", "svg", "html"].map((format) => ["graph", "main-menu", "--against", "live", "--format", format]),
    ["graph", "main-menu", "--against", "live", "--output", "json"],
    ["import", "--drift"],
    ["plan", "--log-level", "trace", "--out", "saved.json"],
    ["apply", "saved.json", "--log-level", "trace"],
    ["audit", "log", "--output", "json"],
  ];
  for (const command of commands) {
    const ran = await world.run(...command);
    assert.ok([0, 2, 4].includes(ran.code ?? 1), `${command.join(" ")}: ${ran.stdout}${ran.stderr}`);
    assertClean(command.join(" "), ran.stdout + ran.stderr);
  }
  assertFilesClean(world.folder);
  assert.ok(standard.received.length > 0 && slack.received.length > 0);
  for (const { body } of [...standard.received, ...slack.received]) assertClean("a notification", body);
  const live = JSON.stringify(world.emulator.document("flow", FLOW_ID));
  for (const kept of [API_TOKEN, String(PASSWORD_NUMBER), "hunter2"]) assert.ok(live.includes(kept), "it stays live");
});

it("a credential that git does not own is not lost by a restore: it stays as it is live, and nothing is amiss", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  await world.apply();
  const properties = { apiToken: API_TOKEN, passcode: PASSWORD_NUMBER };
  world.emulator.editFlow(FLOW_ID, { nodes: [{ id: "node_queue_03", properties }] });
  world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Retail") });
  await world.apply();
  const run = String(world.trail().at(-1)?.["run"]);
  const restored = await world.run("restore", run, "--auto-approve");
  assert.equal(restored.code, 0, restored.stdout + restored.stderr);
  const [queue] = objectsAt(world.emulator.document("flow", FLOW_ID), "nodes").filter(
    ({ id }) => id === "node_queue_03",
  );
  assert.deepEqual(queue?.["properties"], { skill: "Billing", ...properties });
  assertClean("restore", restored.stdout + restored.stderr);
  assertFilesClean(world.folder);
});

/** What is kept and shown of a document after it was read. */
async function shownOf(document: JsonObject, secrets = new Secrets(), type = "flow"): Promise<Json> {
  const none = () => Promise.reject(new Error("not asked"));
  const read: LiveStore["read"] = async () => ({ state: "present", document, version: null });
  const store = { read, survey: none, list: none, create: none, replace: none, remove: none };
  await learningStore(store, secrets).read({ type, id: "x" });
  return maskLive(document, secrets);
}

it("what a document calls things by is no credential, however random, and neither is a short word elsewhere", async () => {
  const random = "9f8e7d6c5b4a39281706f5e4";
  const document = {
    id: random,
    nodes: [{ id: GATE, type: "start", properties: { next: GATE, back: random, timeout: 5000, passcode: 5000 } }],
    connections: [{ id: "c", source_node_id: GATE, target_node_id: GATE, condition: "dtmf == '1'" }],
  };
  assert.deepEqual(await shownOf(document), document);
});

it("reaches every document of the tenant, within texts and under a key, and no other tenant", async () => {
  const base = new Secrets();
  const tenant = base.fork();
  await shownOf({ nodes: [{ id: "a", properties: { apiToken: API_TOKEN, [`Bearer ${WEB_TOKEN}`]: "x" } }] }, tenant);
  const said = `Rejected ${API_TOKEN}${API_TOKEN} (Bearer ${WEB_TOKEN}) ${encodeURIComponent(API_TOKEN)}`;
  assert.equal(tenant.within("flow/other").mask(said), "Rejected (secret)(secret) ((secret)) (secret)");
  assert.equal(base.mask(said), said);
  assert.equal(base.fork().mask(said), said);
});

it("thousands of credentials cost each text its length, not their number", async () => {
  const nodes = Array.from({ length: 20_000 }, (_, index) => ({
    id: `node_${index}`,
    properties: { apiToken: `${API_TOKEN}${index}`, prompt: `Press ${index} for billing, or stay on the line` },
  }));
  const shown = JSON.stringify(await shownOf({ nodes }));
  assert.equal(shown.split('"(secret)"').length - 1, nodes.length);
  assert.ok(!shown.includes(API_TOKEN) && shown.includes("Press 19999 for billing, or stay on the line"));
});
