/** What a plan asks the tenant for when an earlier run has read its documents. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import fc from "fast-check";
import type { JsonObject } from "../../src/emulator/json.ts";
import { EMAIL, flowNamed, WORKFLOW } from "../helpers/manifests.ts";
import { createFlow } from "../helpers/other-client.ts";
import { flowsNamed, NAMES, openWarmWorld } from "./warm-world.ts";

const IDS = NAMES.map((name) => `ivr_${name}`);

it("a first plan asks for each document once and lists nothing; the next lists, checks one, and asks for what moved", async (t) => {
  const world = await openWarmWorld(t);
  const cold = await world.planned();
  assert.deepEqual([cold.asked, cold.cache], [IDS, null]);
  const warm = await world.planned();
  assert.equal(warm.plan, cold.plan);
  const [list, checked = "none", ...others] = warm.asked;
  assert.deepEqual([list, others], ["flows", []]);
  assert.ok(IDS.includes(checked));
  const nothing = { notModified: 0, unlisted: 0, unread: 0, doubted: 0 };
  assert.deepEqual(warm.cache, { documents: 5, listPages: 1, ...nothing });
  world.emulator.editFlow("ivr_flow-2", { name: "Edited" });
  const moved = await world.planned();
  assert.ok(moved.asked.includes("ivr_flow-2"));
  assert.ok(moved.asked.length <= 3);
  assert.equal(moved.plan, (await world.planned("--no-cache")).plan);
  assert.match(moved.plan, /"update":1/);
});

it("a flow that was deleted and made anew is asked for, though its version is the one that is known", async (t) => {
  const world = await openWarmWorld(t);
  await world.planned();
  world.emulator.removeDocument("flow", "ivr_flow-1");
  await createFlow(world.emulator.url, { id: "ivr_flow-1", name: "Another", type: "IVR" });
  assert.equal(world.emulator.document("flow", "ivr_flow-1")?.["version"], 1);
  const warm = await world.planned();
  assert.ok(warm.asked.includes("ivr_flow-1"));
  assert.equal(warm.plan, (await world.planned("--no-cache")).plan);
});

it("what the list does not name is asked for, and is absent on the tenant's word alone", async (t) => {
  const world = await openWarmWorld(t);
  await world.planned();
  world.emulator.removeDocument("flow", "ivr_flow-4");
  const warm = await world.planned();
  assert.ok(warm.asked.includes("ivr_flow-4"));
  assert.match(warm.plan, /"create":1/);
});

it("whatever people do to the tenant, a warm plan is the cold one, byte for byte", async (t) => {
  const world = await openWarmWorld(t, { ...flowsNamed(NAMES), "mail.yaml": EMAIL, "visit.yaml": WORKFLOW });
  const { url } = world.emulator;
  const edit = fc.record({
    what: fc.constantFrom("name", "skill", "node", "remove", "make"),
    id: fc.constantFrom(...IDS),
  });
  const carryOut = async ({ what, id }: { readonly what: string; readonly id: string }) => {
    const isThere = world.emulator.document("flow", id) !== undefined;
    if (!isThere && what === "make") await createFlow(url, { id, name: "Anew", type: "IVR" });
    if (!isThere) return;
    if (what === "remove") world.emulator.removeDocument("flow", id);
    if (what === "name") world.emulator.editFlow(id, { name: `Edited ${id}` });
    if (what === "skill") world.emulator.editFlow(id, (flow) => editSkill(flow));
    if (what === "node") world.emulator.editWorkflow("wf_12345", { name: `Edited with ${id}` });
  };
  let spared = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { maxLength: 4 }), async (edits) => {
      for (const one of edits) await carryOut(one);
      const cold = await world.planned("--no-cache", "--allow-large-change");
      const warm = await world.planned("--allow-large-change");
      assert.equal(warm.plan, cold.plan);
      spared += warm.cache?.documents ?? 0;
    }),
    { numRuns: 12, endOnFailure: true },
  );
  assert.ok(spared > 0);
});

function editSkill(flow: JsonObject): JsonObject {
  const text = JSON.stringify(flow).replace(/"skill":"\w+"/, '"skill":"Edited"');
  const edited: JsonObject = JSON.parse(text);
  return edited;
}

it("a tenant that cannot list is asked one by one, with ETags, and is not asked for its list again", async (t) => {
  const world = await openWarmWorld(t, flowsNamed(NAMES), { lists: false });
  const cold = await world.planned();
  const second = await world.planned();
  assert.deepEqual(second.asked, ["flows", ...IDS]);
  const third = await world.planned();
  assert.deepEqual(third.asked, IDS);
  assert.deepEqual([second.plan, third.plan], [cold.plan, cold.plan]);
  assert.deepEqual(third.cache, { documents: 0, listPages: 0, notModified: 6, unlisted: 6, unread: 0, doubted: 0 });
  const statuses = world.emulator.log().flatMap(({ method, status }) => (method === "GET" ? [status] : []));
  assert.deepEqual(new Set(statuses), new Set([304]));
  const said = await world.run("plan");
  assert.match(
    said.stderr,
    /6 documents known from before, 6 documents read one by one, because this tenant cannot list/,
  );
});

it("a list that is longer than it is worth is left after its first page, and not begun the next time", async (t) => {
  const flows = Array.from({ length: 900 }, (_, index) => ({ id: `other-${index}`, nodes: [], connections: [] }));
  const seed = {
    clients: [],
    flows,
    workflows: [],
    templates: [],
    attachments: [],
    webhooks: [],
    faults: [],
    options: {},
  };
  const world = await openWarmWorld(t, flowsNamed(NAMES), { seed });
  await world.planned();
  assert.deepEqual((await world.planned()).asked, ["flows", ...IDS]);
  assert.deepEqual((await world.planned()).asked, IDS);
});

it("a list that shows less than an earlier run has read is not believed", async (t) => {
  const world = await openWarmWorld(t);
  world.emulator.editFlow("ivr_flow-1", { name: "Edited" });
  await world.planned();
  world.emulator.addFault({ match: { path: "/api/v2/flows" }, times: "always", fault: { type: "lag" } });
  const warm = await world.planned();
  assert.deepEqual(warm.asked, ["flows", ...IDS]);
  assert.equal(warm.cache?.doubted, 6);
  assert.match(warm.plan, /"update":1/);
});

it("a list that fails costs one by one what it would have spared, and nothing else", async (t) => {
  const world = await openWarmWorld(t);
  const cold = await world.planned();
  for (const fault of [{ type: "short-page" }, { type: "html" }, { type: "status", status: 403 }] as const) {
    world.emulator.clearFaults();
    world.emulator.addFault({ match: { path: "/api/v2/flows" }, times: "always", fault });
    const warm = await world.planned();
    assert.equal(warm.plan, cold.plan);
    assert.deepEqual(new Set(warm.asked), new Set(["flows", ...IDS]));
  }
});

it("a list that would have to be waited for is done without, holds nobody for long, and is left alone for a while", async (t) => {
  const world = await openWarmWorld(t);
  const cold = await world.planned();
  const before = world.cached();
  for (const fault of [
    { type: "status", status: 503, retryAfter: 4 },
    { type: "status", status: 429, retryAfter: 400 },
  ] as const) {
    writeFileSync(world.cacheFile(), before);
    world.emulator.clearFaults();
    world.emulator.addFault({ match: { path: "/api/v2/flows" }, times: "always", fault });
    const warm = await world.planned();
    assert.deepEqual([warm.plan, warm.asked], [cold.plan, ["flows", ...IDS]]);
    assert.deepEqual([warm.cache?.unread, warm.cache?.unlisted], [6, 0]);
    assert.ok(warm.waitedMs <= (fault.status === 429 ? 2_000 : 0), `${warm.waitedMs}`);
    assert.deepEqual((await world.planned()).asked, IDS);
  }
  assert.match((await world.run("plan")).stderr, /6 documents read one by one, because their list could not be read/);
});

it("--no-cache and `cache: false` ask for everything and keep nothing", async (t) => {
  const world = await openWarmWorld(t);
  assert.deepEqual((await world.planned("--no-cache")).asked, IDS);
  assert.ok(!existsSync(world.cacheFolder));
  await world.planned();
  const before = world.cached();
  world.emulator.editFlow("ivr_flow-0", { name: "Edited" });
  assert.deepEqual((await world.planned("--no-cache")).asked, IDS);
  assert.equal(world.cached(), before);
  rmSync(world.cacheFolder, { recursive: true });
  world.config((text) => `cache: false\n${text}`);
  await world.planned();
  assert.ok(!existsSync(world.cacheFolder));
  world.config((text) => `cache: { directory: elsewhere, maxMegabytes: 1 }\n${text}`);
  await world.planned();
  assert.ok(existsSync(join(world.folder, "elsewhere")));
});

it("a cache that was cut, deleted or meant for another client costs a cold plan and no word", async (t) => {
  const world = await openWarmWorld(t);
  await world.planned();
  truncateSync(world.cacheFile(), 1000);
  assert.deepEqual((await world.planned()).asked, IDS);
  assert.equal((await world.planned()).asked.length, 2);
  world.config((text) => text.replace("flows: { baseUrl", 'flows: { scope: "flows:read", baseUrl'));
  assert.deepEqual((await world.planned()).asked, IDS);
  rmSync(world.cacheFolder, { recursive: true });
  const { stderr } = await world.run("plan");
  assert.doesNotMatch(stderr, /cache/);
});

it("no command asks for anything twice before it writes, and templates and attachments are asked for once", async (t) => {
  const second = EMAIL.replace("order-confirmation", "order-copy").replace("email_send_01", "email_send_09");
  const manifests = { ...flowsNamed(NAMES), "mail.yaml": EMAIL, "copy.yaml": second, "visit.yaml": WORKFLOW };
  const world = await openWarmWorld(t, manifests);
  const changed = { "flow-1.yaml": flowNamed("flow-1").replace("skill: Billing", "skill: Sales") };
  for (const command of [
    ["plan"],
    ["plan"],
    ["drift"],
    ["import", "--check"],
    ["import", "--check"],
    ["apply", "--auto-approve"],
    ["apply", "--auto-approve"],
  ]) {
    world.write(changed);
    world.emulator.clearLog();
    const ran = await world.run(...command);
    assert.ok([0, 2].includes(ran.code ?? 1), ran.stdout + ran.stderr);
    const sent = world.emulator.log().map(({ method, path, query }) => `${method} ${path} ${query}`);
    const written = sent.findIndex((request) => /^(PUT|DELETE|POST \/api)/.test(request));
    const asked = sent.slice(0, written === -1 ? undefined : written).filter((request) => request.startsWith("GET"));
    assert.deepEqual(asked.toSorted(), [...new Set(asked)].toSorted(), command.join(" "));
  }
});

it("an apply that was planned on what is known meets an edit that came in between, and loses nothing", async (t) => {
  const world = await openWarmWorld(t);
  await world.planned();
  world.write({ "flow-2.yaml": flowNamed("flow-2").replace("skill: Billing", "skill: Sales") });
  const path = "/api/v2/flows/ivr_flow-2";
  world.emulator.addFault({
    match: { method: "PUT", path },
    fault: { type: "concurrent-edit", edit: { owner: "Ada" } },
  });
  world.emulator.clearLog();
  await world.apply();
  const stored = JSON.stringify(world.emulator.document("flow", "ivr_flow-2"));
  assert.match(stored, /"skill":"Sales"/);
  assert.match(stored, /"owner":"Ada"/);
  const puts = world.emulator.log().filter(({ method }) => method === "PUT");
  assert.deepEqual(
    puts.map(({ status }) => status),
    [409, 200],
  );
  assert.match((await world.planned()).plan, /"update":0/);
});

it("what was written is asked for again, and known after that", async (t) => {
  const world = await openWarmWorld(t);
  await world.planned();
  world.write({ "flow-2.yaml": flowNamed("flow-2").replace("skill: Billing", "skill: Sales") });
  await world.apply();
  assert.doesNotMatch(world.cached(), /ivr_flow-2/, "neither what was there before, nor the answer to the write");
  rmSync(join(world.folder, ".cxone-gitops", "audit.jsonl"));
  rmSync(join(world.folder, ".cxone-gitops", "audit.jsonl.head"), { force: true });
  assert.ok((await world.planned()).asked.includes("ivr_flow-2"));
  assert.match(readFileSync(world.cacheFile(), "utf8"), /"skill":"Sales"/);
  assert.equal((await world.planned()).asked.length, 2);
});
