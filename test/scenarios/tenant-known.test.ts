/** A saved plan and a run know their tenant: with several tenants, what was printed works as it stands. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { runHere } from "../helpers/here.ts";
import { FLOW, flowNamed } from "../helpers/manifests.ts";
import { openTwoTenants, TENANTS_ENV } from "../helpers/tenants.ts";

it("apply PLANFILE and restore RUN go to the tenant that they are of, and to no other", async (t) => {
  const world = await openTwoTenants(t, { "flow.yaml": FLOW });
  const run = (...args: readonly string[]) => runHere(args, { cwd: world.folder, env: TENANTS_ENV });
  const sent = () => [world.dev, world.prod].map((one) => one.log().filter(({ carriedOut }) => carriedOut).length);

  const planned = await run("plan", "--tenant", "prod", "--out", "plan.json");
  const [, command = ""] = /`cxone-gitops (.+?)` applies exactly this plan/.exec(planned.stderr) ?? [];
  assert.equal(command, "apply plan.json");
  const foreign = await run("apply", "plan.json", "--tenant", "dev");
  assert.deepEqual([foreign.code, sent()], [3, [0, 0]]);
  assert.match(foreign.stderr, /the plan was made for tenant "prod", and this is "dev"/);
  const applied = await run(...command.split(" "));
  assert.equal(applied.code, 0, applied.stderr);
  assert.deepEqual(sent(), [0, 1]);

  world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Sales") });
  const changed = await run("apply", "--tenant", "prod", "--auto-approve", "--output", "json");
  const { run: id } = JSON.parse(changed.stdout);
  const elsewhere = await run("restore", id, "--tenant", "dev", "--auto-approve");
  assert.match(elsewhere.stderr, /was on tenant "prod", and this is "dev"/);
  const restored = await run("restore", id, "--auto-approve");
  assert.equal(restored.code, 0, restored.stderr);
  assert.deepEqual(sent(), [0, 3]);
  assert.match((await run("restore", "nosuch")).stderr, /holds no run "nosuch" \(audit\/not-found\)/);

  world.write({ "new.yaml": flowNamed("new") });
  const fresh = await run("apply", "--auto-approve");
  assert.match(
    fresh.stderr,
    /the configuration has several tenants/,
    "a plan that is made now must be told whose it is",
  );
});
