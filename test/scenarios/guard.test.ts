/** A plan refuses itself when it is larger than a tenant allows, or touches what is protected. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { FLOW, flowNamed } from "../helpers/manifests.ts";
import { openEmulatedWorld } from "../helpers/world.ts";

const NAMES = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
const TEN = Object.fromEntries(NAMES.map((name) => [`${name}.yaml`, flowNamed(name)]));

function renamed(count: number): Readonly<Record<string, string>> {
  return Object.fromEntries(
    NAMES.slice(0, count).map((name) => [`${name}.yaml`, flowNamed(name).replace("IVR Main Menu", "Renamed")]),
  );
}

it("updates of 30 % are allowed, one more is refused with both figures, and a flag overrules it", async (t) => {
  const world = await openEmulatedWorld(t, TEN);
  await world.apply();
  world.write(renamed(3));
  assert.equal((await world.run("plan")).code, 0, "exactly the limit");

  world.write(renamed(4));
  const plan = await world.run("plan");
  assert.equal(plan.code, 3);
  assert.match(plan.stdout, /refused 4 updates are 40 % of the 10 resources that are live, and at most 30 %/);
  world.emulator.clearLog();
  await world.apply(3);
  assert.deepEqual(world.writes(), [], "nothing at all is sent");
  assert.equal((await world.run("drift")).code, 2, "drift only asks, so it is not guarded");

  const allowed = await world.run("apply", "--auto-approve", "--allow-large-change");
  assert.equal(allowed.code, 0, allowed.stdout);
  assert.equal(world.writes().length, 4);
});

it("two updates are never too many, and creates are not counted", async (t) => {
  const world = await openEmulatedWorld(t, { "a.yaml": flowNamed("a"), "b.yaml": flowNamed("b") });
  await world.apply();
  world.write({ ...renamed(2), "c.yaml": flowNamed("c"), "d.yaml": flowNamed("d") });
  assert.match((await world.apply()).stdout, /4 applied/);
});

it("a protected flow is created, but updated only when somebody says so", async (t) => {
  const guarded = FLOW.replace("name: main-menu }", `name: main-menu, annotations: { cxone-gitops/protect: "true" } }`);
  const world = await openEmulatedWorld(t, { "flow.yaml": guarded });
  await world.apply();
  world.write({ "flow.yaml": guarded.replace("skill: Billing", "skill: Sales") });
  const refused = await world.apply(3);
  assert.match(
    refused.stdout,
    /refused Flow "main-menu" is protected, and this plan would update it\n +.*--allow-protected/,
  );
  const { stdout } = await world.run("plan", "--output", "json");
  assert.deepEqual(JSON.parse(stdout).summary, {
    create: 0,
    update: 1,
    delete: 0,
    unchanged: 0,
    unknown: 0,
    refused: 1,
  });
  assert.equal((await world.run("apply", "--auto-approve", "--allow-protected")).code, 0);
  assert.equal((await world.run("drift")).code, 0);
});
