/** No secret is kept with what is known of a tenant: a document that holds one is asked for again every time. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { runHere } from "../helpers/here.ts";
import { flowNamed } from "../helpers/manifests.ts";
import { openEmulatedWorld } from "../helpers/world.ts";
import { flowsNamed, NAMES, openWarmWorld } from "./warm-world.ts";

const named = (name: string, prompt: string) => flowNamed(name).replace("Press one for billing", `"${prompt}"`);

it("what comes from the environment, reads like a credential, or stands in the environment for no reason that is known", async (t) => {
  const secrets = { PIN: "x7!", TOKEN: "planted-token-4711", OLD: "planted-of-yesterday-1" };
  const manifests = {
    ...flowsNamed(NAMES),
    "flow-0.yaml": named("flow-0", `\${env:PIN}`),
    "flow-1.yaml": named("flow-1", `Say \${env:TOKEN} now`),
  };
  const world = await openWarmWorld(t, manifests, {}, secrets);
  world.emulator.editFlow("ivr_flow-2", { settings: { apiKey: "sk_live_plantedKey4711aa" } });
  world.emulator.editFlow("ivr_flow-3", { note: `was ${secrets.OLD}` });
  world.emulator.editFlow("ivr_flow-4", { note: `of ${world.env["CXONE_CLIENT_SECRET"]}` });
  await world.planned();
  const kept = world.cached();
  assert.doesNotMatch(kept, /planted|x7!/);
  assert.match(kept, /"ivr_flow-5"/);
  assert.deepEqual(kept.match(/"ivr_flow-\d"/g), ['"ivr_flow-5"', '"ivr_flow-5"']);
  for (const id of [0, 1, 2, 3, 4].map((index) => `ivr_flow-${index}`)) {
    assert.ok((await world.planned()).asked.includes(id), id);
  }
});

it("what becomes known as a secret later leaves the cache, also in a run that asks for something else", async (t) => {
  const prompt = "Ask for Hunter-Hill-99";
  const prompts = { "flow-0.yaml": named("flow-0", "Welcome"), "flow-1.yaml": named("flow-1", prompt) };
  const world = await openWarmWorld(t, { ...flowsNamed(NAMES), ...prompts });
  await world.planned();
  assert.match(world.cached(), /Hunter-Hill-99/);
  world.write({ "flow-0.yaml": named("flow-0", `\${env:PROMPT}`) });
  const env = { ...world.env, PROMPT: prompt };
  const ran = await runHere(["plan", "--only", "Flow/flow-0"], { cwd: world.folder, env });
  assert.equal(ran.code, 0, ran.stderr);
  assert.doesNotMatch(world.cached(), /Hunter-Hill-99/);
  assert.match(world.cached(), /"ivr_flow-5"/);
});

it("of a neighbour that a narrow run only looks for, nothing is kept", async (t) => {
  const manifests = {
    "flow-0.yaml": named("flow-0", `\${env:PIN}`),
    "flow-1.yaml": flowNamed("flow-1").replace("skill: Billing", "skill: Billing, flow: ivr_flow-0"),
  };
  const world = await openWarmWorld(t, manifests, {}, { PIN: "Hunter-Hill-99" });
  const env = { ...world.env, PIN: "Another-One-77" };
  const ran = await runHere(["plan", "--only", "Flow/flow-1"], { cwd: world.folder, env });
  assert.equal(ran.code, 0, ran.stderr);
  assert.ok(
    world.emulator.log().some(({ path }) => path.endsWith("/ivr_flow-0")),
    "it was looked for",
  );
  assert.doesNotMatch(world.cached(), /Hunter-Hill-99/);
  assert.match(world.cached(), /"ivr_flow-1"/);
});

it("of a run that ends before it has learnt what is secret, nothing is kept", async (t) => {
  const manifests = { ...flowsNamed(NAMES), "flow-0.yaml": named("flow-0", `\${env:PIN}`) };
  const world = await openEmulatedWorld(t, manifests, {}, { PIN: "Hunter-Hill-99" });
  await world.apply();
  const state = join(world.folder, ".cxone-gitops");
  for (const path of keptDocumentsOf(state, "ivr_flow-5")) {
    rmSync(path);
    mkdirSync(path);
  }
  rmSync(join(state, "cache"), { recursive: true, force: true });
  world.emulator.editFlow("ivr_flow-5", { name: "Edited" });
  const env = { ...world.env, PIN: "Another-One-77" };
  const ran = await runHere(["plan"], { cwd: world.folder, env });
  assert.equal(ran.code, 1, ran.stdout);
  const cached = existsSync(join(state, "cache")) ? filesBelow(join(state, "cache")) : [];
  assert.doesNotMatch(cached.map((path) => readFileSync(path, "utf8")).join(), /Hunter-Hill-99|ivr_flow-/);
});

it("a value of the environment that JSON writes otherwise is not kept either", async (t) => {
  const values = ['planted"of-yesterday-1', "planted\\of-yesterday-1", "planted-line-1\nplanted-line-2"];
  const olds = Object.fromEntries(values.map((value, index) => [`OLD_${index}`, value]));
  const world = await openWarmWorld(t, flowsNamed(NAMES), {}, olds);
  for (const [index, value] of values.entries()) {
    world.emulator.editFlow(`ivr_flow-${index}`, { note: `was ${value}` });
  }
  world.emulator.editFlow("ivr_flow-3", { note: JSON.stringify({ was: values[0] }) });
  await world.planned();
  assert.doesNotMatch(world.cached(), /planted/);
  assert.match(world.cached(), /"ivr_flow-5"/);
});

it("the cache's name and seal say nothing of the client", async (t) => {
  const world = await openWarmWorld(t);
  await world.planned();
  const { CXONE_CLIENT_ID: id = "", CXONE_CLIENT_SECRET: secret = "" } = world.env;
  for (const text of [world.cacheFile(), world.cached()]) assert.ok(!text.includes(id) && !text.includes(secret));
});

function keptDocumentsOf(state: string, id: string): readonly string[] {
  const texts = filesBelow(state).map((path) => [path, readFileSync(path, "utf8")] as const);
  const kept = texts.filter(
    ([, text]) => /^\{.*"nodes"/s.test(text) && text.includes(id) && !/apiVersion|sequence/.test(text),
  );
  assert.equal(kept.length, 1);
  return kept.map(([path]) => path);
}

function filesBelow(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []));
}
