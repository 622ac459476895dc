/** How live of two tenants differs, as the command tells it. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { blocksOf, readPage } from "../architecture/pages.ts";
import { FLOW, flowNamed, WEBHOOK } from "../helpers/manifests.ts";
import { openTwoTenants } from "../helpers/tenants.ts";

const MENU = FLOW.replace("skill: Billing", 'skill: "${var:skill}"').replace("ivr_main_menu_v2", "ivr_${var:stage}");
const PROMPTED = flowNamed("asked").replace("Press one for billing", '"${env:PROMPT}"');
const FOR_DEV = flowNamed("dev-only").replace("{ name: dev-only }", "{ name: dev-only, tenants: [dev] }");
const ENV = { HOOK_SECRET: "planted-hook-secret", PROMPT: "planted-prompt-1" };

it("shows what was edited by hand on either tenant, and nothing that git makes different", async (t) => {
  const world = await openTwoTenants(t, {
    "menu.yaml": MENU,
    "dev.yaml": FOR_DEV,
    "hook.yaml": WEBHOOK,
    "asked.yaml": PROMPTED,
  });
  const run = (...args: readonly string[]) => world.run(args, ENV);
  const applied = await run("apply", "--tenant", "all", "--auto-approve");
  assert.equal(applied.code, 0, applied.stdout + applied.stderr);
  const diff = ["diff", "--between", "dev", "prod", "--detailed-exitcode"];
  const alike = await run(...diff);
  assert.equal(alike.code, 0, alike.stderr);
  assert.equal(
    alike.stdout,
    `Live, going from tenant dev to tenant prod

  · Flow dev-only  for dev only

3 the same, 1 for dev only.
`,
  );

  world.dev.editFlow("ivr_dev", { nodes: [{ id: "node_queue_03", properties: { skill: "Support" } }] });
  world.prod.editFlow("ivr_asked", {
    nodes: [{ id: "node_dtmf_02", properties: { prompt: "edited-at-a-secret-place" } }],
  });
  world.dev.clearLog();
  const differs = await run(...diff);
  assert.equal(differs.code, 2);
  assert.equal(
    differs.stdout,
    `Live, going from tenant dev to tenant prod

  ~ Flow asked (ivr_asked)  caller-visible
      at node_dtmf_02, prompt is now "(secret 2)" instead of "(secret 1)"
      /nodes/node_dtmf_02/properties/prompt
          dev   "(secret)"
          prod  "(secret)"
  ~ Flow main-menu (ivr_dev, on the other ivr_prod)  caller-visible
      at node_queue_03, skill is now "Billing prod" instead of "Support"
      /nodes/node_queue_03/properties/skill
          dev   "Support"
          prod  "Billing prod"
  · Flow dev-only  for dev only

2 different, 1 the same, 1 for dev only.
`,
  );
  assert.ok(
    world.dev.log().every(({ carriedOut }) => !carriedOut),
    "it writes nothing",
  );

  world.prod.addFault({
    match: { method: "GET", path: "/api/v2/flows/ivr_asked" },
    times: "always",
    fault: { type: "status", status: 500 },
  });
  const unread = await run(...diff, "--output", "json");
  assert.equal(unread.code, 1);
  const document = JSON.parse(unread.stdout);
  const { formatVersion, first, second, summary, resources, only, findings } = document;
  const [block = ""] = blocksOf(readPage("commands.md"), "json diff");
  const shown = JSON.parse(block);
  const different = resources.find(({ state }: { state: string }) => state === "different");
  for (const [one, other] of [
    [document, shown],
    [different, shown.resources[0]],
    [different.differences[0], shown.resources[0].differences[0]],
  ]) {
    assert.deepEqual(Object.keys(one), Object.keys(other), "as docs/commands.md shows it");
  }
  assert.deepEqual([formatVersion, first, second, findings], [1, "dev", "prod", []]);
  assert.deepEqual(summary, { different: 1, same: 1, unknown: 1, onlyFirst: 1, onlySecond: 0 });
  assert.deepEqual(only, [{ tenant: "dev", kind: "Flow", name: "dev-only", id: "ivr_dev-only" }]);
  const [asked] = resources.filter(({ state }: { state: string }) => state === "unknown");
  assert.match(asked.reason, /^prod: /);
  assert.doesNotMatch(unread.stdout + differs.stdout + differs.stderr, /planted-|secret-place/);
});

it("with errors in the manifests it says them, once, and reads nothing", async (t) => {
  const world = await openTwoTenants(t, { "menu.yaml": FLOW.replace("to: node_end_05 }", "to: node_nowhere }") });
  const { code, stdout } = await world.run(["diff", "--between", "dev", "prod"]);
  assert.equal(code, 1);
  assert.equal(stdout.match(/node_nowhere/g)?.length, 1, stdout);
  assert.deepEqual([world.dev.log().length, world.prod.log().length], [0, 0]);
});
