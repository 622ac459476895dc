/** `--output markdown` and `--output html` of the built command. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { runCommand } from "../helpers/command.ts";
import { withoutCost } from "../helpers/costs.ts";
import { FLOW, WEBHOOK } from "../helpers/manifests.ts";
import { openEmulatedWorld } from "../helpers/world.ts";
import { unpack } from "../render/unpack.ts";

const HOOK_SECRET = "planted-hook-secret";

for (const command of ["plan", "drift"]) {
  it(`${command} prints one comment, or one page, and nothing else`, async (t) => {
    const world = await openEmulatedWorld(t, { "flow.yaml": FLOW, "hook.yaml": WEBHOOK }, {}, { HOOK_SECRET });
    const code = command === "plan" ? 0 : 2;
    const markdown = await world.run(command, "--output", "markdown");
    assert.deepEqual([markdown.code, markdown.stderr], [code, ""]);
    const title = command === "drift" ? "Drift on" : "Plan for";
    assert.ok(
      markdown.stdout.startsWith(`<!-- cxone-gitops ${command} tenant=dev -->\n## ${title} tenant \`dev\`\n`),
      markdown.stdout,
    );
    assert.match(markdown.stdout, /create Flow `main-menu`[\s\S]*```mermaid\nflowchart TD/);
    const html = await world.run(command, "--output", "html");
    assert.deepEqual([html.code, html.stderr], [code, ""]);
    assert.match(html.stdout, /^<!doctype html>[\s\S]*<\/html>\n$/);
    assert.ok(html.stdout.includes(`<h1>${title} tenant dev</h1>`));
    assert.match(unpack(html.stdout), /<svg[\s\S]*node_dtmf_02/);
    assert.doesNotMatch(`${markdown.stdout}${html.stdout}${unpack(html.stdout)}`, /planted/);
    assert.deepEqual(world.writes(), []);
  });
}

it("a plan that cannot be applied is shown, and the exit code says so", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW.replace("to: node_queue_03", "to: node_nowhere") });
  for (const format of ["markdown", "html"]) {
    const ran = await world.run("plan", "--output", format);
    assert.equal(ran.code, 1);
    assert.match(ran.stdout, /Nothing will be applied: \d error/);
    assert.match(ran.stdout, /flow\/unknown-node/);
  }
});

it("a command that cannot begin leaves stdout empty", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  for (const format of ["markdown", "html"]) {
    const ran = await world.run("plan", "--output", format, "--tenant", "nobody");
    assert.deepEqual([ran.code, ran.stdout], [1, ""]);
    assert.match(ran.stderr, /nobody/);
  }
});

for (const format of ["text", "json", "markdown", "html"]) {
  it(`a plan that cannot be saved is not printed as ${format}`, async (t) => {
    const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
    const ran = await world.run("plan", "--output", format, "--out", join(world.folder, "no-folder", "plan.json"));
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, /could not be saved .*\(plan\/invalid\)/);
    if (format === "json") assert.equal(JSON.parse(ran.stdout).error.code, "plan/invalid");
    else assert.equal(ran.stdout, "");
  });
}

describe("output that cannot be written", { skip: !existsSync("/dev/full") }, () => {
  const ERROR = /^error: the output could not be written: .*ENOSPC.* \(output\/unwritable\)\n {4}Send .*\n$/;
  const cases: readonly (readonly [what: string, ...args: string[]])[] = [
    ["findings", "validate"],
    ["a plan", "plan", "--detailed-exitcode"],
    ["a page, piece by piece", "plan", "--output", "html"],
    ["an error", "plan", "--output", "json", "--tenant", "nobody"],
  ];
  for (const [what, ...args] of cases) {
    it(`${what}: one error, no stack, exit 1`, async (t) => {
      const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
      const { code, stderr } = await runCommand(args, { cwd: world.folder, env: world.env, stdoutTo: "/dev/full" });
      assert.equal(code, 1);
      assert.match(withoutCost(stderr).replace(/^error: there is no tenant.*\n.*\n/m, ""), ERROR);
    });
  }

  it("apply goes on to its end", async (t) => {
    const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
    const into = { cwd: world.folder, env: world.env, stdoutTo: "/dev/full" };
    const { code, stderr } = await runCommand(["apply", "--auto-approve"], into);
    assert.equal(code, 1);
    assert.match(stderr, /output\/unwritable/);
    assert.equal(world.writes().length, 1);
    assert.equal((await world.plan()).plan.summary.unchanged, 1);
  });
});
