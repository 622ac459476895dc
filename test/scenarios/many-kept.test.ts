/** A tenant may hold far more than a process may open files: what is kept beside the trail is written and read a few at a time. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { COMPILE_CACHE, type Ran, START } from "../helpers/command.ts";
import { flowNamed } from "../helpers/manifests.ts";
import { openEmulatedWorld, type World } from "../helpers/world.ts";

/** What the command needs besides kept documents (sockets, code, the trail) is about half of it. */
const OPEN_FILES = 80;
const FLOWS = 120;

/** Runs the command where it may open only so many files. */
function runNarrowly({ folder, env }: World, ...args: readonly string[]): Promise<Ran> {
  const script = `ulimit -n ${OPEN_FILES} && exec "$@"`;
  const command = ["-c", script, "sh", process.execPath, START, ...args];
  const surroundings = { PATH: process.env["PATH"], HOME: folder, ...COMPILE_CACHE, ...env };
  return new Promise((resolve) => {
    const child = execFile("sh", command, { cwd: folder, env: surroundings }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

it("keeps and reads the documents of more resources than it may open files", async (t) => {
  const flows = Array.from({ length: FLOWS }, (_, index) => flowNamed(`menu_${index}`));
  const world = await openEmulatedWorld(t, { "flows.yaml": flows.join("---\n") });
  await world.apply();
  rmSync(join(world.folder, ".cxone-gitops"), { recursive: true });

  const adopted = await runNarrowly(world, "apply", "--auto-approve", "--adopt");
  assert.equal(adopted.code, 0, adopted.stdout + adopted.stderr);
  assert.equal(world.trail().length, FLOWS);

  const planned = await runNarrowly(world, "plan");
  assert.equal(planned.code, 0, planned.stdout + planned.stderr);
  assert.match(planned.stdout, /No changes: live equals desired for 120 resources\./);
});
