/** The audit commands on a trail, with everything that they print. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { keptFolderOf } from "../../src/audit/kept.ts";
import { keyIdOf } from "../../src/audit/signature.ts";
import { runAuditLog, runAuditShow, runAuditVerify } from "../../src/cli/audit.ts";
import { openMetrics } from "../../src/cli/metrics/metrics.ts";
import { openBackground } from "../../src/cli/outside/background.ts";
import type { Io } from "../../src/cli/outside/io.ts";
import { type ExitCode, GitopsError } from "../../src/errors.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { plainPaint } from "../../src/render/paint.ts";
import { failsWith, makeTrail, outcomeWith, recordWith, type TestTrail } from "./world.ts";

const OURS = generateKeyPairSync("ed25519");
const OTHER = generateKeyPairSync("ed25519");
const PUBLIC = OURS.publicKey.export({ type: "spki", format: "pem" }).toString();
const ID = keyIdOf(OURS.publicKey);

interface Printed {
  readonly code: ExitCode;
  readonly text: string;
}

/** Runs a command in the trail's folder, whose configuration names the trail. */
async function printed(
  trail: TestTrail,
  command: (io: Io) => Promise<ExitCode>,
  env: Io["env"] = {},
): Promise<Printed> {
  const said: string[] = [];
  const secrets = new Secrets();
  const io: Io = {
    cwd: dirname(trail.file),
    env,
    secrets,
    canAsk: false,
    paint: plainPaint,
    commandName: "audit",
    metrics: openMetrics(),
    requests: new Map(),
    background: openBackground(),
    print: (text) => void said.push(secrets.mask(text)),
    printMasked: (text) => void said.push(text),
    say: () => assert.fail("these commands have nothing to say beside their result"),
    command: () => assert.fail("these commands have no findings to show in GitHub Actions"),
    log: () => assert.fail("these commands log nothing"),
    showsLog: false,
  };
  const code = await command(io);
  return { code, text: said.join("") };
}

async function openTrailFolder(t: TestContext, audit: object = {}, signed = false): Promise<TestTrail> {
  const trail = await makeTrail(t, 0, signed ? { signingKey: OURS.privateKey } : {});
  const configuration = JSON.stringify({ audit: { file: "audit.jsonl", ...audit } });
  await writeFile(join(dirname(trail.file), "cxone-gitops.yaml"), configuration);
  const image = await trail.keep({ name: "before" });
  await trail.append([recordWith({ image }), outcomeWith(), outcomeWith({ run: "run-2", restores: "run-1" })]);
  return trail;
}

describe("audit show", () => {
  it("prints live → desired, and where the documents of the run are kept", async (t) => {
    const trail = await openTrailFolder(t);
    const { code, text } = await printed(trail, (io) => runAuditShow(io, "run-1", { output: "text" }));
    assert.equal(code, 0);
    assert.match(text, /\n {4}~ \/name: "IVR Main Menu" → "IVR Main Menü"\n/);
    assert.ok(text.includes(`documents are kept in ${keptFolderOf(trail.file)}, as`));
  });

  it("tells a run that is not there from a trail that is not", async (t) => {
    const trail = await openTrailFolder(t);
    const show = (io: Io) => runAuditShow(io, "run-9", { output: "text" });
    await assert.rejects(printed(trail, show), failsWith("audit/not-found", "run-9"));
    await rm(trail.file);
    await assert.rejects(printed(trail, show), failsWith("audit/broken", "is gone"));
  });
});

describe("audit log", () => {
  it("shows what a run put back, in its list and as JSON", async (t) => {
    const trail = await openTrailFolder(t);
    const list = await printed(trail, (io) => runAuditLog(io, { output: "text", runs: true }));
    assert.match(list.text, /^RUN .* RESTORES .*\nrun-1 .* - .*\nrun-2 .* run-1 /);
    const json = await printed(trail, (io) => runAuditLog(io, { output: "json", runs: true }));
    const { runs }: { runs: { run: string; restores: string | null }[] } = JSON.parse(json.text);
    assert.deepEqual(
      runs.map(({ run, restores }) => [run, restores]),
      [
        ["run-1", null],
        ["run-2", "run-1"],
      ],
    );
  });

  it("of a trail that was deleted fails, whatever is asked for, and does not say that there is no such entry", async (t) => {
    const trail = await openTrailFolder(t);
    await rm(trail.file);
    for (const filter of [{}, { run: "run-1" }, { actor: "nobody" }, { since: "2030-01-01" }, { runs: true }]) {
      const log = (io: Io) => runAuditLog(io, { output: "text", ...filter });
      await assert.rejects(printed(trail, log), failsWith("audit/broken", "remembers 3"));
    }
  });
});

describe("audit log --tenant", () => {
  it("of a tenant that neither the trail nor the configuration knows is an error, with what was meant", async (t) => {
    const trail = await openTrailFolder(t, { file: "audit.jsonl" });
    const log = (tenant: string) => (io: Io) => runAuditLog(io, { output: "text", tenant });
    const [[, known = ""] = []] = readFileSync(trail.file, "utf8").matchAll(/"tenant":"(\w+)"/g);
    assert.match((await printed(trail, log(known))).text, /run-1/);
    await assert.rejects(printed(trail, log(`${known}x`)), (thrown) => {
      assert.ok(thrown instanceof GitopsError && thrown.code === "config/tenant");
      assert.ok(thrown.hint?.startsWith(`Did you mean "${known}"?`), thrown.hint);
      return true;
    });
    const env = { CXONE_ORG: "acme" };
    assert.match(
      (await printed(trail, log("default"), env)).text,
      /holds no such entry/,
      "known, and nothing was done there",
    );
  });
});

describe("audit verify", () => {
  const verify = (verifyKey?: string) => (io: Io) =>
    runAuditVerify(io, { output: "text", ...(verifyKey !== undefined && { verifyKey }) });
  const verifyJson = (io: Io) => runAuditVerify(io, { output: "json" });

  it("says by which key the head is signed, checked with the configured key", async (t) => {
    const trail = await openTrailFolder(t, { verifyKey: PUBLIC, signingKey: "${env:NOT_NEEDED}" }, true);
    const { code, text } = await printed(trail, verify());
    assert.equal(code, 0);
    assert.match(
      text,
      new RegExp(`^The audit trail verifies: 3 entries, head .*\nThe head is signed by key ${ID}\\.\n$`),
    );
    const { warnings, ...verdict } = JSON.parse((await printed(trail, verifyJson)).text);
    assert.deepEqual([verdict.signedBy, verdict.isSignatureChecked, warnings], [ID, true, []]);
  });

  it("with the key of a file, which counts more than the configured one", async (t) => {
    const other = OTHER.publicKey.export({ type: "spki", format: "pem" }).toString();
    const trail = await openTrailFolder(t, { verifyKey: other }, true);
    await writeFile(join(dirname(trail.file), "ours.pub"), PUBLIC);
    assert.equal((await printed(trail, verify("ours.pub"))).code, 0);
    const wrong = await printed(trail, verify());
    assert.equal(wrong.code, 1);
    assert.match(wrong.text, /^The audit trail does not verify: unsigned\.\nThe head of the trail is signed by key/);
    await assert.rejects(printed(trail, verify("nope.pub")), failsWith("usage", "nope.pub"));
  });

  it("without a key says that a signature is a claim, or that there is none", async (t) => {
    const signed = await openTrailFolder(t, {}, true);
    assert.match((await printed(signed, verify())).text, new RegExp(`says that key ${ID} signed it\\. To check that`));
    const unsigned = await openTrailFolder(t);
    assert.match((await printed(unsigned, verify())).text, /\nThe head is not signed\.\n$/);
    const { signedBy, isSignatureChecked } = JSON.parse((await printed(unsigned, verifyJson)).text);
    assert.deepEqual([signedBy, isSignatureChecked], [null, false]);
  });

  it("exits 1 for a kept document that is gone", async (t) => {
    const trail = await openTrailFolder(t);
    await rm(keptFolderOf(trail.file), { recursive: true });
    const { code, text } = await printed(trail, verify());
    assert.equal(code, 1);
    assert.match(
      text,
      /^The audit trail does not verify: removed \(line 1, entry 1\)\.\nLine 1 names the manifest of Flow/,
    );
  });
});
