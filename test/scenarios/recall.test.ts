/** What a run reads of what was kept beside the trail: only what is no longer as it was. */
import assert from "node:assert/strict";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { EMAIL, flowNamed } from "../helpers/manifests.ts";
import { openEmulatedWorld } from "../helpers/world.ts";

it("of what nobody has touched no kept file is needed, and of what somebody has touched every one", async (t) => {
  const manifests = {
    "mail.yaml": EMAIL,
    "a.yaml": flowNamed("a"),
    "b.yaml": flowNamed("b"),
    "c.yaml": flowNamed("c"),
  };
  const world = await openEmulatedWorld(t, manifests);
  await world.apply();
  const kept = join(world.folder, ".cxone-gitops", "audit.jsonl.objects");
  const away = (is: boolean) => renameSync(is ? kept : `${kept}.away`, is ? `${kept}.away` : kept);
  const planned = async () => {
    const { code, plan } = await world.plan();
    return [code, plan.changes?.map(({ name, action, drift }) => `${name} ${action} ${drift?.origin ?? "-"}`)];
  };
  const broken = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await world.run(...args);
    assert.equal(code, 1);
    assert.match(stdout + stderr, /kept document .* gone/);
  };

  away(true);
  assert.deepEqual(await planned(), [
    0,
    ["order-confirmation unchanged -", "a unchanged -", "b unchanged -", "c unchanged -"],
  ]);
  await broken("apply", "--auto-approve");

  world.emulator.editFlow("ivr_a", { name: "By hand" });
  await broken("plan");
  away(false);
  const edited = ["order-confirmation unchanged -", "a update edited-live", "b unchanged -", "c unchanged -"];
  assert.deepEqual(await planned(), [0, edited]);
  await world.apply();

  world.write({ "b.yaml": flowNamed("b").replace("name: b", "name: b, labels: { team: x }") });
  away(true);
  await broken("plan");
  away(false);
  world.remove("c.yaml");
  away(true);
  await broken("plan");
  away(false);
  const left = ["order-confirmation unchanged -", "a unchanged -", "b unchanged -", "c report -"];
  assert.deepEqual(await planned(), [0, left]);
});
