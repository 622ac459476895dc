import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { appendFile, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { appendToChain, EMPTY_HEAD } from "../../src/audit/chain.ts";
import { openTrail } from "../../src/audit/file-store.ts";
import { keyIdOf } from "../../src/audit/signature.ts";
import { verifyTrail } from "../../src/audit/verify.ts";
import { canonicalJson } from "../../src/model/json.ts";
import { failsWith, makeTrail, manyRecords, recordWith, type TestTrail } from "./world.ts";

const OURS = generateKeyPairSync("ed25519");
const OTHER = generateKeyPairSync("ed25519");
const ID = keyIdOf(OURS.publicKey);
const signingKey = OURS.privateKey;

interface HeadText {
  readonly sequence: number;
  readonly hash: string;
  readonly keyId?: string;
  readonly signature?: string;
}

async function readHeadText(file: string): Promise<HeadText> {
  return JSON.parse(await readFile(`${file}.head`, "utf8"));
}

async function describeVerdict(file: string, verifyKey?: KeyObject): Promise<string> {
  const verdict = await verifyTrail(file, { verifyKey });
  if (!verdict.ok) return `${verdict.problem} ${verdict.line}: ${verdict.message}`;
  return `ok ${verdict.entries} ${verdict.signedBy} ${verdict.isSignatureChecked}`;
}

function signatureOf({ sequence, hash }: { sequence: number; hash: string }, key: KeyObject): string {
  return sign(null, Buffer.from(canonicalJson({ sequence, hash })), key).toString("base64");
}

describe("a signed head", () => {
  it("holds a signature over its sequence and hash that anyone can check with the public key", async (t) => {
    const trail = await makeTrail(t, 3, { signingKey });
    const { sequence, hash, keyId, signature = "" } = await readHeadText(trail.file);
    assert.equal(sequence, 3);
    assert.equal(keyId, ID);
    const bytes = Buffer.from(`{"hash":"${hash}","sequence":3}`);
    assert.ok(verify(null, bytes, OURS.publicKey, Buffer.from(signature, "base64")));
  });

  it("names one key by the same id for both of its halves, and another by another", () => {
    assert.match(ID, /^[0-9a-f]{16}$/);
    assert.equal(keyIdOf(OURS.privateKey), ID);
    assert.notEqual(keyIdOf(OTHER.publicKey), ID);
  });

  it("verifies with the key; without one its signature is said to be a claim", async (t) => {
    const trail = await makeTrail(t, 3, { signingKey });
    assert.equal(await describeVerdict(trail.file, OURS.publicKey), `ok 3 ${ID} true`);
    assert.equal(await describeVerdict(trail.file), `ok 3 ${ID} false`);
  });

  it("is there from before the first entry, so that a run killed between the two leaves one", async (t) => {
    const trail = await makeTrail(t, 0, { signingKey });
    assert.equal(await describeVerdict(trail.file, OURS.publicKey), "ok 0 null false", "no trail yet is no fault");
    // A file cannot be made there.
    await symlink(join(dirname(trail.file), "gone", "audit.jsonl"), trail.file);
    await assert.rejects(trail.append([recordWith()]), { code: "audit/unwritable" });
    await rm(trail.file);
    assert.equal((await readHeadText(trail.file)).keyId, ID);
    assert.equal(await describeVerdict(trail.file, OURS.publicKey), `ok 0 ${ID} true`);
  });

  it("that lags behind its entries, as a crash leaves it, is a warning and no fault", async (t) => {
    const trail = await makeTrail(t, 2, { signingKey });
    const head = await readFile(`${trail.file}.head`);
    await trail.append(manyRecords(3));
    await writeFile(`${trail.file}.head`, head);
    const verdict = await verifyTrail(trail.file, { verifyKey: OURS.publicKey });
    assert.ok(verdict.ok);
    assert.match(verdict.warnings.join(), /last 3 of the entries are not yet in the head file/);
    await trail.append([recordWith()]);
    assert.deepEqual(
      trail.warnings.map(({ what }) => what),
      ["head-behind"],
    );
    assert.equal(await describeVerdict(trail.file, OURS.publicKey), `ok 6 ${ID} true`);
  });
});

describe("a head that is not signed by the key that was asked for", () => {
  type Tamper = (trail: TestTrail, head: HeadText) => Promise<void>;
  const writeHeadText = (trail: TestTrail, head: HeadText) =>
    writeFile(`${trail.file}.head`, `${canonicalJson(JSON.parse(JSON.stringify(head)))}\n`);
  /** Everything that somebody without the private key can do who knows how trails are made. */
  const rewrite = async (trail: TestTrail, make: (head: HeadText) => HeadText) => {
    const records = manyRecords(3).map((record) => ({ ...record, actor: "mallory" }));
    const { text, head } = appendToChain(EMPTY_HEAD, records);
    await writeFile(trail.file, text);
    await writeHeadText(trail, make(head));
  };
  const cases: readonly (readonly [reason: string, tamper: Tamper, message: RegExp])[] = [
    [
      "a chain written anew, its signature left out",
      (trail) => rewrite(trail, (head) => head),
      /is not signed\. Compare the trail with a backup/,
    ],
    [
      "a chain written anew under the old signature",
      (trail, { keyId = "", signature = "" }) => rewrite(trail, (head) => ({ ...head, keyId, signature })),
      new RegExp(`has a signature that key ${ID} did not make`),
    ],
    [
      "a chain written anew and signed by another key in our name",
      (trail) => rewrite(trail, (head) => ({ ...head, keyId: ID, signature: signatureOf(head, OTHER.privateKey) })),
      new RegExp(`has a signature that key ${ID} did not make`),
    ],
    [
      "a chain written anew and signed by another key in its own name",
      (trail) => {
        const keyId = keyIdOf(OTHER.publicKey);
        return rewrite(trail, (head) => ({ ...head, keyId, signature: signatureOf(head, OTHER.privateKey) }));
      },
      new RegExp(`is signed by key ${keyIdOf(OTHER.publicKey)}, not by ${ID}`),
    ],
    [
      "its signature taken away",
      (trail, { sequence, hash }) => writeHeadText(trail, { sequence, hash }),
      /is not signed/,
    ],
    ["its head file deleted", (trail) => rm(`${trail.file}.head`), /is gone, and its signature with it/],
    [
      "a torn line on top, which callers forgive",
      async (trail, { sequence, hash }) => {
        await appendFile(trail.file, '{"act');
        await writeHeadText(trail, { sequence, hash });
      },
      /is not signed/,
    ],
  ];
  for (const [reason, tamper, message] of cases) {
    it(`is told: ${reason}`, async (t) => {
      const trail = await makeTrail(t, 3, { signingKey });
      await tamper(trail, await readHeadText(trail.file));
      const verdict = await verifyTrail(trail.file, { verifyKey: OURS.publicKey });
      assert.ok(!verdict.ok);
      assert.deepEqual([verdict.problem, verdict.line, verdict.isTorn], ["unsigned", 0, false]);
      assert.match(verdict.message, message);
    });
  }

  it("does not hide what is wrong with the chain, which names a line", async (t) => {
    const trail = await makeTrail(t, 3, { signingKey });
    await writeHeadText(trail, { sequence: 3, hash: (await readHeadText(trail.file)).hash });
    await trail.overwrite((await trail.lines()).toSpliced(1, 1));
    assert.match(await describeVerdict(trail.file, OURS.publicKey), /^removed 2/);
  });

  const garbled: readonly (readonly [reason: string, difference: object])[] = [
    ["a signature without a key", { signature: "A".repeat(88) }],
    ["a key without a signature", { keyId: ID }],
    ["a signature that is too short", { keyId: ID, signature: "AAAA" }],
    ["a key id that is none", { keyId: "../../etc", signature: `${"A".repeat(86)}==` }],
    ["something more", { surplus: true }],
  ];
  for (const [reason, difference] of garbled) {
    it(`is no head at all with ${reason}`, async (t) => {
      const trail = await makeTrail(t, 1);
      const head = { ...(await readHeadText(trail.file)), ...difference };
      await writeFile(`${trail.file}.head`, JSON.stringify(head));
      assert.match(await describeVerdict(trail.file), /^unreadable 0: .*does not hold a head/);
    });
  }
});

describe("an append", () => {
  const heads = async (trail: TestTrail) => (await readHeadText(trail.file)).keyId;

  it("without a key does not take a signature away", async (t) => {
    const trail = await makeTrail(t, 2, { signingKey });
    const before = await readFile(trail.file);
    const unsigned = openTrail({ file: trail.file });
    await assert.rejects(unsigned.append([recordWith()]), failsWith("audit/unwritable", ID));
    assert.ok(before.equals(await readFile(trail.file)));
    assert.equal(await heads(trail), ID);
  });

  it("refuses to sign over a signature in our name that we did not make", async (t) => {
    const trail = await makeTrail(t, 2, { signingKey });
    const head = await readHeadText(trail.file);
    const forged = { ...head, signature: signatureOf(head, OTHER.privateKey) };
    await writeFile(`${trail.file}.head`, JSON.stringify(forged));
    await assert.rejects(trail.append([recordWith()]), failsWith("audit/broken", ID));
    assert.equal((await trail.lines()).length, 2);
  });

  for (const [reason, first, warning] of [
    ["a trail that was not signed", undefined, "head-not-signed"],
    ["a trail that another key signed", OTHER.privateKey, "head-signed-by-another"],
  ] as const) {
    it(`with a key begins to sign ${reason}, and says so once`, async (t) => {
      const trail = await makeTrail(t, 2, first === undefined ? {} : { signingKey: first });
      const warnings: string[] = [];
      const signing = openTrail({ file: trail.file, signingKey, onWarning: ({ what }) => warnings.push(what) });
      await signing.append([recordWith()]);
      await signing.append([recordWith()]);
      assert.deepEqual(warnings, [warning]);
      assert.equal(await describeVerdict(trail.file, OURS.publicKey), `ok 4 ${ID} true`);
    });
  }
});
