/** A plan's file holds no secret, and one that is not what was written is not believed. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { CREDENTIALS, openEmulatedWorld } from "../helpers/world.ts";
import { FLOW_ID, MANIFESTS, openPlannedWorld, SECRETS } from "./planned-world.ts";

it("is a file for its owner only, without secrets, whatever lay there before", async (t) => {
  const world = await openEmulatedWorld(t, MANIFESTS, {}, SECRETS);
  await world.apply();
  world.emulator.editFlow(FLOW_ID, {
    nodes: [{ id: "node_queue_03", properties: { pin: "by-hand-0000", skill: "Support" } }],
  });
  const file = join(world.folder, "plan.json");
  writeFileSync(file, "something else", { mode: 0o644 });
  const { code } = await world.run("plan", "--out", "plan.json", "--detailed-exitcode");
  assert.equal(code, 2);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const text = readFileSync(file, "utf8");
  assert.match(text, /"Support"/, "both sides are in it");
  for (const secret of [...Object.values(SECRETS), ...Object.values(CREDENTIALS), "by-hand-0000"]) {
    for (const form of [secret, Buffer.from(secret).toString("base64")]) assert.ok(!text.includes(form), form);
  }
});

describe("a file that cannot be trusted", () => {
  /** Turns one thing into another, and makes sure that it was there. */
  const turn = (from: string, to: string) => (text: string) => {
    assert.ok(text.includes(from), from);
    return text.replace(from, to);
  };
  const flags = ["prune", "adopt", "allowLargeChange", "allowProtected"];
  const changes: readonly (readonly [what: string, change: (text: string) => string, code: number, error: string])[] = [
    ...flags.map(
      (flag) => [`the flag ${flag}`, turn(`"${flag}": false`, `"${flag}": true`), 3, "plan/tampered"] as const,
    ),
    ["when it expires", (text) => text.replace(/"expiresAt": "\d{4}/, '"expiresAt": "2999'), 3, "plan/tampered"],
    ["what it is to become", turn('"skill": "Sales"', '"skill": "Slack"'), 3, "plan/tampered"],
    ["what a reader is shown", turn('"value": "Sales"', '"value": "Slack"'), 3, "plan/tampered"],
    [
      "one digit of a digest",
      (text) => text.replace(/("live": "hmac-sha256:)(.)/, (_, key, digit) => `${key}${digit === "0" ? "1" : "0"}`),
      3,
      "plan/tampered",
    ],
    ["what is to be done", turn('"action": "unchanged"', '"action": "delete"'), 3, "plan/tampered"],
    [
      "one digit of the seal",
      (text) => text.replace(/("seal": "hmac-sha256:)(.)/, (_, key, digit) => `${key}${digit === "0" ? "1" : "0"}`),
      3,
      "plan/tampered",
    ],
    ["a key more", turn('"formatVersion": 1,', '"formatVersion": 1, "more": 1,'), 3, "plan/tampered"],
    [
      "a key twice, of which readers see the first",
      turn('"options": {', '"options": {"prune": true}, "options": {'),
      3,
      "plan/tampered",
    ],
    ["the organisation", turn('"org": "acme-dev"', '"org": "acme-prod"'), 3, "plan/foreign"],
    ["the version that made it", (text) => text.replace(/"tool": "[^"]+"/, '"tool": "0.0.0"'), 3, "plan/foreign"],
    ["no seal", (text) => text.replace(/,\s+"seal": "[^"]+"/, ""), 1, "plan/invalid"],
    ["half of it", (text) => text.slice(0, text.length / 2), 1, "plan/invalid"],
    ["nothing", () => "", 1, "plan/invalid"],
    ["an HTML page", () => "<!doctype html><title>Sign in</title>", 1, "plan/invalid"],
    ["JSON that is no object", () => "[]\n", 1, "plan/invalid"],
    ["JSON of something else", () => "{}\n", 1, "plan/invalid"],
    ["too many brackets", () => `${"[".repeat(200_000)}${"]".repeat(200_000)}`, 1, "plan/invalid"],
    [
      "too many brackets below a key",
      () => `{"formatVersion":${'{"a":'.repeat(200_000)}1${"}".repeat(200_001)}`,
      1,
      "plan/invalid",
    ],
  ];

  it("is refused, and nothing is asked of the tenant", async (t) => {
    const world = await openPlannedWorld(t);
    const text = readFileSync(world.file, "utf8");
    for (const [what, change, code, error] of changes) {
      const changed = change(text);
      assert.notEqual(changed, text, what);
      writeFileSync(world.file, changed);
      const ran = await world.applyFile("--output", "json");
      assert.equal(ran.code, code, `${what}\n${ran.said}`);
      assert.ok(ran.said.includes(`"code": "${error}"`), `${what}\n${ran.said}`);
      assert.deepEqual(world.emulator.log(), [], what);
    }
    rmSync(world.file);
    assert.match((await world.applyFile()).said, /plan\.json is no saved plan: ENOENT.*\(plan\/invalid\)/);
    mkdirSync(world.file);
    assert.match((await world.applyFile()).said, /plan\.json is no saved plan: EISDIR.*\(plan\/invalid\)/);
    assert.deepEqual(world.emulator.log(), []);
    rmSync(world.file, { recursive: true });
    writeFileSync(world.file, text);
    assert.equal((await world.applyFile()).code, 0, "as it was written, it is applied");
  });

  it("is refused for another tenant, or for one of that name elsewhere", async (t) => {
    const world = await openPlannedWorld(t);
    const twoTenants = (text: string) => `${text}${text.replace("tenants:\n  dev:", "  prod:")}`;
    const elsewhere = [
      { to: twoTenants, flags: ["--tenant", "prod"], says: /made for tenant "dev", and this is "prod"/ },
      {
        to: (text: string) => text.replace("acme-dev", "acme-two"),
        flags: [],
        says: /another organisation or other addresses/,
      },
      {
        to: (text: string) => text.replace("127.0.0.1", "localhost"),
        flags: [],
        says: /another organisation or other addresses/,
      },
    ];
    for (const { to, flags: more, says } of elsewhere) {
      world.config(to);
      const ran = await world.applyFile(...more);
      assert.equal(ran.code, 3, ran.said);
      assert.match(ran.said, says);
      assert.match(ran.said, /\(plan\/foreign\)/);
      assert.deepEqual(world.emulator.log(), []);
    }
    world.config(twoTenants);
    assert.equal((await world.applyFile("--tenant", "dev")).code, 0);
  });

  it("is refused when it was sealed with another key, or has expired", async (t) => {
    const world = await openEmulatedWorld(
      t,
      MANIFESTS,
      {},
      { ...SECRETS, KEY_A: "planted-key-a", KEY_B: "planted-key-b" },
    );
    const plans = (written: string) => world.config((text) => `${text}plans: { ${written} }\n`);
    const refuses = async (error: string) => {
      world.emulator.clearLog();
      const ran = await world.run("apply", "plan.json");
      assert.equal(ran.code, 3, ran.stdout + ran.stderr);
      assert.ok(ran.stderr.includes(`(${error})`), ran.stderr);
      assert.doesNotMatch(ran.stdout + ran.stderr, /planted/);
      assert.deepEqual(world.emulator.log(), []);
    };
    plans('key: "${env:KEY_A}"');
    assert.equal((await world.run("plan", "--out", "plan.json")).code, 0);
    assert.ok(!readFileSync(join(world.folder, "plan.json"), "utf8").includes("planted"));
    plans('key: "${env:KEY_B}"');
    await refuses("plan/tampered");
    world.config((text) => text);
    await refuses("plan/tampered");
    plans('key: "${env:KEY_A}", validForHours: 0.0000001');
    assert.equal((await world.run("plan", "--out", "late.json")).code, 0);
    assert.equal((await world.run("apply", "plan.json")).code, 0, "the one that was made before is still valid");
    assert.equal((await world.run("plan", "--out", "plan.json")).code, 0);
    await refuses("plan/expired");
  });
});
