/**
 * The same story against a server that is not the emulator: written from the wire contract alone, without list endpoints, without ETag,
 * and with fields everywhere that nobody asked for.
 */
import assert from "node:assert/strict";
import { it, type TestContext } from "node:test";
import { EMAIL, FLOW, SECOND_EMAIL, WEBHOOK, WORKFLOW } from "../helpers/manifests.ts";
import { type PlainOptions, startPlainCxone } from "../helpers/plain-cxone.ts";
import { openWorld } from "../helpers/world.ts";

const DOCUMENTS: PlainOptions["documents"] = {
  workflows: [
    {
      id: "wf_12345",
      name: "Order Confirmation Workflow",
      version: 3,
      nodes: [{ id: "start_node", type: "start", properties: {} }],
      transitions: [],
      createdTimestamp: 1672531200000,
      lastUpdatedTimestamp: 1672617600000,
    },
  ],
  templates: [{ id: "tmpl_inv_2024", name: "Invoice", status: "active" }],
  attachments: [{ fileId: "att_pdf_001", fileName: "invoice.pdf", size: 1000 }],
};

async function open(t: TestContext, manifests: Readonly<Record<string, string>>, options: PlainOptions = {}) {
  const plain = await startPlainCxone({ documents: DOCUMENTS ?? {}, ...options });
  t.after(() => plain.close());
  const world = openWorld(t, plain.url, manifests, { HOOK_SECRET: "whsec_cGxhaW4" });
  const writes = () => plain.log.filter(({ method, path }) => method !== "GET" && !path.includes("token"));
  return { plain, world, writes };
}

for (const flowVersions of [true, false]) {
  it(`creates, finds nothing to do, updates one thing (flows ${flowVersions ? "with" : "without"} versions)`, async (t) => {
    const manifests = { "a.yaml": `${FLOW}---\n${EMAIL}---\n${SECOND_EMAIL}---\n${WORKFLOW}` };
    const { world, writes } = await open(t, manifests, { flowVersions });
    await world.apply();
    assert.deepEqual(
      writes()
        .map(({ method, path }) => `${method} ${path}`)
        .toSorted(),
      ["POST /api/v2/flows", "POST /api/v2/workflows", "PUT /api/v2/workflows/wf_12345"],
    );
    const second = await world.run("plan", "--detailed-exitcode");
    assert.equal(second.code, 0, second.stdout);

    world.write({ "a.yaml": manifests["a.yaml"].replace("skill: Billing", "skill: Sales") });
    assert.equal((await world.run("drift")).code, 2, "the positive control");
    await world.apply();
    assert.equal(writes().length, 4);
    assert.equal((await world.run("drift")).code, 0);
  });
}

it("a flow without versions that somebody edits between plan and write is not overwritten", async (t) => {
  let reads = 0;
  const { plain, world, writes } = await open(
    t,
    { "flow.yaml": FLOW },
    {
      flowVersions: false,
      program: ({ method, path }) => {
        // The third read of the flow is the one just before the PUT of the second apply.
        if (method === "GET" && path === "/api/v2/flows/ivr_main_menu_v2" && ++reads === 4) {
          const flow = plain.documents.flows.get("ivr_main_menu_v2");
          assert.ok(flow);
          plain.documents.flows.set("ivr_main_menu_v2", { ...flow, name: "Renamed by hand" });
        }
        return undefined;
      },
    },
  );
  await world.apply();
  world.write({ "flow.yaml": FLOW.replace("name: IVR Main Menu", "name: Renamed by git") });
  const ran = await world.apply(3);
  assert.match(ran.stdout, /stale update Flow main-menu/);
  assert.deepEqual(
    writes().map(({ method }) => method),
    ["POST"],
  );
});

it("webhooks are managed where they can be listed, and said to be unknown where they cannot", async (t) => {
  const listed = await open(t, { "hook.yaml": WEBHOOK }, { webhookList: true });
  await listed.world.apply();
  assert.equal((await listed.world.run("drift")).code, 0);
  await listed.world.apply();
  assert.equal(listed.writes().length, 1, "registered once, however often it runs");

  const unlisted = await open(t, { "hook.yaml": WEBHOOK });
  const { code, plan } = await unlisted.world.plan();
  assert.equal(code, 1);
  assert.match(plan.changes[0]?.notes.join() ?? "", /cannot list webhooks/);
  assert.deepEqual(unlisted.writes(), []);
});

it("an answer lost after the write, on a server of another make, doubles nothing", async (t) => {
  const dropped = new Set<string>();
  const { world, writes } = await open(
    t,
    { "a.yaml": `${FLOW}---\n${EMAIL}` },
    {
      program: ({ method, path }) => {
        if (method === "GET" || path.includes("token") || dropped.has(method)) return undefined;
        dropped.add(method);
        return { drop: true, after: true };
      },
    },
  );
  await world.apply();
  assert.deepEqual(
    writes()
      .map(({ method }) => method)
      .toSorted(),
    ["POST", "PUT"],
  );
  assert.equal((await world.run("drift")).code, 0);
});
