import { randomBytes } from "node:crypto";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadSeed } from "../emulator/seed.ts";
import { type Emulator, startEmulator } from "../emulator/server.ts";
import { EXIT, type ExitCode, GitopsError } from "../errors.ts";
import { isJsonObject, type Json, valueAt } from "../model/json.ts";
import { parseYaml } from "../source/yaml.ts";
import { runApply } from "./apply.ts";
import { runAuditLog, runAuditVerify } from "./audit.ts";
import type { CommonOptions } from "./options.ts";
import type { Io } from "./outside/io.ts";
import type { Stopping } from "./outside/stopping.ts";
import { packagePath } from "./package-files.ts";
import { runDrift, runPlan } from "./plan.ts";

/** The sample tenant: its manifests, its configuration, and what the emulator holds before the first apply. */
const SAMPLE = {
  manifests: packagePath("manifests"),
  config: packagePath("cxone-gitops.yaml"),
  seed: fileURLToPath(new URL("../emulator/acme-seed.yaml", import.meta.url)),
};

/** What somebody changes by hand in the story: where callers go who ask for the billing desk. */
const HAND_EDIT = { flow: "ivr_main_menu_v2", node: "node_queue_03", skill: "Retention", by: "sam@acme.example" };

/** Tells the whole story against an emulator, in a temporary folder that is gone afterwards. Fails when a step ends otherwise than told. */
export async function runDemo(io: Io, stopping: Stopping): Promise<ExitCode> {
  const folder = await mkdtemp(join(tmpdir(), "cxone-gitops-demo-"));
  const seed = loadSeed(await readFile(SAMPLE.seed, "utf8"), "acme-seed.yaml");
  const emulator = await startEmulator({ seed, deliverTo: "nowhere", editors: true });
  try {
    await cp(SAMPLE.manifests, join(folder, "manifests"), { recursive: true });
    await writeFile(join(folder, "cxone-gitops.yaml"), await demoConfig(emulator.url));
    await tellStory({ ...io, cwd: folder, env: demoEnvironment() }, emulator, stopping);
    return EXIT.ok;
  } finally {
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function tellStory(io: Io, emulator: Emulator, stopping: Stopping): Promise<void> {
  const options: CommonOptions = { output: "text", logLevel: "silent", color: true };
  const say = (text: string) => io.print(`\n${io.paint("strong", text)}\n`);
  const run = async (words: string, expected: ExitCode, command: () => Promise<ExitCode>) => {
    io.print(`\n${io.paint("faint", `$ cxone-gitops ${words}`)}\n`);
    const code = await command();
    if (code !== expected)
      throw new GitopsError("internal", `demo: \`${words}\` exited ${code} instead of ${expected}`);
  };
  const apply = () => runApply(io, undefined, { ...options, autoApprove: true, planIsKnown: true }, stopping);

  say("1. A tenant, and a folder of manifests that says how it should be.");
  io.print(
    `A CXone emulator runs at ${emulator.url}. Some of what git asks for is live already, some is not, and\ncolleagues keep nodes and a flow of their own there. A pull request would show this plan:\n`,
  );
  await run("plan", EXIT.ok, () => runPlan(io, options, stopping));

  say("2. Merging applies it: every write is announced in the audit trail first, and read back afterwards.");
  await run("apply --auto-approve", EXIT.ok, apply);

  say("3. Applied twice is no change: live now equals desired, whatever fields the tenant added.");
  const written = emulator.log().length;
  await run("plan --detailed-exitcode", EXIT.ok, () => runPlan(io, { ...options, detailedExitcode: true }, stopping));
  const reads = emulator
    .log()
    .slice(written)
    .filter(({ method }) => method === "GET").length;
  io.print(`That took ${reads} reads: each document, template and attachment once.\n`);

  say("4. Somebody opens the vendor's editor and sends billing calls to another team.");
  const nodes = [{ id: HAND_EDIT.node, properties: { skill: HAND_EDIT.skill } }];
  emulator.editFlow(HAND_EDIT.flow, { nodes, lastUpdatedBy: HAND_EDIT.by });
  io.print(
    `In flow ${HAND_EDIT.flow}, node ${HAND_EDIT.node} now has the skill "${HAND_EDIT.skill}". A scheduled job notices, and says who it was (exit code 2):\n`,
  );
  await run("drift", EXIT.pending, () => runDrift(io, options, stopping));

  say("5. Git says otherwise, so the next apply repairs it, and only it.");
  await run("apply --auto-approve", EXIT.ok, apply);
  await run("drift", EXIT.ok, () => runDrift(io, options, stopping));

  say("6. Every write left a trail that can be verified: change a byte of it, and verify names the entry.");
  await run("audit log --resource Flow/main-menu", EXIT.ok, () =>
    runAuditLog(io, { output: "text", resource: "Flow/main-menu" }),
  );
  await run("audit verify", EXIT.ok, () => runAuditVerify(io, { output: "text" }));
  io.print(
    "\nThat is all of it. The folder and the emulator are gone; README.md says how to begin with your own tenant.\n",
  );
}

/** The sample's own configuration for tenant `dev`, with both API families at the emulator. */
async function demoConfig(url: string): Promise<string> {
  const { documents } = parseYaml(await readFile(SAMPLE.config, "utf8"), { file: "cxone-gitops.yaml" });
  const sample = documents[0]?.value;
  const dev = valueAt(valueAt(sample, "tenants"), "dev");
  if (!isJsonObject(dev)) throw new GitopsError("internal", "demo: the sample configuration has no tenant dev");
  const tenant: Json = { ...dev, flows: { baseUrl: url }, workflows: { baseUrl: url } };
  return JSON.stringify({ rules: valueAt(sample, "rules"), tenants: { dev: tenant } }, null, 2);
}

/** The emulator gives any client a token, so these only have to be unlike any other word of the demo. */
function demoEnvironment(): Record<string, string> {
  const random = () => randomBytes(12).toString("hex");
  return { CXONE_CLIENT_ID: random(), CXONE_CLIENT_SECRET: random(), CXONE_WEBHOOK_SECRET: `whsec_${random()}` };
}
