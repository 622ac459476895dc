/** A narrow run hides what a run about everything hides: it reads what it has to, to know what that is. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { isJsonObject, type JsonObject } from "../../src/model/json.ts";
import { runHere } from "../helpers/here.ts";
import { flowNamed, WEBHOOK } from "../helpers/manifests.ts";
import { type EmulatedWorld, openEmulatedWorld } from "../helpers/world.ts";

const OLD = "planted-lookup-81d0";
const PLANTED = /planted/;
const withKey = (name: string) => flowNamed(name).replace("skill: Billing", 'skill: Billing, key: "${env:LOOKUP}"');

/** Somebody copies the secret into another flow by hand. */
function copyInto({ emulator }: EmulatedWorld, id: string): void {
  const copied = (node: JsonObject) =>
    node["id"] === "node_queue_03" ? { ...node, properties: { skill: OLD } } : node;
  emulator.editFlow(id, (flow) => {
    const nodes = Array.isArray(flow["nodes"]) ? flow["nodes"] : [];
    return { ...flow, nodes: nodes.map((node) => (isJsonObject(node) ? copied(node) : node)) };
  });
}

function readsOf({ emulator }: EmulatedWorld): readonly string[] {
  const reads = emulator.log().filter(({ method }) => method === "GET");
  return reads.map(({ path }) => path.replace(/^.*ivr_/, "")).toSorted();
}

function written({ folder }: EmulatedWorld): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return files.map((file) => readFileSync(join(file.parentPath, file.name), "utf8")).join("\n");
}

it("the secret of yesterday is masked in what is printed, saved, kept and recorded, though its own document is left out", async (t) => {
  const manifests = {
    "a.yaml": withKey("a"),
    ...Object.fromEntries(["b", "c", "d"].map((name) => [`${name}.yaml`, flowNamed(name)])),
    "hook.yaml": WEBHOOK,
  };
  const world = await openEmulatedWorld(t, manifests, {}, { LOOKUP: OLD, HOOK_SECRET: "whsec_planted" });
  await world.apply();
  copyInto(world, "ivr_b");
  world.emulator.clearLog();
  const run = (...args: readonly string[]) =>
    runHere(args, { cwd: world.folder, env: { ...world.env, LOOKUP: "planted-lookup-9999" } });
  const planned = await run("plan", "--only", "Flow/b", "--out", "plan.json");
  assert.match(planned.stdout, /1 more was read to know what to mask\./);
  assert.match(planned.stdout, /skill: "\(secret\)" → "Billing"/);
  assert.deepEqual(readsOf(world), ["a", "b"], "of a webhook's secret nothing is ever read");
  const applied = await run("apply", "plan.json");
  assert.equal(applied.code, 0, applied.stderr);
  assert.doesNotMatch(planned.stdout + planned.stderr + applied.stdout + applied.stderr + written(world), PLANTED);

  // The manifest has let go of the secret; the document as it was kept still tells where it stands.
  const isApplied = await run("apply", "--auto-approve", "--only", "Flow/a");
  assert.equal(isApplied.code, 0, isApplied.stderr);
  world.write({ "a.yaml": flowNamed("a") });
  world.emulator.clearLog();
  assert.match((await run("plan", "--only", "Flow/c", "--output", "json")).stdout, /1 more was read/);
  assert.deepEqual(readsOf(world), ["a", "c"]);
});

it("a kept document with masks is read, whatever its manifest says; with nothing selected nothing is", async (t) => {
  const labelled = flowNamed("b").replace("name: b }", "name: b, labels: { team: x } }");
  const manifests = { "a.yaml": withKey("a"), "b.yaml": labelled, "c.yaml": flowNamed("c") };
  const world = await openEmulatedWorld(t, manifests, {}, { LOOKUP: OLD });
  await world.apply();
  world.emulator.editFlow("ivr_b", (flow) => ({ ...flow, note: `as in a: ${OLD}` }));
  world.write({ "b.yaml": labelled.replace("Billing", "Sales") });
  await world.apply();
  world.remove("a.yaml");
  const { LOOKUP: _, ...env } = world.env;
  const run = (...args: readonly string[]) => runHere(args, { cwd: world.folder, env });
  const pruned = await run("apply", "--auto-approve", "--prune");
  assert.equal(pruned.code, 0, pruned.stdout + pruned.stderr);
  copyInto(world, "ivr_c");
  world.emulator.clearLog();
  const { stdout } = await run("plan", "--only", "Flow/c");
  assert.deepEqual(readsOf(world), ["b", "c"]);
  assert.match(stdout, /skill: "\(secret\)" → "Billing"/);

  world.emulator.clearLog();
  const nothing = await run("plan", "--only", "Flow/c", "--selector", "team=x");
  assert.match(nothing.stdout, /Nothing to do/);
  assert.deepEqual(world.emulator.log(), []);
});
