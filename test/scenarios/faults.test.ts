/** The tenant throttles, fails, forgets tokens and loses answers: nothing is doubled and nothing is guessed. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { FaultRule } from "../../src/emulator/faults.ts";
import { EMAIL, FLOW, WEBHOOK, WORKFLOW } from "../helpers/manifests.ts";
import { openEmulatedWorld } from "../helpers/world.ts";

const POST_FLOW = { method: "POST", path: "/api/v2/flows" };
const PUT_FLOW = { method: "PUT", path: "/api/v2/flows/ivr_main_menu_v2" };
const GET_FLOW = { method: "GET", path: "/api/v2/flows/ivr_main_menu_v2" };

describe("429 is waited out, on reads and writes", () => {
  const forms: readonly (readonly [string, FaultRule["fault"]])[] = [
    ["seconds", { type: "status", status: 429, retryAfter: 0 }],
    ["a fraction of a second", { type: "status", status: 429, retryAfter: 0.02 }],
    ["an HTTP date", { type: "status", status: 429, retryAfter: { httpDateIn: 0 } }],
    ["no header at all", { type: "status", status: 429 }],
  ];
  for (const [name, fault] of forms) {
    it(`Retry-After as ${name}`, async (t) => {
      const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
      world.emulator.addFault({ match: GET_FLOW, times: 2, fault });
      world.emulator.addFault({ match: POST_FLOW, times: 2, fault });
      await world.apply();
      assert.deepEqual(world.writes(), ["POST /api/v2/flows"]);
      assert.equal(world.emulator.log().filter(({ status }) => status === 429).length, 4);
    });
  }
});

describe("an answer that is lost is looked for before anything is sent again", () => {
  for (const type of ["lost-answer", "reset"] as const) {
    it(`POST, ${type}`, async (t) => {
      const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
      world.emulator.addFault({ match: POST_FLOW, fault: { type } });
      await world.apply();
      assert.deepEqual(world.writes(), ["POST /api/v2/flows"], "carried out exactly once");
      assert.equal((await world.run("drift")).code, 0);
    });
    it(`PUT, ${type}`, async (t) => {
      const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
      await world.apply();
      world.emulator.clearLog();
      world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Sales") });
      world.emulator.addFault({ match: PUT_FLOW, fault: { type } });
      await world.apply();
      assert.deepEqual(world.writes(), ["PUT /api/v2/flows/ivr_main_menu_v2"], "carried out exactly once");
      assert.equal((await world.run("drift")).code, 0);
    });
  }
  it("a 500 after which nothing was written is sent again, a lasting one ends as failed", async (t) => {
    const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
    world.emulator.addFault({ match: POST_FLOW, times: 2, fault: { type: "status", status: 500 } });
    await world.apply();
    assert.deepEqual(world.writes(), ["POST /api/v2/flows"]);
    world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Sales") });
    world.emulator.addFault({ match: PUT_FLOW, times: "always", fault: { type: "status", status: 500 } });
    assert.match((await world.apply(1)).stdout, /failed update Flow main-menu/);
  });
});

describe("a conflict after a lost answer may come of the write whose answer was lost", () => {
  /** The first PUT is carried out, a look does not show it yet, and the second is told that another write came first. */
  async function loseAndConflict(t: TestContext) {
    const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
    await world.apply();
    world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Sales") });
    world.emulator.clearLog();
    world.emulator.addFault({ match: PUT_FLOW, fault: { type: "lost-answer" } });
    world.emulator.addFault({ match: PUT_FLOW, after: 1, fault: { type: "conflict" } });
    // The first read is the plan's.
    world.emulator.addFault({ match: GET_FLOW, after: 1, fault: { type: "lag" } });
    const faults = () => world.emulator.log().flatMap(({ fault }) => (fault === null ? [] : [fault]));
    return { ...world, faults };
  }

  it("so what nobody can read then stays open, and the next run finds it done", async (t) => {
    const world = await loseAndConflict(t);
    world.emulator.addFault({ match: GET_FLOW, after: 2, times: "always", fault: { type: "status", status: 403 } });
    const ran = await world.apply(1);
    assert.match(ran.stdout, /failed update Flow main-menu\n.*and then: .*\(api\/conflict\)/);
    assert.deepEqual(world.faults().slice(0, 3), ["lost-answer", "lag", "conflict"]);
    assert.equal(world.trail().at(-1)?.["type"], "intent", "nobody knows, so nothing is recorded");
    world.emulator.clearFaults();
    const next = await world.apply();
    assert.match(next.stderr, /left Flow main-menu open; done\n/);
    assert.deepEqual(world.writes(), ["PUT /api/v2/flows/ivr_main_menu_v2"], "carried out exactly once");
  });

  it("so what is as desired then is done by us, and can be put back", async (t) => {
    const world = await loseAndConflict(t);
    assert.match((await world.apply()).stdout, / {2}done update Flow main-menu {2}version 2\n/, "it was nobody else");
    assert.deepEqual(world.faults(), ["lost-answer", "lag", "conflict"]);
    const run = String(world.trail().at(-1)?.["run"]);
    const restored = await world.run("restore", run, "--auto-approve");
    assert.match(restored.stdout, /done update Flow main-menu/, restored.stderr);
  });
});

it("a conflict after which nobody can read is a failed write, when no answer was lost", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  await world.apply();
  world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Sales") });
  world.emulator.addFault({ match: PUT_FLOW, fault: { type: "conflict" } });
  world.emulator.addFault({ match: GET_FLOW, after: 1, times: "always", fault: { type: "status", status: 403 } });
  assert.match((await world.apply(1)).stdout, /failed update Flow main-menu\n.*\(api\/conflict\)/);
  assert.equal(world.trail().at(-1)?.["outcome"], "failed");
});

it("a token that expires in the middle of a run is fetched again, once", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  world.emulator.addFault({ match: POST_FLOW, fault: { type: "expired-token" } });
  await world.apply();
  assert.deepEqual(world.writes(), ["POST /api/v2/flows"]);
  assert.equal(world.emulator.log().filter(({ path }) => path === "/oauth/token").length, 2);
});

describe("a read that fails is unknown: exit 1, and never a create", () => {
  const failures: readonly (readonly [string, FaultRule["fault"], RegExp])[] = [
    ["403", { type: "status", status: 403 }, /scope/],
    ["500 to the end", { type: "status", status: 500 }, /500/],
    ["429 to the end", { type: "status", status: 429 }, /429|quota/],
    ["an HTML page", { type: "html" }, /HTML/],
    ["a broken connection", { type: "reset" }, /connection|answer/i],
  ];
  for (const [name, fault, reason] of failures) {
    it(name, async (t) => {
      const world = await openEmulatedWorld(t, { "flow.yaml": FLOW, "mail.yaml": EMAIL });
      world.emulator.addFault({ match: GET_FLOW, times: "always", fault });
      const { code, plan } = await world.plan();
      assert.equal(code, 1);
      assert.equal(plan.summary.unknown, 1);
      const flow = plan.changes.find(({ kind }) => kind === "Flow");
      assert.equal(flow?.action, "report");
      assert.match(flow?.notes.join() ?? "", reason);
      await world.apply(1);
      assert.deepEqual(world.writes(), [], "nothing at all is written while something is unknown");
    });
  }
});

describe("what an e-mail node refers to is checked while planning", () => {
  const wrong: readonly (readonly [string, string, string, RegExp])[] = [
    [
      "a template that does not exist",
      "tmpl_inv_2024",
      "tmpl_gone",
      /mail\.yaml:7:15 error template "tmpl_gone" does not exist/,
    ],
    [
      "an attachment that does not exist",
      "att_pdf_001",
      "att_gone",
      /mail\.yaml:9:28 error attachment "att_gone" does not exist/,
    ],
    ["an attachment over 10 MiB", "att_pdf_001", "att_big", /attachment "att_big" is 10\.01 MiB/],
    [
      "a workflow that does not exist",
      "wf_12345",
      "wf_gone",
      /mail\.yaml:5:13 error workflow "wf_gone" does not exist/,
    ],
  ];
  for (const [name, from, to, message] of wrong) {
    it(name, async (t) => {
      const world = await openEmulatedWorld(t, { "mail.yaml": EMAIL.replace(from, to) });
      const attachment = { fileId: "att_big", fileName: "big.pdf", size: 10 * 1024 * 1024 + 1 };
      world.emulator.addFault({
        match: { path: "/api/v2/interactions/attachments/att_big" },
        times: "always",
        fault: { type: "status", status: 200, body: attachment },
      });
      const ran = await world.run("plan");
      assert.equal(ran.code, 1);
      assert.match(ran.stdout, message);
      await world.apply(1);
      assert.deepEqual(world.writes(), []);
    });
  }
  it("an attachment of exactly 10 MiB is accepted", async (t) => {
    const world = await openEmulatedWorld(t, { "mail.yaml": EMAIL });
    const attachment = { fileId: "att_pdf_001", fileName: "invoice.pdf", size: 10 * 1024 * 1024 };
    world.emulator.addFault({
      match: { path: "/api/v2/interactions/attachments/att_pdf_001" },
      times: "always",
      fault: { type: "status", status: 200, body: attachment },
    });
    assert.equal((await world.run("plan")).code, 0);
  });
});

it("a document that the tenant refuses is reported in the tenant's words, and the others are written", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW, "mail.yaml": EMAIL });
  world.emulator.addFault({
    match: POST_FLOW,
    fault: { type: "status", status: 422, body: { message: "node_queue_03: skill Billing does not exist" } },
  });
  const ran = await world.apply(4);
  assert.match(ran.stdout, /done create EmailNode/);
  assert.match(ran.stdout, /failed create Flow main-menu\n +.*skill Billing does not exist.*\(api\/rejected\)/);
  assert.match(ran.stdout, /1 applied, 1 failed/);
});

it("an e-mail node in a whole workflow is held to the same checks", async (t) => {
  const node =
    "{ id: email_x, type: email, properties: { templateId: tmpl_gone, attachments: [{ fileId: att_gone, fileName: x.pdf }] } }";
  const text = WORKFLOW.replace("- { id: end_node, type: end }", `- { id: end_node, type: end }\n    - ${node}`);
  const world = await openEmulatedWorld(t, { "workflow.yaml": text });
  const ran = await world.run("plan");
  assert.equal(ran.code, 1);
  assert.match(ran.stdout, /workflow\.yaml:10:61 error template "tmpl_gone" does not exist/);
  assert.match(ran.stdout, /attachment "att_gone" does not exist/);
  assert.match(ran.stdout, /Nothing will be applied: 2 errors\./);
});

it("a webhook that was accepted and does not show yet is never registered again", async (t) => {
  const world = await openEmulatedWorld(t, { "hook.yaml": WEBHOOK }, {}, { HOOK_SECRET: "whsec_cGxhbnRlZA" });
  const body = { items: [], page: 1, pageSize: 100, total: 0 };
  const match = { method: "GET", path: "/api/v2/webhooks" };
  world.emulator.addFault({ match, times: "always", fault: { type: "status", status: 200, body } });
  const ran = await world.apply(1);
  assert.match(ran.stdout, /failed create Webhook esp-sync\n.*it is not there.*\(apply\/verify\)/);
  assert.deepEqual(world.writes(), ["POST /api/v2/webhooks"]);
});

it("a flow that is deleted by hand again and again is created each time", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  for (let time = 0; time < 6; time += 1) {
    await world.apply();
    assert.ok(world.emulator.removeDocument("flow", "ivr_main_menu_v2"));
  }
  assert.equal(world.writes().length, 6);
});
