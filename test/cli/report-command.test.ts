/** `--output markdown` and `--output html` of the built command. */
import assert from "node:assert/strict";
import { it } from "node:test";
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
    assert.match(markdown.stdout, /^<!-- cxone-gitops plan tenant=dev -->\n## Plan for tenant `dev`\n/);
    assert.match(markdown.stdout, /create Flow `main-menu`[\s\S]*```mermaid\nflowchart TD/);
    const html = await world.run(command, "--output", "html");
    assert.deepEqual([html.code, html.stderr], [code, ""]);
    assert.match(html.stdout, /^<!doctype html>[\s\S]*<\/html>\n$/);
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
