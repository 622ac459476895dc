/** Flows that people have written by hand, each in their own way: whatever is edited live, every comment stays. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { runApply } from "../../src/cli/apply.ts";
import { runImport } from "../../src/cli/import.ts";
import type { Io } from "../../src/cli/outside/io.ts";
import { runPlan } from "../../src/cli/plan.ts";
import { isObject, type Json, type JsonObject, objectsAt } from "../../src/emulator/json.ts";
import { startEmulator } from "../../src/emulator/server.ts";
import { parseYaml } from "../../src/source/yaml.ts";
import { Prng } from "../campaign/prng.ts";
import { makeFolder } from "../helpers/temp-folder.ts";
import { openTestIo } from "../helpers/test-io.ts";
import { CREDENTIALS, configFor } from "../helpers/world.ts";
import { writeByHand } from "../source/yaml-texts.ts";
import { makeTenant, ODD_TEXTS } from "./odd-tenants.ts";

const SEED = 20_261_121;
const FLOWS = 16;
const ROUNDS = 4;
const STOPPING = { soft: new AbortController().signal, hard: new AbortController().signal };
const PRINTED = { output: "text", logLevel: "silent", color: false } as const;

it("one field of each of many flows, again and again: comments and other files stay, and the plan is empty", async (t) => {
  const prng = new Prng(SEED);
  const tenants = Array.from({ length: FLOWS }, (_, index) => makeTenant(prng.fork(`tenant ${index}`)));
  const flows = tenants.flatMap(({ flows: [flow] }, index) =>
    flow ? [withoutReferences({ ...flow, id: `ivr_${index}` })] : [],
  );
  const emulator = await startEmulator({ seed: { ...makeTenant(prng), flows, workflows: [], webhooks: [] } });
  t.after(() => emulator.close());
  const folder = makeFolder(t, { "cxone-gitops.yaml": configFor(emulator.url) });
  await run(folder, (io) => runImport(io, [], PRINTED, STOPPING));
  const manifests = join(folder, "manifests", "flows");
  const comments = new Map(readdirSync(manifests).map((file) => [file, rewrite(join(manifests, file), prng)]));
  assert.equal(comments.size, FLOWS);
  await run(folder, (io) => runApply(io, undefined, { ...PRINTED, autoApprove: true, adopt: true }, STOPPING));

  for (let round = 0; round < ROUNDS; round++) {
    const before = readTexts(manifests);
    const edited = flows.filter(() => prng.chance(0.6)).map(({ id }) => `${id}.yaml`);
    for (const file of edited) emulator.editFlow(file.replace(".yaml", ""), (flow) => editOneField(flow, prng));
    await run(folder, (io) => runImport(io, [], { ...PRINTED, drift: true, autoApprove: true }, STOPPING));
    const after = readTexts(manifests);
    for (const [file, text] of before) {
      if (!edited.includes(file)) assert.equal(after.get(file), text, file);
      else assert.notEqual(after.get(file), text, file);
      for (const comment of comments.get(file) ?? [])
        assert.ok(after.get(file)?.includes(comment), `${file}: ${comment}`);
    }
    await run(folder, (io) => runPlan(io, { ...PRINTED, detailedExitcode: true }, STOPPING));
    await run(folder, (io) => runApply(io, undefined, { ...PRINTED, autoApprove: true }, STOPPING));
  }
});

async function run(folder: string, work: (io: Io) => Promise<number>): Promise<void> {
  const { io, said } = openTestIo(folder, CREDENTIALS);
  assert.equal(await work(io), 0, said());
}

/** What looks like a reference to the environment is taken for a secret's place once it was applied, and never shown again. */
function withoutReferences(flow: { readonly id: string }): { readonly id: string } {
  return JSON.parse(JSON.stringify(flow).replaceAll("${env:", "${ENV:"));
}

/** Says the same in another hand; returns the comments. */
function rewrite(path: string, prng: Prng): readonly string[] {
  const [document] = parseYaml(readFileSync(path, "utf8"), { file: path }).documents;
  assert.ok(document !== undefined, path);
  const { text, comments } = writeByHand(document.value, (below) => prng.int(0, below - 1));
  writeFileSync(path, text);
  return comments.map((comment) => comment.text);
}

function readTexts(folder: string): ReadonlyMap<string, string> {
  return new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]));
}

/** A text among the properties of some node, or the name. */
function editOneField(flow: JsonObject, prng: Prng): JsonObject {
  const nodes = objectsAt(flow, "nodes");
  const withTexts = nodes.filter(({ properties }) => properties !== undefined && findText(properties) !== undefined);
  if (withTexts.length === 0 || prng.chance(0.2)) return { ...flow, name: `${prng.word()} ${prng.word()}` };
  const node = prng.pick(withTexts);
  const text = `${prng.word()} ${prng.pick(ODD_TEXTS).replace("${env:", "${ENV:")}`;
  const properties = changeText(node["properties"] ?? null, text);
  return { ...flow, nodes: nodes.map((one) => (one === node ? { ...one, properties } : one)) };
}

function findText(value: Json): string | undefined {
  if (!isObject(value)) return typeof value === "string" ? value : undefined;
  return Object.values(value)
    .map(findText)
    .find((text) => text !== undefined);
}

function changeText(value: Json, text: string): Json {
  if (!isObject(value)) return text;
  const key = Object.keys(value).find((one) => findText(value[one] ?? null) !== undefined) ?? "";
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [name, name === key ? changeText(child, text) : child]),
  );
}
