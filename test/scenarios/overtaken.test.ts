/** A run that waits while another one writes plans anew: nothing is doubled, and nothing is written that nobody approved. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { startEmulator } from "../../src/emulator/server.ts";
import type { Ran } from "../helpers/command.ts";
import { type Gate, openGate } from "../helpers/gate.ts";
import { EMAIL, FLOW, SECOND_EMAIL } from "../helpers/manifests.ts";
import { writeFiles } from "../helpers/temp-folder.ts";
import { openWorld } from "../helpers/world.ts";

const FLOW_PATH = "/api/v2/flows/ivr_main_menu_v2";
const WORKFLOW_PATH = "/api/v2/workflows/wf_12345";
const SALES = FLOW.replace("skill: Billing", "skill: Sales");
const ANEW = /Another run wrote meanwhile, so this was planned anew:/;

/** A world with two folders of manifests: `manifests`, and `other`. */
async function openSharedWorld(
  t: TestContext,
  mine: Readonly<Record<string, string>>,
  theirs: Readonly<Record<string, string>>,
) {
  const emulator = await startEmulator();
  t.after(() => emulator.close());
  const gate = await openGate(t, emulator.url);
  const world = openWorld(t, gate.url, mine);
  const writeTheirs = (files: Readonly<Record<string, string>>) => {
    writeFiles(join(world.folder, "other"), files);
  };
  writeTheirs(theirs);
  const carriedOut = () =>
    emulator
      .log()
      .filter((entry) => entry.carriedOut)
      .map(({ method, path }) => `${method} ${path}`);
  const skill = () => /"skill":"(\w+)"/.exec(JSON.stringify(emulator.document("flow", "ivr_main_menu_v2")))?.[1];
  return { ...world, emulator, gate, writeTheirs, carriedOut, skill };
}

/** Runs one command while another one has read what it plans on, and has not written yet. */
async function overtake(
  gate: Gate,
  path: string,
  overtaken: () => Promise<Ran>,
  meanwhile: () => Promise<unknown>,
): Promise<Ran> {
  const read = gate.hold("GET", path, "answer");
  const ran = overtaken();
  await Promise.race([read.arrived, ran.then(({ stdout, stderr }) => assert.fail(stdout + stderr))]);
  await meanwhile();
  read.letGo();
  return ran;
}

const applyTheirs = ["apply", "--auto-approve", "--manifests", "other"] as const;

describe("apply --auto-approve that was overtaken", () => {
  it("finds nothing left to do where the other one did the same", async (t) => {
    const world = await openSharedWorld(t, { "flow.yaml": FLOW }, {});
    const mine = () => world.run("apply", "--auto-approve");
    const ran = await overtake(world.gate, FLOW_PATH, mine, mine);
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stdout, ANEW);
    assert.match(ran.stdout, /No changes: live equals desired for 1 resource\./);
    assert.deepEqual(world.carriedOut(), ["POST /api/v2/flows"]);
    assert.equal(world.trail().length, 2, "one intent and one outcome, of the first run");
    assert.equal((await world.run("audit", "verify")).code, 0);
  });

  it("adds its part to what the other one made of the same document, without a conflict", async (t) => {
    const world = await openSharedWorld(
      t,
      { "mail.yaml": SECOND_EMAIL.replace("[email_send_01]", "[start_node]") },
      {
        "mail.yaml": EMAIL,
      },
    );
    const ran = await overtake(
      world.gate,
      WORKFLOW_PATH,
      () => world.run("apply", "--auto-approve"),
      async () => assert.equal((await world.run(...applyTheirs)).code, 0),
    );
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    assert.match(ran.stdout, ANEW);
    assert.match(ran.stdout, /done create EmailNode order-reminder {2}version 5\n/);
    assert.doesNotMatch(ran.stdout, /other write came first/);
    const statuses = world.emulator.log().filter(({ method }) => method === "PUT");
    assert.deepEqual(
      statuses.map(({ status }) => status),
      [200, 200],
    );
    const nodes = JSON.stringify(world.emulator.document("workflow", "wf_12345"));
    assert.match(nodes, /email_send_01.*email_send_02/);
  });

  it("plans against what the other one wrote, and says so in JSON as well", async (t) => {
    const world = await openSharedWorld(t, { "flow.yaml": FLOW }, { "flow.yaml": SALES });
    await world.apply();
    world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Support") });
    const ran = await overtake(
      world.gate,
      FLOW_PATH,
      () => world.run("apply", "--auto-approve", "--output", "json"),
      async () => assert.equal((await world.run(...applyTheirs)).code, 0),
    );
    assert.equal(ran.code, 0, ran.stderr);
    const { plan, outcomes } = JSON.parse(ran.stdout);
    assert.deepEqual(plan.changes[0].live, { "/nodes/node_queue_03/properties/skill": "Sales" });
    assert.deepEqual([outcomes[0].outcome, outcomes[0].conflicts, outcomes[0].attempts], ["done", 0, 1]);
    assert.equal(world.skill(), "Support");
  });

  it("writes nothing when the tenant cannot be read a second time", async (t) => {
    const world = await openSharedWorld(t, { "flow.yaml": FLOW }, { "mail.yaml": EMAIL });
    const ran = await overtake(
      world.gate,
      FLOW_PATH,
      () => world.run("apply", "--auto-approve"),
      async () => {
        assert.equal((await world.run(...applyTheirs)).code, 0);
        const match = { method: "GET", path: FLOW_PATH };
        world.emulator.addFault({ match, times: "always", fault: { type: "status", status: 403 } });
      },
    );
    assert.equal(ran.code, 1);
    assert.match(ran.stdout, /planned anew:[\s\S]*\? .*Flow main-menu[\s\S]*unknown/);
    assert.deepEqual(world.carriedOut(), [`PUT ${WORKFLOW_PATH}`]);
  });
});

describe("apply of a saved plan that was overtaken", () => {
  const changed = { "mail.yaml": EMAIL, "flow.yaml": SALES };
  const cases: readonly {
    readonly reason: string;
    readonly theirs: Readonly<Record<string, string>>;
    readonly tenant?: string;
    readonly code: number;
    readonly says: RegExp;
    readonly skill: string;
    readonly writes: readonly string[];
  }[] = [
    {
      reason:
        "goes on where the other one, of another tenant of this trail, changed something else in the same workflow",
      theirs: { "mail.yaml": EMAIL.replace("email_send_01", "email_send_09").replace("order-conf", "other-conf") },
      tenant: "prod",
      code: 0,
      says: /planned anew:[\s\S]*done update Flow main-menu/,
      skill: "Sales",
      writes: [`PUT ${WORKFLOW_PATH}`, `PUT ${FLOW_PATH}`],
    },
    {
      reason: "finds nothing left to do where the other one did the same",
      theirs: { "flow.yaml": SALES },
      code: 0,
      says: /planned anew:[\s\S]*No changes/,
      skill: "Sales",
      writes: [`PUT ${FLOW_PATH}`],
    },
    {
      reason: "refuses where the other one changed what it was to change",
      theirs: { "flow.yaml": FLOW.replace("skill: Billing", "skill: Support") },
      code: 3,
      says: /Flow main-menu.*\n.*was "Billing" when planned, was to become "Sales", and is "Support" now/,
      skill: "Support",
      writes: [`PUT ${FLOW_PATH}`],
    },
    {
      reason: "refuses where the other one changed what it was to leave as it is",
      theirs: { "mail.yaml": EMAIL.replace("invoice.pdf", "bill.pdf") },
      code: 3,
      says: /EmailNode order-confirmation.*fileName\n.*was "invoice.pdf".*is "bill.pdf" now/,
      skill: "Billing",
      writes: [`PUT ${WORKFLOW_PATH}`],
    },
  ];
  for (const { reason, theirs, tenant = "dev", code, says, skill, writes } of cases) {
    it(reason, async (t) => {
      const world = await openSharedWorld(t, { "mail.yaml": EMAIL, "flow.yaml": FLOW }, theirs);
      await world.apply();
      world.config((text) => `${text}${text.replace("tenants:\n  dev:", "  prod:")}`);
      world.write(changed);
      assert.equal((await world.run("plan", "--tenant", "dev", "--out", "plan.json")).code, 0);
      world.emulator.clearLog();
      const ran = await overtake(
        world.gate,
        FLOW_PATH,
        () => world.run("apply", "plan.json", "--tenant", "dev"),
        async () => {
          const { code: first, stdout } = await world.run(...applyTheirs, "--tenant", tenant);
          assert.equal(first, 0, stdout);
        },
      );
      assert.equal(ran.code, code, ran.stdout + ran.stderr);
      assert.match(ran.stdout + ran.stderr, says);
      assert.equal(world.skill(), skill);
      assert.deepEqual(world.carriedOut(), writes);
    });
  }
});
