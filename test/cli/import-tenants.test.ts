/** Whatever a tenant holds that is legal: what is imported says it, and is imported once. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { z } from "zod";
import { type ImportOptions, runImport } from "../../src/cli/import.ts";
import { MAIL_FORMS } from "../../src/cli/importing/forms.ts";
import type { Io } from "../../src/cli/outside/io.ts";
import { runPlan } from "../../src/cli/plan.ts";
import { type JsonObject, objectsAt } from "../../src/emulator/json.ts";
import { type Emulator, startEmulator } from "../../src/emulator/server.ts";
import { Prng } from "../campaign/prng.ts";
import { makeFolder } from "../helpers/temp-folder.ts";
import { openTestIo } from "../helpers/test-io.ts";
import { CREDENTIALS, configFor } from "../helpers/world.ts";
import { makeTenant, oddValue } from "./odd-tenants.ts";

const SEED = 20_260_721;
const ROUNDS = 20;
const TENANTS = 10;
const STOPPING = { soft: new AbortController().signal, hard: new AbortController().signal };
const PRINTED = { output: "json", logLevel: "silent", color: false } as const;

describe(`${ROUNDS * TENANTS} generated tenants, ${TENANTS} of one configuration`, () => {
  for (const as of MAIL_FORMS) {
    it(`what is imported as ${as} plans nothing, and importing again changes no byte`, async (t) => {
      for (let round = 0; round < ROUNDS / MAIL_FORMS.length; round += 1) {
        const prng = new Prng(SEED).fork(`${as} ${round}`);
        const world = await openTenants(t, prng);
        try {
          await importTwice(world, { as });
          if (round % 5 === 0) await importEdits(world, { as }, prng);
        } finally {
          await Promise.all(world.emulators.map((emulator) => emulator.close()));
        }
      }
    });
  }
});

interface Tenants {
  readonly folder: string;
  /** Of `t0`, `t1` … */
  readonly emulators: readonly Emulator[];
}

async function openTenants(t: TestContext, prng: Prng): Promise<Tenants> {
  const seeds = Array.from({ length: TENANTS }, (_, index) => makeTenant(prng.fork(`tenant ${index}`)));
  const emulators = await Promise.all(seeds.map((seed) => startEmulator({ seed })));
  const tenants = emulators.map(({ url }, index) => configFor(url).replace(/^tenants:\n {2}dev:/, `  t${index}:`));
  return { folder: makeFolder(t, { "cxone-gitops.yaml": `tenants:\n${tenants.join("")}` }), emulators };
}

async function importTwice({ folder, emulators }: Tenants, form: Form): Promise<void> {
  for (const index of emulators.keys()) await importOne(folder, index, form);
  await assertInSync(folder);
  const first = filesIn(join(folder, "manifests"));
  assert.ok(first.size >= TENANTS);
  for (const index of emulators.keys()) await importOne(folder, index, form);
  assert.deepEqual(filesIn(join(folder, "manifests")), first);
}

async function importEdits({ folder, emulators }: Tenants, form: Form, prng: Prng): Promise<void> {
  for (const [index, emulator] of emulators.entries()) {
    for (const id of Object.keys(emulator.state().flows)) emulator.editFlow(id, (flow) => editFlow(prng, flow));
    await importOne(folder, index, { ...form, autoApprove: true });
  }
  await assertInSync(folder);
}

type Form = Pick<ImportOptions, "as" | "autoApprove">;

async function importOne(folder: string, index: number, form: Form): Promise<void> {
  const options = { ...PRINTED, ...form, tenant: `t${index}` };
  await runOk(folder, `import of t${index}`, (io) => runImport(io, [], options, STOPPING));
}

/** What somebody does in the editor: another name, other properties, a node on its way. */
function editFlow(prng: Prng, flow: JsonObject): JsonObject {
  const nodes = objectsAt(flow, "nodes").map((node) => {
    return prng.chance(0.3) ? { ...node, properties: { prompt: oddValue(prng, 2), added: oddValue(prng, 2) } } : node;
  });
  const connections = objectsAt(flow, "connections");
  const [first, ...others] = connections;
  if (first === undefined) return { ...flow, nodes };
  const detour = { id: "node_detour", type: "decision" };
  const into = { ...first, target_node_id: "node_detour" };
  const onwards = {
    id: "conn_detour",
    source_node_id: "node_detour",
    target_node_id: first["target_node_id"] ?? "",
    condition: "true",
    type: "default",
  };
  return { ...flow, name: `Edited ${prng.word()}`, nodes: [...nodes, detour], connections: [onwards, ...others, into] };
}

async function runOk(folder: string, what: string, run: (io: Io) => Promise<number>): Promise<string> {
  const { io, said } = openTestIo(folder, CREDENTIALS);
  const code = await run(io);
  assert.equal(code, 0, `${what}: ${said()}`);
  return said();
}

async function assertInSync(folder: string): Promise<void> {
  const options = { ...PRINTED, detailedExitcode: true, tenant: "all" };
  const said = await runOk(folder, "plan", (io) => runPlan(io, options, STOPPING));
  const plans = z.object({ tenants: z.record(z.string(), z.object({ summary: z.record(z.string(), z.number()) })) });
  for (const { summary } of Object.values(plans.parse(JSON.parse(said)).tenants)) {
    const { unchanged = 0, ...others } = summary;
    assert.ok(unchanged > 0);
    assert.deepEqual(new Set(Object.values(others)), new Set([0]));
  }
}

function filesIn(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.includes("."));
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}
