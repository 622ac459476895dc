/** A plan is made while it is read; what is read last must still be hidden in what was compared first. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { FLOW, flowNamed } from "../helpers/manifests.ts";
import { openEmulatedWorld } from "../helpers/world.ts";

const OLD = "planted-0ld-s3cret-of-the-flow-read-last";

it("a secret that only the last document teaches is hidden in the change of the first", async (t) => {
  const holder = FLOW.replace("skill: Billing", 'skill: "${env:SKILL}"');
  const other = flowNamed("a-first");
  const world = await openEmulatedWorld(
    t,
    { "flow.yaml": FLOW, "other.yaml": other },
    {},
    { SKILL: "new-s3cret-of-today" },
  );
  await world.apply();
  world.write({ "flow.yaml": holder });
  const withSkill = (skill: string) => (flow: object) => JSON.parse(JSON.stringify(flow).replaceAll("Billing", skill));
  world.emulator.editFlow("ivr_main_menu_v2", withSkill(OLD));
  world.emulator.editFlow("ivr_a-first", withSkill(`for ${OLD} only`));
  world.emulator.addFault({
    match: { method: "GET", path: "/api/v2/flows/ivr_main_menu_v2" },
    times: "always",
    fault: { type: "slow", milliseconds: 300 },
  });
  for (const output of ["text", "json", "markdown", "html"]) {
    const { stdout, stderr } = await world.run("plan", "--output", output);
    assert.match(stdout, /a-first/);
    assert.doesNotMatch(stdout + stderr, /planted-0ld/, output);
  }
  const { plan } = await world.plan();
  const [first] = plan.changes;
  assert.equal(first?.name, "a-first");
  assert.deepEqual(Object.values(first.live), ["for (secret) only"]);
  const said = ['at node_queue_03, skill is now "Billing" instead of "for (secret 1) only"'];
  assert.deepEqual(first.effects, said, "and what callers notice was told of the hidden texts");
});
