/** Planted secrets are looked for in everything that a run leaves behind. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { FLOW, WEBHOOK } from "../helpers/manifests.ts";
import { startPlainCxone } from "../helpers/plain-cxone.ts";
import { CREDENTIALS, openEmulatedWorld, openWorld } from "../helpers/world.ts";

const PLANTED = { HOOK_SECRET: "whsec_planted-hook-secret", PARTNER_PIN: 'planted pin/with "quotes" & more' };
const FORBIDDEN = [CREDENTIALS.CXONE_CLIENT_SECRET, ...Object.values(PLANTED)].flatMap((secret) => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString("base64"),
]);
const MANIFESTS = {
  "flow.yaml": FLOW.replace("skill: Billing", `pin: "\${env:PARTNER_PIN}", skill: Billing`),
  "hook.yaml": WEBHOOK,
};

function assertClean(what: string, text: string, more: readonly string[] = []): void {
  for (const secret of [...FORBIDDEN, ...more]) assert.ok(!text.includes(secret), `${what} holds a secret:\n${text}`);
}

it("no output, log, plan or audit entry holds a client secret, a token or a value from the environment", async (t) => {
  const world = await openEmulatedWorld(t, MANIFESTS, {}, PLANTED);
  const commands = [
    ["validate", "--output", "json"],
    ["plan", "--log-level", "trace"],
    ["plan", "--output", "json"],
    ["apply", "--auto-approve", "--log-level", "trace"],
    ["audit", "log"],
    ["audit", "log", "--output", "json"],
    ["audit", "verify"],
  ];
  for (const command of commands) {
    const ran = await world.run(...command);
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    assertClean(command.join(" "), ran.stdout + ran.stderr);
  }
  assert.match(
    JSON.stringify(world.emulator.document("flow", "ivr_main_menu_v2")),
    /planted pin/,
    "it did arrive where it belongs",
  );

  world.emulator.editFlow("ivr_main_menu_v2", { nodes: [{ id: "node_queue_03", properties: { pin: "0000" } }] });
  const drift = await world.run("drift");
  assert.equal(drift.code, 2);
  assert.match(drift.stdout, /properties\/pin: "\(secret\)" → "\(secret\)"/, "changed, and neither side is shown");
  assertClean("drift", drift.stdout + drift.stderr);

  const folder = join(world.folder, ".cxone-gitops");
  for (const name of readdirSync(folder)) {
    assertClean(name, readFileSync(join(folder, name), "utf8"));
    assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, `${name} is for its owner only`);
  }
});

it("a server that repeats credentials in its answers gets them into no message", async (t) => {
  const tokens: string[] = [];
  const plain = await startPlainCxone({
    program: ({ path, headers, text }) => {
      if (path.includes("token")) return undefined;
      tokens.push((headers["authorization"] ?? "").replace("Bearer ", ""));
      return {
        status: 422,
        body: { message: `rejected: ${headers["authorization"]} ${text} ${CREDENTIALS.CXONE_CLIENT_SECRET}` },
      };
    },
  });
  t.after(() => plain.close());
  const world = openWorld(t, plain.url, MANIFESTS, PLANTED);
  for (const command of [
    ["plan", "--log-level", "trace"],
    ["apply", "--auto-approve", "--output", "json"],
  ]) {
    const ran = await world.run(...command);
    assert.equal(ran.code, 1);
    assert.ok(tokens.length > 0);
    assertClean(command.join(" "), ran.stdout + ran.stderr, tokens);
  }
});

it("a secret on the command line's way to a write that is refused stays out of the report", async (t) => {
  const world = await openEmulatedWorld(t, MANIFESTS, {}, PLANTED);
  const body = { message: `node_queue_03 is bad: ${PLANTED.PARTNER_PIN}` };
  world.emulator.addFault({
    match: { method: "POST", path: "/api/v2/flows" },
    fault: { type: "status", status: 422, body },
  });
  const ran = await world.run("apply", "--auto-approve", "--log-level", "trace");
  assert.match(ran.stdout, /node_queue_03 is bad: \(secret\)/);
  assertClean("apply", ran.stdout + ran.stderr);
  assertClean("trail", readFileSync(join(world.folder, ".cxone-gitops", "audit.jsonl"), "utf8"));
});
