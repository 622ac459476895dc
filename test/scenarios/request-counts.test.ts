/** What a run asks the tenant for: the quota is the scarce thing, so each request is counted. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { EMAIL, FLOW, flowNamed, SECOND_EMAIL, WEBHOOK, WORKFLOW } from "../helpers/manifests.ts";
import { type EmulatedWorld, openEmulatedWorld } from "../helpers/world.ts";

const SECRET = { HOOK_SECRET: "whsec_cGxhbnRlZC1ob29rLXNlY3JldA==" };
const MAILS = [
  EMAIL,
  SECOND_EMAIL,
  EMAIL.replaceAll("email_send_01", "email_send_03").replace("confirmation", "thanks"),
];
const IN_WORKFLOW = MAILS.map((text) => text.replace("wf_12345", "wf_service_visit"));

const PUTS = ["PUT /api/v2/flows/ivr_main_menu_v2", "PUT /api/v2/workflows/wf_service_visit"];

/** The requests of a run, but for tokens, as `METHOD path`; each that was sent more than once with how often. */
async function requestsOf(world: EmulatedWorld, run: () => Promise<unknown>): Promise<readonly string[]> {
  // Nothing is known from before.
  rmSync(join(world.folder, ".cxone-gitops", "cache"), { recursive: true, force: true });
  const before = world.emulator.log().length;
  await run();
  const asked = world.emulator.log().slice(before);
  const lines = asked.map(({ method, path }) => `${method} ${path}`).filter((line) => !line.includes("oauth"));
  const counts = Map.groupBy(lines, (line) => line);
  return [...counts].map(([line, all]) => (all.length === 1 ? line : `${line} x${all.length}`)).sort();
}

it("a create takes a look, a write and a look back; an update a look and a write, however many mails are in it", async (t) => {
  const mails = Object.fromEntries(IN_WORKFLOW.map((text, index) => [`mail-${index}.yaml`, text]));
  const files = { "flow.yaml": FLOW, "workflow.yaml": WORKFLOW, "hook.yaml": WEBHOOK, ...mails };
  const world = await openEmulatedWorld(t, files, {}, SECRET);
  const reads = [
    "GET /api/v2/flows/ivr_main_menu_v2",
    "GET /api/v2/interactions/attachments/att_pdf_001",
    "GET /api/v2/interactions/templates/tmpl_inv_2024",
    "GET /api/v2/webhooks",
    "GET /api/v2/workflows/wf_service_visit",
  ];
  const created = await requestsOf(world, () => world.apply());
  assert.deepEqual(created, [
    "GET /api/v2/flows/ivr_main_menu_v2 x2",
    "GET /api/v2/interactions/attachments/att_pdf_001",
    "GET /api/v2/interactions/templates/tmpl_inv_2024",
    // A webhook that is there twice would deliver twice, and nothing but a look right before the write prevents it.
    "GET /api/v2/webhooks x3",
    "GET /api/v2/workflows/wf_service_visit x2",
    "POST /api/v2/flows",
    "POST /api/v2/webhooks",
    "POST /api/v2/workflows",
  ]);
  assert.deepEqual(await requestsOf(world, () => world.run("plan")), reads);
  world.write({
    ...Object.fromEntries(Object.entries(mails).map(([file, text]) => [file, text.replace(".firstName", ".lastName")])),
    "flow.yaml": FLOW.replace("Press one", "Press 1"),
    "workflow.yaml": WORKFLOW.replace("name: Service Visit", "name: Visits"),
    "hook.yaml": WEBHOOK.replace("X-Source: cxone-gitops", "X-Source: git"),
  });
  const updated = await requestsOf(world, () => world.run("apply", "--auto-approve", "--allow-large-change"));
  const flowAndWorkflow = updated.filter((line) => !line.includes("webhooks"));
  assert.deepEqual(flowAndWorkflow, [...reads.filter((line) => !line.includes("webhooks")), ...PUTS]);
  const webhooks = updated.filter((line) => line.includes("webhooks"));
  assert.match(webhooks.join(", "), /^GET \/api\/v2\/webhooks x3, PUT \/api\/v2\/webhooks\/\w+$/, "it has no version");
});

it("what many resources refer to is asked for once, before and after a plan that changes them all", async (t) => {
  const flows = Object.fromEntries(["one", "two", "three"].map((name) => [`${name}.yaml`, flowNamed(name)]));
  const world = await openEmulatedWorld(t, { ...flows, "mail.yaml": EMAIL, "second.yaml": SECOND_EMAIL });
  const plan = await requestsOf(world, () => world.plan());
  assert.deepEqual(
    plan.filter((line) => / x\d/.test(line)),
    [],
  );
  const applied = await requestsOf(world, () => world.apply());
  assert.deepEqual(
    applied.filter((line) => !line.startsWith("GET")),
    ["POST /api/v2/flows x3", "PUT /api/v2/workflows/wf_12345"],
  );
  assert.deepEqual(
    applied.filter((line) => / x\d/.test(line) && line.startsWith("GET")),
    ["one", "three", "two"].map((name) => `GET /api/v2/flows/ivr_${name} x2`),
  );
});
