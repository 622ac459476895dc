/** What is managed and no manifest describes any more: reported on each plan, and deleted only when that is asked for. */
import assert from "node:assert/strict";
import { renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { DEFAULT_SEED } from "../../src/emulator/default-seed.ts";
import type { FaultRule } from "../../src/emulator/faults.ts";
import { type JsonObject, objectsAt, stringAt } from "../../src/model/json.ts";
import type { Plan } from "../../src/model/plan.ts";
import { withoutCost } from "../helpers/costs.ts";
import { EMAIL, FLOW, flowNamed, SECOND_EMAIL, WEBHOOK, WORKFLOW } from "../helpers/manifests.ts";
import { startRun } from "../helpers/running.ts";
import { type EmulatedWorld, openEmulatedWorld } from "../helpers/world.ts";

const FLOW_ID = "ivr_main_menu_v2";
const FLOW_PATH = `/api/v2/flows/${FLOW_ID}`;
const SECRET = { HOOK_SECRET: "whsec_cGxhbnRlZC1zZWNyZXQ" };
/** What nobody has put under git; the flow and the webhook look like ours. */
const FOREIGN = {
  flow: {
    id: "ivr_foreign",
    name: "IVR Main Menu",
    type: "IVR",
    version: 5,
    nodes: [
      { id: "node_a", type: "start" },
      { id: "node_b", type: "terminal" },
    ],
    connections: [
      { id: "conn_a", source_node_id: "node_a", target_node_id: "node_b", condition: "true", type: "default" },
    ],
  },
  webhook: { id: "wh_foreign", name: "ESP Sync", url: "http://127.0.0.1:9/hook", events: ["workflow.updated"] },
};
const SEED = {
  ...DEFAULT_SEED,
  flows: [FOREIGN.flow],
  webhooks: [{ ...FOREIGN.webhook, enabled: true, headers: {} }],
};

const reported = ({ changes }: Plan) =>
  changes.flatMap(({ kind, name, action, notes }) => (action === "report" ? [`${kind} ${name}: ${notes.join()}`] : []));

const actions = ({ changes }: Plan) => changes.map(({ kind, name, action }) => `${action} ${kind} ${name}`);

async function plan(world: EmulatedWorld, ...flags: readonly string[]): Promise<Plan> {
  const ran = await world.run("plan", "--output", "json", ...flags);
  return JSON.parse(ran.stdout);
}

async function prune(world: EmulatedWorld, code = 0, ...flags: readonly string[]) {
  const ran = await world.run("apply", "--auto-approve", "--prune", ...flags);
  assert.equal(ran.code, code, `${ran.stdout}\n${ran.stderr}`);
  return ran;
}

/** A workflow without what every write changes. */
function content(document: JsonObject | undefined): JsonObject {
  const { version: _version, lastUpdatedTimestamp: _time, ...rest } = document ?? {};
  return rest;
}

it("orphans of every kind are reported until they are pruned, after all else and in reverse order", async (t) => {
  const manifests = {
    "keep.yaml": flowNamed("keep"),
    "flow.yaml": FLOW,
    "hook.yaml": WEBHOOK,
    "mail.yaml": EMAIL,
    "workflow.yaml": WORKFLOW,
  };
  const world = await openEmulatedWorld(t, manifests, { seed: SEED }, SECRET);
  // Theirs, beside our node, and with keys that only their editor knows.
  world.emulator.editWorkflow("wf_12345", {
    owner: "another team",
    nodes: [{ id: "sms_send_01", type: "sms", properties: { text: "hello" }, "x-colour": "blue" }],
    transitions: [{ id: "tr_foreign", source: "start_node", target: "sms_send_01", condition: "vip", weight: 1 }],
  });
  const before = content(world.emulator.document("workflow", "wf_12345"));
  await world.apply();
  world.emulator.editWorkflow("wf_12345", {
    transitions: [{ id: "tr_out", source: "email_send_01", target: "sms_send_01", condition: "true" }],
  });
  world.remove("flow.yaml", "hook.yaml", "mail.yaml", "workflow.yaml");
  world.emulator.clearLog();

  const orphans = ["EmailNode order-confirmation", "Flow main-menu", "Webhook esp-sync", "Workflow service-visit"];
  for (const time of ["first", "second"]) {
    assert.deepEqual(
      reported(await plan(world))
        .map((line) => line.replace(/: orphaned: .*--prune deletes it$/, ""))
        .toSorted(),
      orphans,
      `in the ${time} plan`,
    );
    assert.match((await world.apply()).stdout, /\? report Flow main-menu.*\n +orphaned: .*--prune deletes it/);
  }
  assert.equal((await world.run("drift")).code, 0, "an orphan is nothing to apply");
  assert.equal((await world.run("reconcile")).code, 0);
  assert.deepEqual(world.writes(), [], "nothing is deleted without --prune");

  world.write({
    "keep.yaml": flowNamed("keep").replace("skill: Billing", "skill: Sales"),
    "new.yaml": flowNamed("new"),
  });
  const refused = await prune(world, 3);
  assert.match(refused.stdout, /refused 4 deletes are 80 % of the 5 resources that are live, and at most 10 %/);
  assert.deepEqual(world.writes(), [], "a refused plan sends nothing, not even its updates");
  const webhook = world.emulator.state().webhooks.find(({ name }) => name === "ESP Sync Webhook")?.id;
  await prune(world, 0, "--allow-large-change");
  assert.deepEqual(world.writes().slice(0, 2).toSorted(), ["POST /api/v2/flows", "PUT /api/v2/flows/ivr_keep"]);
  assert.deepEqual(world.writes().slice(2), [
    `DELETE /api/v2/webhooks/${webhook}`,
    `DELETE ${FLOW_PATH}`,
    "PUT /api/v2/workflows/wf_12345",
    "DELETE /api/v2/workflows/wf_service_visit",
  ]);
  assert.deepEqual(content(world.emulator.document("workflow", "wf_12345")), before, "what was theirs is as it was");
  assert.equal(world.emulator.document("flow", FLOW_ID), undefined);

  assert.deepEqual(actions(await plan(world, "--prune")), ["unchanged Flow keep", "unchanged Flow new"]);
  world.emulator.clearLog();
  await prune(world);
  assert.deepEqual(world.writes(), [], "pruned twice is no change");
  assert.equal((await world.run("audit", "verify")).code, 0);
  assert.equal(world.emulator.document("flow", "ivr_foreign")?.["version"], 5, "never managed, never touched");
  assert.ok(world.emulator.state().webhooks.some(({ id }) => id === "wh_foreign"));
});

it("an orphan that cannot be read blocks everything, and once it can it is deleted", async (t) => {
  const world = await openEmulatedWorld(t, { "keep.yaml": flowNamed("keep"), "flow.yaml": FLOW });
  await world.apply();
  world.remove("flow.yaml");
  world.emulator.clearLog();
  const failures: readonly (readonly [string, FaultRule["fault"]])[] = [
    ["500 to the end", { type: "status", status: 500 }],
    ["403", { type: "status", status: 403 }],
    ["an HTML page", { type: "html" }],
  ];
  for (const [name, fault] of failures) {
    world.emulator.addFault({ match: { method: "GET", path: FLOW_PATH }, times: "always", fault });
    const ran = await prune(world, 1);
    assert.match(ran.stdout, /\? report Flow main-menu.*\n +unknown: /, name);
    assert.deepEqual(world.writes(), [], name);
    world.emulator.clearFaults();
  }
  await prune(world);
  assert.deepEqual(world.writes(), [`DELETE ${FLOW_PATH}`]);
});

it("an orphan that is gone already is no change, also when only its workflow is gone", async (t) => {
  const manifests = { "keep.yaml": flowNamed("keep"), "flow.yaml": FLOW, "mail.yaml": EMAIL };
  const world = await openEmulatedWorld(t, manifests);
  await world.apply();
  world.remove("flow.yaml", "mail.yaml");
  world.emulator.removeDocument("flow", FLOW_ID);
  world.emulator.removeDocument("workflow", "wf_12345");
  world.emulator.clearLog();
  assert.deepEqual(actions(await plan(world, "--prune")), ["unchanged Flow keep"]);
  assert.match((await prune(world)).stdout, /No changes/);
  assert.deepEqual(world.writes(), []);
});

describe("no manifests, no folder and an unreadable manifest are three things, and none deletes anything", () => {
  const cases: readonly (readonly [reason: string, spoil: (folder: string) => void, code: number, said: RegExp])[] = [
    [
      "an empty folder is refused, since it is a failed checkout more often than a wish",
      (folder) => rmSync(join(folder, "flow.yaml")),
      3,
      /refused there is no manifest for this tenant, and --prune would delete all that is managed \(1\)/,
    ],
    ["a folder that is not there is an error", (folder) => rmSync(folder, { recursive: true }), 1, /manifests/],
    [
      "a manifest that cannot be parsed is an error",
      (folder) => renameSync(join(folder, "broken.txt"), join(folder, "flow.yaml")),
      1,
      /flow\.yaml/,
    ],
    [
      "a manifest that may not be read is an error",
      (folder) => {
        rmSync(join(folder, "flow.yaml"));
        // Root may read every file, but nobody may read what a link leads to that leads out of the folder.
        symlinkSync("/etc/passwd", join(folder, "flow.yaml"));
      },
      1,
      /flow\.yaml/,
    ],
  ];
  for (const [reason, spoil, code, said] of cases) {
    it(reason, async (t) => {
      const world = await openEmulatedWorld(t, { "flow.yaml": FLOW, "broken.txt": "kind: [Flow\n" });
      await world.apply();
      world.emulator.clearLog();
      spoil(join(world.folder, "manifests"));
      const ran = await prune(world, code);
      assert.match(ran.stdout + ran.stderr, said);
      assert.deepEqual(world.writes(), []);
    });
  }
});

it("deletes up to the tenant's share are allowed, one more is refused, and one or two always are allowed", async (t) => {
  const names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
  const world = await openEmulatedWorld(t, Object.fromEntries(names.map((name) => [`${name}.yaml`, flowNamed(name)])));
  const allow = (percent: number) =>
    world.config((text) => text.replace("    retry:", `    guard: { maxDeletePercent: ${percent} }\n    retry:`));
  allow(30);
  await world.apply();
  world.emulator.clearLog();
  world.remove("a.yaml", "b.yaml", "c.yaml", "d.yaml");
  assert.match((await prune(world, 3)).stdout, /refused 4 deletes are 40 % of the 10 .* at most 30 %/);
  assert.deepEqual(world.writes(), []);
  world.write({ "d.yaml": flowNamed("d") });
  await prune(world);
  assert.deepEqual(
    world.writes().toSorted(),
    names.slice(0, 3).map((name) => `DELETE /api/v2/flows/ivr_${name}`),
  );
  allow(0);
  world.remove("d.yaml", "e.yaml");
  await prune(world);
});

it("a protected orphan is never deleted, until its annotation was taken away in an applied change", async (t) => {
  const guarded = FLOW.replace("name: main-menu }", `name: main-menu, annotations: { cxone-gitops/protect: "true" } }`);
  const world = await openEmulatedWorld(t, { "flow.yaml": guarded, "keep.yaml": flowNamed("keep") });
  await world.apply();
  world.emulator.clearLog();
  world.remove("flow.yaml");
  for (const flags of [[], ["--allow-protected", "--allow-large-change"]]) {
    const ran = await prune(world, 3, ...flags);
    assert.match(ran.stdout, /refused Flow "main-menu" is protected, and this plan would delete it/);
  }
  world.write({ "flow.yaml": FLOW });
  assert.match((await world.apply()).stdout, /recorded without a write: Flow\/main-menu/);
  assert.deepEqual(world.writes(), [], "an annotation is no business of the tenant's");
  world.remove("flow.yaml");
  await prune(world);
  assert.deepEqual(world.writes(), [`DELETE ${FLOW_PATH}`]);
});

describe("what counts as the same resource", () => {
  it("another metadata.name and another file are no orphan; another spec.id is one, and its successor comes first", async (t) => {
    const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
    await world.apply();
    world.remove("flow.yaml");
    const renamed = FLOW.replace("name: main-menu", "name: front-door");
    world.write({ "deep/other.yaml": renamed });
    assert.deepEqual(actions(await plan(world, "--prune")), ["unchanged Flow front-door"]);
    await prune(world);
    assert.deepEqual(world.trail().at(-1)?.["name"], "front-door", "the trail has learnt the name");

    world.emulator.clearLog();
    world.write({ "deep/other.yaml": renamed.replace(FLOW_ID, "ivr_front_door") });
    assert.deepEqual(actions(await plan(world)), ["create Flow front-door", "report Flow front-door"]);
    await prune(world);
    assert.deepEqual(world.writes(), ["POST /api/v2/flows", `DELETE ${FLOW_PATH}`]);
    assert.deepEqual(actions(await plan(world, "--prune")), ["unchanged Flow front-door"]);
  });

  it("a manifest that is for another tenant by now leaves an orphan here", async (t) => {
    const world = await openEmulatedWorld(t, { "flow.yaml": FLOW, "keep.yaml": flowNamed("keep") });
    world.config((text) => `${text}${text.replace("tenants:\n", "").replace("dev:", "prod:")}`);
    assert.equal((await world.run("apply", "--tenant", "dev", "--auto-approve")).code, 0);
    world.write({ "flow.yaml": FLOW.replace("name: main-menu }", "name: main-menu, tenants: [prod] }") });
    assert.deepEqual(actions(await plan(world, "--tenant", "dev", "--prune")), [
      "unchanged Flow keep",
      "delete Flow main-menu",
    ]);
    world.write({ "flow.yaml": FLOW.replace("name: main-menu }", "name: main-menu, tenants: [dev] }") });
    assert.deepEqual(
      actions(await plan(world, "--tenant", "prod", "--prune")),
      ["unchanged Flow keep"],
      "what one tenant's runs wrote is no orphan of another's",
    );
  });

  it("an e-mail node that a Workflow manifest has taken over stays, and a workflow in which one stays is kept", async (t) => {
    const inVisit = EMAIL.replace("wf_12345", "wf_service_visit");
    const world = await openEmulatedWorld(t, { "workflow.yaml": WORKFLOW, "mail.yaml": inVisit });
    await world.apply();
    world.emulator.clearLog();

    world.remove("workflow.yaml");
    const kept = await plan(world, "--prune");
    assert.deepEqual(reported(kept), [
      "Workflow service-visit: orphaned, but kept: EmailNode order-confirmation lives in it",
    ]);
    await prune(world);
    assert.deepEqual(world.writes(), []);

    world.remove("mail.yaml");
    const node = `    - id: email_send_01
      type: email
      properties:
        templateId: tmpl_inv_2024
        variables: { customerName: $interaction.contact.firstName, orderTotal: $workflow.data.orderTotal }
        attachments: [{ fileId: att_pdf_001, fileName: invoice.pdf }]
        deliveryMode: standard
        trackOpens: true
        trackClicks: true
`;
    const whole = WORKFLOW.replace(
      "  transitions:\n",
      `${node}  transitions:\n    - { from: start_node, to: email_send_01 }\n`,
    );
    world.write({ "workflow.yaml": whole });
    const taken = await plan(world, "--prune");
    assert.deepEqual(actions(taken), ["unchanged Workflow service-visit"], JSON.stringify(taken.changes));
    await prune(world);
    assert.deepEqual(world.writes(), []);

    // Nobody is left who wants it: one request ends the workflow and what lived in it.
    world.remove("workflow.yaml");
    world.write({ "keep.yaml": flowNamed("keep") });
    await prune(world);
    assert.deepEqual(world.writes(), ["POST /api/v2/flows", "DELETE /api/v2/workflows/wf_service_visit"]);
    assert.deepEqual(reported(await plan(world)), []);
  });
});

describe("somebody edits an orphan between the plan and the delete", () => {
  it("a flow is left alone, and a run that has git win deletes it as it is then", async (t) => {
    const world = await openEmulatedWorld(t, { "flow.yaml": FLOW, "keep.yaml": flowNamed("keep") });
    await world.apply();
    world.remove("flow.yaml");
    world.emulator.clearLog();
    const edit = { nodes: [{ id: "node_queue_03", properties: { skill: "Support" } }] };
    const rule = {
      match: { method: "GET", path: FLOW_PATH },
      after: 1,
      fault: { type: "concurrent-edit", edit },
    } as const;
    world.emulator.addFault(rule);
    const ran = await prune(world, 3);
    assert.match(ran.stdout, /stale delete Flow main-menu.*\n.*skill was "Billing" in the plan, is "Support" now/);
    assert.deepEqual(world.writes(), []);

    world.emulator.clearFaults();
    world.emulator.addFault({ ...rule, fault: { type: "concurrent-edit", edit: { name: "Renamed by hand" } } });
    assert.equal((await world.run("reconcile", "--prune")).code, 0);
    assert.deepEqual(world.writes(), [`DELETE ${FLOW_PATH}`]);
    const images = world
      .trail()
      .flatMap(({ action, type, image }) => (action === "delete" && type === "intent" ? [image] : []));
    assert.equal(new Set(images).size, images.length, "each intent kept the document as it was before it");
  });

  it("an edit beside an e-mail node survives its removal, and one in it stops that", async (t) => {
    const world = await openEmulatedWorld(t, {
      "mail.yaml": `${EMAIL}---\n${SECOND_EMAIL}`,
      "keep.yaml": flowNamed("keep"),
    });
    await world.apply();
    world.write({ "mail.yaml": EMAIL });
    const match = { method: "PUT", path: "/api/v2/workflows/wf_12345" };
    const beside = { nodes: [{ id: "sms_send_01", type: "sms", properties: { text: "from a colleague" } }] };
    world.emulator.addFault({ match, fault: { type: "concurrent-edit", edit: beside } });
    assert.match((await prune(world)).stdout, /done delete EmailNode order-reminder.*one other write came first/);
    const ids = () =>
      objectsAt(world.emulator.document("workflow", "wf_12345"), "nodes").map((node) => stringAt(node, "id"));
    assert.deepEqual(ids(), ["start_node", "email_send_01", "sms_send_01"]);

    world.remove("mail.yaml");
    const within = { nodes: [{ id: "email_send_01", properties: { deliveryMode: "priority" } }] };
    world.emulator.addFault({ match, fault: { type: "concurrent-edit", edit: within } });
    assert.match((await prune(world, 3)).stdout, /stale delete EmailNode order-confirmation/);
    assert.deepEqual(ids(), ["start_node", "email_send_01", "sms_send_01"]);
    await prune(world);
    assert.deepEqual(ids(), ["start_node", "sms_send_01"]);
  });
});

describe("a DELETE whose answer is lost is looked for before it is sent again", () => {
  for (const type of ["lost-answer", "reset"] as const) {
    it(type, async (t) => {
      const world = await openEmulatedWorld(t, { "flow.yaml": FLOW, "keep.yaml": flowNamed("keep") });
      await world.apply();
      world.remove("flow.yaml");
      world.emulator.clearLog();
      world.emulator.addFault({ match: { method: "DELETE" }, fault: { type } });
      assert.match((await prune(world)).stdout, /done delete Flow main-menu/);
      assert.deepEqual(world.writes(), [`DELETE ${FLOW_PATH}`]);
      assert.deepEqual(reported(await plan(world)), []);
    });
  }
});

it("what was live before git came is not managed, unless it is adopted", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW, "mail.yaml": EMAIL, "keep.yaml": flowNamed("keep") });
  await world.apply();
  // Without a trail they are as if somebody had made them by hand, equal to their manifests.
  rmSync(join(world.folder, ".cxone-gitops"), { recursive: true });
  world.emulator.clearLog();
  await world.apply();
  world.remove("flow.yaml", "mail.yaml");
  assert.deepEqual(actions(await plan(world, "--prune")), ["unchanged Flow keep"], "not ours, so no orphan");

  world.write({ "flow.yaml": FLOW, "mail.yaml": EMAIL });
  const adopted = await world.run("apply", "--auto-approve", "--adopt");
  assert.match(adopted.stdout, /recorded without a write: EmailNode\/order-confirmation, Flow\/keep, Flow\/main-menu/);
  assert.deepEqual(world.writes(), [], "adopting writes nothing to the tenant");
  const again = await world.run("apply", "--auto-approve", "--adopt");
  assert.doesNotMatch(again.stdout, /recorded/);
  world.remove("flow.yaml", "mail.yaml");
  assert.deepEqual(reported(await plan(world)).length, 2);
  await prune(world);
  assert.deepEqual(world.writes(), [`DELETE ${FLOW_PATH}`, "PUT /api/v2/workflows/wf_12345"]);
});

describe("a run that is killed between a delete's intent and its outcome", () => {
  const kills: readonly (readonly [reason: string, fault: FaultRule["fault"], said: RegExp, deletes: number])[] = [
    ["after it was carried out", { type: "lost-answer" }, /left Flow main-menu open; done/, 0],
    ["before it was carried out", { type: "reset" }, /left Flow main-menu open; failed: .*not carried out/, 1],
  ];
  for (const [reason, fault, said, deletes] of kills) {
    it(`${reason}: the next run closes it, and deletes it only when it is still there`, async (t) => {
      const world = await openEmulatedWorld(t, { "flow.yaml": FLOW, "keep.yaml": flowNamed("keep") });
      await world.apply();
      world.remove("flow.yaml");
      const match = { method: "GET", path: FLOW_PATH };
      world.emulator.addFault({ match: { method: "DELETE" }, fault });
      // Whatever would let the run find out by itself is slow: the read of the plan and the look before the delete pass.
      world.emulator.addFault({ match, after: 2, fault: { type: "slow", milliseconds: 120_000 } });
      const running = startRun(world, "apply", "--auto-approve", "--prune");
      await running.untilSent("DELETE", FLOW_PATH);
      await running.end("SIGKILL");
      world.emulator.clearFaults();
      world.emulator.clearLog();

      const next = await prune(world);
      assert.match(next.stderr, said);
      assert.equal(world.writes().length, deletes);
      assert.equal(world.emulator.document("flow", FLOW_ID), undefined);
      assert.deepEqual(actions(await plan(world, "--prune")), ["unchanged Flow keep"]);
      assert.equal(withoutCost((await prune(world)).stderr), "", "nothing is left open");
    });
  }
});
