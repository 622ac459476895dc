/** Planted secrets are looked for in everything that a run leaves behind. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { runCommand } from "../helpers/command.ts";
import { FLOW, WEBHOOK } from "../helpers/manifests.ts";
import { startPlainCxone } from "../helpers/plain-cxone.ts";
import { CREDENTIALS, openEmulatedWorld, openWorld, type World } from "../helpers/world.ts";

const PLANTED = {
  HOOK_SECRET: "whsec_planted-hook-secret",
  PARTNER_PIN: 'planted pin/with "quotes" & more',
  GATE_KEY: "it's <a planted> key",
};
const FORBIDDEN = [CREDENTIALS.CXONE_CLIENT_SECRET, ...Object.values(PLANTED)].flatMap((secret) => [
  secret,
  secret.replaceAll("'", "\\'"),
  secret.replaceAll("'", "\\\\'"),
  secret.replaceAll("'", "&#39;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
  secret.replaceAll("'", "\\'").replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
  secret.replaceAll("<", "\\u003c"),
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString("base64"),
]);
const MANIFESTS = {
  "flow.yaml": FLOW.replace("skill: Billing", `pin: "\${env:PARTNER_PIN}", skill: Billing`).replace(
    "    - { from: node_dtmf_02, to: node_end_05, type: fallback }",
    `    - { from: node_dtmf_02, to: node_end_05, when: 'dtmf == "\${env:GATE_KEY}"' }
    - { from: node_dtmf_02, to: node_end_05, type: fallback }`,
  ),
  "hook.yaml": WEBHOOK,
};

function assertClean(what: string, text: string, more: readonly string[] = []): void {
  for (const secret of [...FORBIDDEN, ...more]) assert.ok(!text.includes(secret), `${what} holds a secret:\n${text}`);
}

it("no output, log, plan or audit entry holds a client secret, a token or a value from the environment", async (t) => {
  const world = await openEmulatedWorld(t, MANIFESTS, {}, PLANTED);
  const commands = [
    ["validate", "--output", "json"],
    ["validate", "--output", "sarif"],
    ["test", "--output", "json"],
    ["graph", "main-menu"],
    ["graph", "main-menu", "--format", "svg"],
    ["graph", "main-menu", "--format", "html", "--against", "live"],
    ["graph", "main-menu", "--output", "json"],
    ["plan", "--output", "markdown"],
    ["plan", "--output", "html"],
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

  await world.apply();
  const folder = join(world.folder, ".cxone-gitops");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true });
  assert.ok(
    files.some(({ parentPath }) => parentPath.endsWith(".objects")),
    "documents were kept",
  );
  for (const file of files.filter((entry) => entry.isFile())) {
    const path = join(file.parentPath, file.name);
    assertClean(file.name, readFileSync(path, "utf8"), ['"0000"']);
    assert.equal(statSync(path).mode & 0o777, 0o600, `${file.name} is for its owner only`);
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

it("a report about somebody's edit shows no side of a secret, however long, and not the one before either", async (t) => {
  const long = `LONGSECRET-${"0123456789-".repeat(10)}`;
  const world = await openEmulatedWorld(t, MANIFESTS, {}, { ...PLANTED, PARTNER_PIN: "first-planted-pin" });
  await world.apply();
  const edit = { nodes: [{ id: "node_queue_03", properties: { pin: "by hand" } }] };
  world.emulator.addFault({ match: { method: "PUT" }, fault: { type: "concurrent-edit", edit } });
  const env = { ...CREDENTIALS, ...PLANTED, PARTNER_PIN: long };
  const ran = await runCommand(["apply", "--auto-approve"], { cwd: world.folder, env });
  assert.equal(ran.code, 3);
  assert.match(
    ran.stdout,
    /properties\/pin was \(secret\) in the plan, is \(secret\) now, and git asks for \(secret\)/,
  );
  const trail = readFileSync(join(world.folder, ".cxone-gitops", "audit.jsonl"), "utf8");
  assertClean("apply and trail", ran.stdout + ran.stderr + trail, ["LONGSECRET", "first-planted-pin"]);
});

it("a node that is taken out of a manifest takes its secret with it unseen", async (t) => {
  const node = `    - { id: node_old_04, type: decision, properties: { pin: "\${env:PARTNER_PIN}", prompt: Hello } }\n`;
  const connections =
    "    - { from: node_start_01, to: node_old_04, when: isOld }\n    - { from: node_old_04, to: node_end_05 }\n";
  const before = FLOW.replace("    - { id: node_end_05", `${node}    - { id: node_end_05`) + connections;
  const world = await openEmulatedWorld(t, { "flow.yaml": before }, {}, PLANTED);
  await world.apply();
  world.write({ "flow.yaml": FLOW });
  for (const output of ["text", "json"]) {
    const ran = await world.run("plan", "--output", output);
    assert.match(ran.stdout, /node_old_04/);
    assert.match(ran.stdout, /Hello/, "what is no secret is shown");
    assertClean(`plan as ${output}`, ran.stdout + ran.stderr);
  }
});

it("JSON stays JSON when a secret reads like a word of it", async (t) => {
  const manifests = { "flow.yaml": FLOW.replace("skill: Billing", `skill: Billing, flag: "\${env:FLAG}"`) };
  for (const FLAG of ["true", "null", "2024", "name"]) {
    const world = await openEmulatedWorld(t, manifests, {}, { FLAG });
    const ran = await world.run("plan", "--output", "json", "--log-level", "trace");
    assert.equal(JSON.parse(ran.stdout).changes[0].patch[0].value.nodes.node_queue_03.properties.flag, "(secret)");
    for (const line of ran.stderr.trim().split("\n")) JSON.parse(line);
  }
});

describe("a secret that leaves manifest and environment at once, and stays live because no manifest names its place", () => {
  async function takeSecretAway(t: TestContext): Promise<World> {
    const world = await openEmulatedWorld(t, { "flow.yaml": MANIFESTS["flow.yaml"] }, {}, PLANTED);
    await world.apply();
    world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Sales") });
    return world;
  }
  async function assertUnseen({ folder }: World): Promise<void> {
    for (const command of [["plan"], ["plan", "--output", "json"], ["apply", "--auto-approve"], ["audit", "log"]]) {
      const ran = await runCommand(command, { cwd: folder, env: CREDENTIALS });
      assert.equal(ran.code, 0, ran.stdout + ran.stderr);
      assertClean(command.join(" "), ran.stdout + ran.stderr);
    }
    const entries = readdirSync(join(folder, ".cxone-gitops"), { recursive: true, withFileTypes: true });
    for (const file of entries.filter((entry) => entry.isFile())) {
      assertClean(file.name, readFileSync(join(file.parentPath, file.name), "utf8"));
    }
  }

  it("is in no output and no kept document of the run that takes it away", async (t) => {
    await assertUnseen(await takeSecretAway(t));
  });

  it("nor of a run after that", async (t) => {
    const world = await takeSecretAway(t);
    assert.equal((await runCommand(["apply", "--auto-approve"], { cwd: world.folder, env: CREDENTIALS })).code, 0);
    world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Retail") });
    await assertUnseen(world);
  });
});

it("what is said of a change is true also where secrets are hidden, and a value that nothing refers to changes no word", async (t) => {
  const branch = (name: string, to: string) =>
    `    - { from: node_dtmf_02, to: ${to}, when: "$contact.pin == '\${env:${name}}'" }\n`;
  const flow = (first: string, second: string) =>
    FLOW.replace("  connections:\n", `  connections:\n${branch("FIRST_PIN", first)}${branch("SECOND_PIN", second)}`);
  const pins = { FIRST_PIN: "4711-first", SECOND_PIN: "0815-second", UNUSED: "Billing-Tier-1" };
  const world = await openEmulatedWorld(t, { "flow.yaml": flow("node_queue_03", "node_end_05") }, {}, pins);
  await world.apply();
  world.write({ "flow.yaml": flow("node_end_05", "node_queue_03") });
  const plan = JSON.parse((await world.run("plan", "--output", "json")).stdout);
  assert.deepEqual(
    plan.changes[0].effects.filter((effect: string) => !effect.includes("undetermined")),
    [
      "callers pressing any other key or nothing while `(secret 2)` holds and `(secret 1)` does not hold at node_dtmf_02 now reach node_queue_03 instead of node_end_05",
      "callers pressing any other key or nothing while `(secret 2)` does not hold and `(secret 1)` holds at node_dtmf_02 now reach node_end_05 instead of node_queue_03",
    ],
  );
});
