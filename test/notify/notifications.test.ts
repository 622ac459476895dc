/** Notifications of real runs, to a receiver on a real socket. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { runPass } from "../../src/cli/following/pass.ts";
import { NOTIFICATION_TYPES } from "../../src/model/notification.ts";
import { blocksOf, readPage, rowsOf, sectionOf } from "../architecture/pages.ts";
import { runCommand } from "../helpers/command.ts";
import { withoutCost } from "../helpers/costs.ts";
import { runHere } from "../helpers/here.ts";
import { EMAIL, FLOW, SECOND_EMAIL, WEBHOOK } from "../helpers/manifests.ts";
import { startRun } from "../helpers/running.ts";
import { takeStep } from "../helpers/steps.ts";
import { writeFiles } from "../helpers/temp-folder.ts";
import { openTestIo } from "../helpers/test-io.ts";
import { configFor, type EmulatedWorld, openEmulatedWorld } from "../helpers/world.ts";
import { openReceiver, type Received } from "./receiver.ts";

const KEY = Buffer.alloc(32, "planted-notification-key").toString("base64");
const SECRETS = { NOTIFY_SECRET: `whsec_${KEY}`, HOOK_SECRET: "planted-hook-secret" };

/** A world whose runs tell a receiver; `more` are further keys of the entry. */
function tell(world: EmulatedWorld, url: string, more = "", secret = 'secret: "${env:NOTIFY_SECRET}"'): void {
  const entry = [`url: "${url}"`, secret, more].filter((part) => part !== "").join(", ");
  writeFiles(world.folder, {
    "cxone-gitops.yaml": `${configFor(world.emulator.url)}notifications:\n  - { ${entry} }\n`,
  });
}

/** What Standard Webhooks says, in our own words: HMAC-SHA256 over id, timestamp and body. */
function isSigned({ headers, body }: Received): boolean {
  const text = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const signature = createHmac("sha256", Buffer.from(KEY, "base64")).update(text).digest("base64");
  return headers["webhook-signature"] === `v1,${signature}`;
}

it("each document that a run changed is told once, signed, and a run that changes nothing tells nothing", async (t) => {
  const manifests = { "flow.yaml": FLOW, "mails.yaml": `${EMAIL}---\n${SECOND_EMAIL}`, "hook.yaml": WEBHOOK };
  const world = await openEmulatedWorld(t, manifests, {}, SECRETS);
  const { url, received } = await openReceiver(t);
  tell(world, url);
  const applied = await world.apply();
  assert.equal(withoutCost(applied.stderr), "");
  const bodies = received.map(({ body }) => JSON.parse(body));
  assert.deepEqual(bodies.map(({ type }) => type).toSorted(), [
    "flow.connections.updated",
    "webhook.updated",
    "workflow.updated",
  ]);
  assert.ok(received.every(isSigned));
  assert.equal(new Set(received.map(({ headers }) => headers["webhook-id"])).size, 3);
  const flow = bodies.find(({ type }) => type === "flow.connections.updated");
  const { latency_ms, effects, resources, run, actor, ...rest } = flow.data;
  assert.deepEqual(rest, {
    tenant: "dev",
    command: "apply",
    commit: null,
    pullRequest: null,
    kind: "Flow",
    name: "main-menu",
    id: "ivr_main_menu_v2",
    action: "create",
    impact: "caller-visible",
    document: { type: "flow", id: "ivr_main_menu_v2" },
    version: 1,
    result: null,
    error: null,
  });
  assert.equal(run, world.trail()[0]?.["run"]);
  assert.ok(typeof actor === "string" && typeof latency_ms === "number" && effects.length > 0);
  assert.equal(resources.length, 1);
  const [shown = ""] = blocksOf(readPage("notifications.md"), "json notification");
  assert.deepEqual(Object.keys(JSON.parse(shown).data).toSorted(), Object.keys(flow.data).toSorted());
  const workflow = bodies.find(({ type }) => type === "workflow.updated");
  assert.deepEqual(
    workflow.data.resources.map(({ name }: { name: string }) => name),
    ["order-confirmation", "order-reminder"],
  );
  assert.doesNotMatch(`${applied.stdout}${received.map(({ body }) => body).join("")}`, /planted|whsec_/);

  await world.apply();
  assert.equal(received.length, 3);
});

it("drift tells edits once by their id, reconcile tells them and the repair, and a failed run is told", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW }, {}, SECRETS);
  const { url, received } = await openReceiver(t);
  await world.apply();
  tell(world, url);
  world.emulator.editFlow("ivr_main_menu_v2", { nodes: [{ id: "node_queue_03", properties: { skill: "Other" } }] });
  assert.equal((await world.run("drift")).code, 2);
  assert.equal((await world.run("drift")).code, 2);
  assert.deepEqual(
    received.map(({ body }) => JSON.parse(body).type),
    ["drift.found", "drift.found"],
  );
  assert.equal(received[0]?.headers["webhook-id"], received[1]?.headers["webhook-id"]);
  assert.equal(JSON.parse(received[0]?.body ?? "").data.resources[0].origin, "edited-live");

  assert.equal((await world.run("reconcile")).code, 0);
  assert.deepEqual(
    received
      .slice(2)
      .map(({ body }) => JSON.parse(body).type)
      .toSorted(),
    ["drift.found", "flow.connections.updated"],
  );

  world.write({ "flow.yaml": FLOW.replace("to: node_queue_03", "to: node_nowhere") });
  assert.equal((await world.run("reconcile")).code, 1);
  const failed = JSON.parse(received.at(-1)?.body ?? "");
  assert.deepEqual([failed.type, failed.data.result], ["run.failed", "error"]);
  assert.match(failed.data.error.code, /^flow\//);
  // Who only plans looks at the result himself.
  const before = received.length;
  assert.equal((await world.run("plan")).code, 1);
  assert.equal(received.length, before);
});

it("a daemon tells an edit that stays once, and again when it was gone; `drift --no-notify` tells none", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW }, {}, SECRETS);
  const { url, received } = await openReceiver(t);
  await world.apply();
  tell(world, url);
  world.emulator.editFlow("ivr_main_menu_v2", { name: "By hand" });
  assert.equal((await world.run("drift", "--no-notify")).code, 2);
  assert.equal(received.length, 0);

  const opened = openTestIo(world.folder, world.env);
  const io = { ...opened.io, commandName: "reconcile" };
  const stopping = { soft: new AbortController().signal, hard: new AbortController().signal };
  const pass = async () => {
    const code = await runPass(io, { output: "text", logLevel: "silent", color: false, policy: "report" }, stopping);
    await io.background.settle();
    return [code, received.length];
  };
  assert.deepEqual(await pass(), [2, 1], opened.said());
  assert.deepEqual(await pass(), [2, 1]);
  world.write({ "flow.yaml": FLOW.replace("to: node_queue_03", "to: node_nowhere") });
  // A pass that could not compare forgets nothing; that it failed is told.
  assert.deepEqual(await pass(), [1, 2]);
  world.write({ "flow.yaml": FLOW });
  assert.deepEqual(await pass(), [2, 2]);
  world.emulator.editFlow("ivr_main_menu_v2", { name: "IVR Main Menu" });
  assert.deepEqual(await pass(), [0, 2]);
  world.emulator.editFlow("ivr_main_menu_v2", { name: "By hand" });
  assert.deepEqual(await pass(), [2, 3]);
});

it("what keeps the manifests of several tenants from being read fails the run of each, and is told of each", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW }, {}, SECRETS);
  const { url, received } = await openReceiver(t);
  const prod = configFor(world.emulator.url).replace("tenants:\n", "").replace("  dev:", "  prod:");
  const entry = `{ url: "${url}", secret: "\${env:NOTIFY_SECRET}" }`;
  world.config((config) => `${config}${prod}notifications: [${entry}]\n`);
  const ran = await world.run("reconcile", "--tenant", "all", "--rev", "nowhere", "--metrics-file", "m.prom");
  assert.equal(ran.code, 1, ran.stderr);
  const bodies = received.map(({ body }) => JSON.parse(body));
  assert.deepEqual(bodies.map(({ type, data }) => [type, data.tenant, data.result]).toSorted(), [
    ["run.failed", "dev", "error"],
    ["run.failed", "prod", "error"],
  ]);
  const runs = readFileSync(join(world.folder, "m.prom"), "utf8").match(/^cxone_gitops_runs_total\{.*$/gm) ?? [];
  assert.deepEqual(runs.map((line) => /tenant="(\w*)"/.exec(line)?.[1]).toSorted(), ["dev", "prod"]);
});

it("an edit is told with its editor and its fields, not with the commit that is not deployed, nor as whose who looked", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW }, { editors: true }, SECRETS);
  const standard = await openReceiver(t);
  const slack = await openReceiver(t);
  await world.apply();
  const entries = [
    `{ url: "${standard.url}", secret: "\${env:NOTIFY_SECRET}" }`,
    `{ url: "\${env:SLACK_URL}", format: slack }`,
  ];
  world.config((config) => `${config}notifications: [${entries.join(", ")}]\n`);
  const look = async () => {
    const ran = await runHere(["drift"], { cwd: world.folder, env: { ...world.env, SLACK_URL: slack.url } });
    assert.equal(ran.code, 2, ran.stderr);
    const { data } = JSON.parse(standard.received.at(-1)?.body ?? "");
    const { blocks } = JSON.parse(slack.received.at(-1)?.body ?? "");
    const [{ text }, { elements }] = blocks;
    return { data, lines: text.text.split("\n"), origin: elements[0].text };
  };

  world.emulator.editFlow("ivr_main_menu_v2", { name: "By hand", lastUpdatedBy: "bob@acme.example" });
  world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Sales") });
  const both = await look();
  const [edited] = both.data.resources;
  assert.deepEqual(
    [edited.origin, edited.editedBy, edited.editedFields, edited.effects, both.data.effects],
    ["both", "bob@acme.example", ["/name"], [], []],
  );
  assert.match(edited.editedAt, /^\d{4}-\d\d-\d\dT/);
  const [head, line, ...others] = both.lines;
  assert.deepEqual([head, others], ["*dev: one resource was edited live*", []]);
  assert.match(
    line,
    /^• Flow main-menu \(ivr_main_menu_v2\): edited live by bob@acme\.example at [\d-]{10} \d\d:\d\d UTC: \/name$/,
  );
  assert.match(both.origin, /(^| · )found by /);

  world.emulator.editFlow("ivr_main_menu_v2", { nodes: [{ id: "node_queue_03", properties: { skill: "Other" } }] });
  world.write({ "flow.yaml": FLOW });
  const alone = await look();
  assert.equal(alone.data.resources[0].origin, "edited-live");
  assert.ok(alone.data.effects.length > 0);
  assert.match(alone.lines[2], /^• applying git means: /);
});

it("what a restore put back is told as no edit", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW }, {}, SECRETS);
  const { url, received } = await openReceiver(t);
  await world.apply();
  world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Sales") });
  await world.apply();
  assert.equal((await takeStep(world, { restore: String(world.trail().at(-1)?.["run"]) })).code, 0);
  tell(world, url);
  assert.equal((await takeStep(world, "drift")).code, 2);
  assert.deepEqual(received, []);
  world.emulator.editFlow("ivr_main_menu_v2", { name: "By hand" });
  assert.equal((await takeStep(world, "drift")).code, 2);
  assert.equal(received.length, 1);
});

it("docs/notifications.md lists the events that there are", () => {
  const listed = rowsOf(sectionOf(readPage("notifications.md"), "Events").text).map(([name]) => name);
  assert.deepEqual(listed, NOTIFICATION_TYPES);
});

it("slack is told in words, and its URL stays secret; a receiver that takes nothing changes no exit code", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW.replace("IVR Main Menu", "<!channel> & more") });
  const { url, received } = await openReceiver(t, () => ({ status: 503, headers: { "retry-after": "0" } }));
  tell(world, "${env:SLACK_URL}", "format: slack", "");
  const slack = `${url}/T0PLANTED/planted-slack-token`;
  const env = { ...world.env, SLACK_URL: slack };
  const ran = await runCommand(["apply", "--auto-approve", "--log-level", "trace"], { cwd: world.folder, env });
  assert.equal(ran.code, 0);
  assert.equal(received.length, 3);
  assert.match(ran.stderr, /^127\.0\.0\.1:\d+ did not take the notification: it answered 503$/m);
  assert.doesNotMatch(`${ran.stdout}${ran.stderr}${JSON.stringify(world.trail())}`, /planted/i);
  const message = JSON.parse(received[0]?.body ?? "");
  assert.deepEqual(Object.keys(message), ["text", "blocks"]);
  assert.match(message.text, /^dev: created Flow main-menu \(ivr_main_menu_v2\), caller-visible$/);
  assert.doesNotMatch(received[0]?.body ?? "", /<!channel>/);
});

it("SIGTERM while a receiver does not answer: the run ends soon, as it would have", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW }, {}, SECRETS);
  const { url, untilReceived } = await openReceiver(t, () => undefined);
  tell(world, url);
  const run = startRun(world, "apply", "--auto-approve");
  await untilReceived(1);
  assert.equal(await run.end("SIGTERM"), 0);
  assert.match(run.output(), /did not take the notification/);
});

it("what is wrong with receivers is said before anything is sent", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  tell(world, "https://esp.example.com/hook");
  const unset = await world.run("apply", "--auto-approve");
  assert.equal(unset.code, 1);
  assert.match(unset.stderr, /cxone-gitops\.yaml:\d+:\d+.*NOTIFY_SECRET is not set.*\(?variables\/unset/s);
  assert.deepEqual(world.emulator.log(), []);
  // Who only plans needs no secret to notify with.
  assert.equal((await world.run("plan")).code, 0);
});
