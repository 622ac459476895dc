import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readVerifyKeyFile } from "../../src/config/audit-keys.ts";
import { InvalidConfigError } from "../../src/config/error.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { ResolvedAudit } from "../../src/config/resolved.ts";
import { GitopsError } from "../../src/errors.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { makeFolder } from "../helpers/temp-folder.ts";

const PAIR = generateKeyPairSync("ed25519");
const PRIVATE = PAIR.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const PUBLIC = PAIR.publicKey.export({ type: "spki", format: "pem" }).toString();
const PRIVATE_DER = PAIR.privateKey.export({ type: "pkcs8", format: "der" }).toString("base64");
const PUBLIC_DER = PAIR.publicKey.export({ type: "spki", format: "der" }).toString("base64");
const RSA = generateKeyPairSync("rsa", { modulusLength: 2048 });
/** What must not be in any output. */
const SECRET_BODY = PRIVATE.split("\n")[1] ?? "";

interface Given {
  /** What stands behind `audit:`. */
  readonly audit: object;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly secrets?: Secrets;
}

async function loadAudit(t: TestContext, given: Given): Promise<ResolvedAudit> {
  const { audit, files = {}, env = {}, secrets = new Secrets() } = given;
  const cwd = makeFolder(t, { ...files, "conf/c.yaml": `rules: {}\naudit: ${JSON.stringify(audit)}\n` });
  const config = await loadConfig({ cwd, file: "conf/c.yaml", env, needCredentials: false, secrets });
  return config.audit;
}

/** Fails with one finding of this rule on the line of the key, and with nothing of a private key in it. */
const isInvalid =
  (rule: string, pattern: RegExp) =>
  (thrown: unknown): boolean => {
    assert.ok(thrown instanceof InvalidConfigError, String(thrown));
    assert.deepEqual(
      thrown.findings.map((finding) => `${finding.rule} ${finding.line}`),
      [`${rule} 2`],
    );
    assert.match(`${thrown.message} ${thrown.hint}`, pattern);
    const everything = `${JSON.stringify(thrown)} ${thrown.message} ${thrown.stack} ${String(thrown.cause)}`;
    assert.ok(!everything.includes(SECRET_BODY) && !everything.includes(PRIVATE_DER), "key material in an error");
    return true;
  };

const canSign = (key: KeyObject | undefined) => {
  assert.ok(key);
  assert.ok(verify(null, Buffer.from("x"), PAIR.publicKey, sign(null, Buffer.from("x"), key)));
};

test("no keys are configured, none are given", async (t) => {
  const audit = await loadAudit(t, { audit: {} });
  assert.deepEqual([await audit.resolveSigningKey(), await audit.resolveVerifyKey()], [undefined, undefined]);
});

test("a signing key comes from the environment or a file, as PEM or as base64", async (t) => {
  const inEnvironment = { audit: { signingKey: "${env:KEY}" } };
  const asBase64 = Buffer.from(PRIVATE).toString("base64");
  for (const value of [PRIVATE, PRIVATE.trim(), PRIVATE.replaceAll("\n", "\r\n"), asBase64, PRIVATE_DER]) {
    const secrets = new Secrets();
    const audit = await loadAudit(t, { ...inEnvironment, env: { KEY: value }, secrets });
    canSign(await audit.resolveSigningKey());
    assert.ok(secrets.isIn(value));
    if (value !== PRIVATE_DER) assert.ok(secrets.isIn(SECRET_BODY), "its middle alone is masked too");
  }
  const inFile = { audit: { signingKey: { file: "../keys/${env:NAME}.pem" } }, env: { NAME: "ours" } };
  const secrets = new Secrets();
  const audit = await loadAudit(t, { ...inFile, files: { "keys/ours.pem": PRIVATE }, secrets });
  canSign(await audit.resolveSigningKey());
  assert.ok(secrets.isIn(SECRET_BODY));
});

test("a verify key is written out, or in a file, or in the environment, and is no secret", async (t) => {
  const cases: readonly Given[] = [
    { audit: { verifyKey: PUBLIC } },
    { audit: { verifyKey: PUBLIC_DER } },
    { audit: { verifyKey: { file: "../ours.pub" } }, files: { "ours.pub": PUBLIC } },
    { audit: { verifyKey: "${env:KEY}" }, env: { KEY: PUBLIC } },
  ];
  for (const given of cases) {
    const secrets = new Secrets();
    const key = await (await loadAudit(t, { ...given, secrets })).resolveVerifyKey();
    assert.equal(key?.equals(PAIR.publicKey), true);
    if (given.env === undefined) assert.equal(secrets.isIn(PUBLIC.trim()), false);
  }
});

test("who only reads needs no signing key, also where one is configured", async (t) => {
  const audit = await loadAudit(t, { audit: { signingKey: "${env:NOT_SET}", verifyKey: PUBLIC } });
  assert.ok(await audit.resolveVerifyKey());
  await assert.rejects(audit.resolveSigningKey(), isInvalid("variables/unset", /NOT_SET is not set/));
});

test("a key that cannot be used is one clear error, without anything of the key in it", async (t) => {
  const pem = (key: KeyObject) => key.export({ type: "pkcs8", format: "pem" }).toString();
  const locked = PAIR.privateKey
    .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" })
    .toString();
  const cases: readonly (readonly [reason: string, value: string, pattern: RegExp])[] = [
    ["cut in the middle", PRIVATE.replace(SECRET_BODY, SECRET_BODY.slice(0, 30)), /cannot be read as a private key/],
    ["one character is another", PRIVATE.replace(SECRET_BODY, `!${SECRET_BODY.slice(1)}`), /cannot be read/],
    ["a public key", PUBLIC, /cannot be read as a private key/],
    ["a key of another kind", pem(RSA.privateKey), /is of the type rsa, not ed25519/],
    ["a key with a passphrase", locked, /cannot be read.*without passphrase/],
    ["no key at all", "hunter2-hunter2", /cannot be read.*openssl|cannot be read.*docs\/configuration\.md/],
    ["base64 of nothing", "AAAA", /cannot be read/],
  ];
  for (const [reason, value, pattern] of cases) {
    const audit = await loadAudit(t, { audit: { signingKey: "${env:KEY}" }, env: { KEY: value } });
    await assert.rejects(audit.resolveSigningKey(), isInvalid("config/invalid", pattern), reason);
  }
  const rsaPublic = RSA.publicKey.export({ type: "spki", format: "pem" }).toString();
  for (const [value, pattern] of [
    [PUBLIC.slice(0, 60), /the verify key cannot be read as a public key/],
    [rsaPublic, /the verify key is of the type rsa/],
    ["x", /cannot be read/],
  ] as const) {
    const audit = await loadAudit(t, { audit: { verifyKey: value } });
    await assert.rejects(audit.resolveVerifyKey(), isInvalid("config/invalid", pattern));
  }
  const missing = await loadAudit(t, { audit: { signingKey: { file: "nope.pem" } } });
  await assert.rejects(missing.resolveSigningKey(), isInvalid("config/invalid", /key file "nope\.pem".*ENOENT/));
});

test("a private key in the configuration is refused at once, wherever it stands, and masked from then on", async (t) => {
  const cases: readonly (readonly [audit: object, pattern: RegExp])[] = [
    [{ signingKey: PRIVATE }, /a signing key must not stand in the configuration.*\$\{env:NAME\}/],
    [{ signingKey: Buffer.from(PRIVATE).toString("base64") }, /must not stand/],
    [{ signingKey: PRIVATE_DER }, /must not stand/],
    [{ verifyKey: PRIVATE }, /the verify key is a private key.*-pubout/],
    [{ verifyKey: PRIVATE_DER }, /the verify key is a private key/],
  ];
  for (const [audit, pattern] of cases) {
    const secrets = new Secrets();
    await assert.rejects(loadAudit(t, { audit, secrets }), isInvalid("config/literal-secret", pattern));
    assert.ok(secrets.isIn(SECRET_BODY) || secrets.isIn(PRIVATE_DER));
  }
  const secrets = new Secrets();
  const given = { audit: { verifyKey: { file: "../wrong.pem" } }, files: { "wrong.pem": PRIVATE }, secrets };
  const audit = await loadAudit(t, given);
  await assert.rejects(audit.resolveVerifyKey(), isInvalid("config/literal-secret", /is a private key/));
  assert.ok(secrets.isIn(SECRET_BODY));
});

test("a misspelt key of the audit section is told like any other", async (t) => {
  await assert.rejects(
    loadAudit(t, { audit: { signkey: "${env:X}" } }),
    isInvalid("config/unknown-key", /Did you mean "signingKey"|signkey/),
  );
});

test("a verify key of the command line is a path as it is typed", async (t) => {
  const folder = makeFolder(t, { "a/${env:HOME}.pub": PUBLIC, "private.pem": PRIVATE, empty: "" });
  assert.ok((await readVerifyKeyFile("a/${env:HOME}.pub", folder)).equals(PAIR.publicKey));
  assert.ok((await readVerifyKeyFile(join(folder, "a/${env:HOME}.pub"), "/")).equals(PAIR.publicKey));
  for (const [file, pattern] of [
    ["nope", /^--verify-key: .*"nope".*ENOENT.* relative to the working directory/],
    ["empty", /is empty.* public key/],
    ["private.pem", /is a private key.*-pubout/],
  ] as const) {
    await assert.rejects(readVerifyKeyFile(file, folder), (thrown) => {
      assert.ok(thrown instanceof GitopsError && thrown.code === "usage" && thrown.hint);
      assert.match(`${thrown.message} ${thrown.hint}`, pattern);
      return !JSON.stringify(thrown).includes(SECRET_BODY);
    });
  }
});
