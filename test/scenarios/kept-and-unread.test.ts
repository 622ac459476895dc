import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import type { JsonObject } from "../../src/model/json.ts";
import { runHere } from "../helpers/here.ts";
import { EMAIL, flowNamed, WORKFLOW } from "../helpers/manifests.ts";
import { openEmulatedWorld } from "../helpers/world.ts";

const MAIL = EMAIL.replace("wf_12345", "wf_service_visit");
const YESTERDAY = "planted-lookup-81d0";

describe("an orphan that is kept keeps what it names", () => {
  it("also when it was to be deleted, and is kept for what lives in it", async (t) => {
    const naming = WORKFLOW.replace(/(\{ id: end_node[^}]*?)( \})/, "$1, properties: { flow: ivr_x } }");
    const manifests = { "w.yaml": naming, "m.yaml": MAIL, "x.yaml": flowNamed("x"), "f.yaml": flowNamed("f") };
    const world = await openEmulatedWorld(t, manifests);
    await world.apply();
    world.remove("w.yaml", "m.yaml", "x.yaml");
    const flags = ["--prune", "--allow-large-change", "--only", "Workflow/service-visit", "--only", "Flow/x"];
    const run = await world.run("apply", "--auto-approve", ...flags);
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /Workflow service-visit still names it, which is orphaned, too, and kept/);
    assert.notEqual(world.emulator.document("flow", "ivr_x"), undefined);
  });
});

describe("a document that tells what to mask and cannot be read", () => {
  for (const command of [["plan"], ["apply", "--auto-approve"]]) {
    it(`ends a narrow ${command[0]} before anything of it is shown or kept`, async (t) => {
      const { run, written } = await runUnread(t, [...command, "--only", "Flow/flow-1"]);
      assert.equal(run.code, 1);
      assert.match(run.stderr, /flow "ivr_flow-0" could not be read, which tells what to mask: .*\(plan\/untaught\)/);
      assert.doesNotMatch(run.stdout + run.stderr + written(), new RegExp(YESTERDAY));
    });
  }

  it("keeps everything that was read beside it out of the cache", async (t) => {
    const { run, written } = await runUnread(t, ["plan"]);
    assert.equal(run.code, 1);
    assert.doesNotMatch(written(), new RegExp(YESTERDAY));
  });
});

/** A secret was rotated; somebody has put the old one into another flow, and the flow that would show which that was cannot be read. */
async function runUnread(t: TestContext, command: readonly string[]) {
  const telling = flowNamed("flow-0").replace("Press one for billing", '"${env:PIN}"');
  const manifests = { "flow-0.yaml": telling, "flow-1.yaml": flowNamed("flow-1"), "flow-2.yaml": flowNamed("flow-2") };
  const world = await openEmulatedWorld(t, manifests, {}, { PIN: YESTERDAY });
  await world.apply();
  rmSync(join(world.folder, ".cxone-gitops/cache"), { recursive: true, force: true });
  world.emulator.editFlow("ivr_flow-1", (flow): JsonObject => {
    return JSON.parse(JSON.stringify(flow).replace('"skill":"Billing"', `"skill":"${YESTERDAY}"`));
  });
  const match = { method: "GET", path: "/api/v2/flows/ivr_flow-0" };
  world.emulator.addFault({ match, times: "always", fault: { type: "status", status: 403 } });
  const run = await runHere(command, { cwd: world.folder, env: { ...world.env, PIN: "Another-One-77" } });
  return { run, written: () => readAll(join(world.folder, ".cxone-gitops")) };
}

function readAll(folder: string): string {
  if (!existsSync(folder)) return "";
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  return files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8")).join("\n");
}

it("what was never applied from here stays held back, also once something else in its document was written", async (t) => {
  const world = await openEmulatedWorld(t, { "w.yaml": WORKFLOW });
  await world.apply();
  rmSync(join(world.folder, ".cxone-gitops"), { recursive: true });
  world.emulator.editWorkflow("wf_service_visit", { name: "Edited by Ada" });
  world.write({ "m.yaml": MAIL });
  for (let pass = 1; pass <= 2; pass += 1) {
    const run = await world.run("reconcile", "--policy", "repair-unless-edited");
    assert.equal(run.code, 2, `pass ${pass}: ${run.stdout}`);
    assert.equal(world.emulator.document("workflow", "wf_service_visit")?.["name"], "Edited by Ada");
  }
});
