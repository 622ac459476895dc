/** A container may run the command as a number that no name belongs to (`docker run -u 54321`, OpenShift). */
import assert from "node:assert/strict";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { runCommand } from "../helpers/command.ts";
import { FLOW } from "../helpers/manifests.ts";
import { openEmulatedWorld } from "../helpers/world.ts";

const isRoot = process.getuid?.() === 0;

it("a user without a name writes, and is unknown in the trail", { skip: !isRoot && "takes root" }, async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  chmodSync(world.folder, 0o777);
  const become = "data:text/javascript,process.setgid(54321);process.setuid(54321)";
  const env = { ...world.env, NODE_OPTIONS: `--import ${become}`, NODE_COMPILE_CACHE: join(world.folder, "cache") };
  const ran = await runCommand(["apply", "--auto-approve"], { cwd: world.folder, env });
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(new Set(world.trail().map(({ actor }) => actor)), new Set(["unknown"]));
});
