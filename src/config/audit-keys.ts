import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { GitopsError } from "../errors.ts";
import type { Problem } from "../model/finding.ts";
import { Secrets } from "../model/secrets.ts";
import { findLiteralSecret, readValue, type ValueOptions } from "./value.ts";
import type { WrittenConfig } from "./written.ts";

export type WrittenAudit = NonNullable<WrittenConfig["audit"]>;
/** Keys belong to no tenant, so only the environment can be referred to. */
export type KeyOptions = Pick<ValueOptions, "directory" | "variables">;

export interface ReadKey {
  /** undefined when there are problems, and when none is configured. */
  readonly key?: KeyObject;
  readonly problems: readonly Problem[];
}

const SIGNING_KEY = { what: "signing key", path: ["audit", "signingKey"] };
const VERIFY_KEY = { what: "verify key", path: ["audit", "verifyKey"] };
const HOW_TO = 'docs/configuration.md, "Signing the trail", shows how to make a key pair.';

/** A private key that is written out, in either place. It is remembered as a secret: our own output need not spread it. */
export function findKeyProblems(written: WrittenAudit | undefined, secrets: Secrets): readonly Problem[] {
  const { signingKey, verifyKey } = written ?? {};
  const literal = findLiteralSecret(signingKey, SIGNING_KEY);
  if (literal !== undefined && typeof signingKey === "string") rememberKey(signingKey, secrets);
  const isPrivate = typeof verifyKey === "string" && isPrivateKey(verifyKey);
  if (isPrivate) rememberKey(verifyKey, secrets);
  return [...(literal === undefined ? [] : [literal]), ...(isPrivate ? [privateForPublic()] : [])];
}

/** The private key that heads are signed with. Nothing of a key is ever in a problem. */
export async function readSigningKey(written: WrittenAudit["signingKey"], options: KeyOptions): Promise<ReadKey> {
  if (written === undefined) return { problems: [] };
  const text = await readValue(written, { ...options, ...SIGNING_KEY, isSecret: true });
  if (typeof text !== "string") return { problems: text };
  rememberKey(text, options.variables.secrets);
  const key = parsePrivateKey(text);
  if (key?.asymmetricKeyType === "ed25519") return { key, problems: [] };
  return { problems: [notAKey(SIGNING_KEY, "private key", "PKCS#8", key)] };
}

/** The public key that heads are checked with. */
export async function readVerifyKey(written: WrittenAudit["verifyKey"], options: KeyOptions): Promise<ReadKey> {
  if (written === undefined) return { problems: [] };
  const text = await readValue(written, { ...options, ...VERIFY_KEY, isSecret: false });
  if (typeof text !== "string") return { problems: text };
  if (isPrivateKey(text)) {
    rememberKey(text, options.variables.secrets);
    return { problems: [privateForPublic()] };
  }
  const key = parsePublicKey(text);
  if (key?.asymmetricKeyType === "ed25519") return { key, problems: [] };
  return { problems: [notAKey(VERIFY_KEY, "public key", "SPKI", key)] };
}

/** The public key in a file that a command line names. Throws `usage` when it holds none. */
export async function readVerifyKeyFile(file: string, directory: string): Promise<KeyObject> {
  // The path is taken as it is typed, whatever it looks like.
  const written = { file: file.replaceAll("${", () => "$${") };
  const variables = { variables: {}, env: {}, secrets: new Secrets() };
  const { key, problems } = await readVerifyKey(written, { directory, variables });
  if (key !== undefined) return key;
  const [problem] = problems;
  const message = `--verify-key: ${problem?.message ?? "there is no key"}`;
  const advice = `Name a file with an Ed25519 public key (PEM), relative to the working directory. ${HOW_TO}`;
  const hint = problem?.rule === "config/literal-secret" ? problem.hint : advice;
  throw new GitopsError("usage", message, { hint: hint ?? advice });
}

function privateForPublic(): Problem {
  return {
    rule: "config/literal-secret",
    message: "the verify key is a private key",
    path: VERIFY_KEY.path,
    hint: "Put its public half here (`openssl pkey -in KEY -pubout`), and make a new pair if others could read this one.",
  };
}

function notAKey({ what, path }: typeof SIGNING_KEY, half: string, form: string, key: KeyObject | undefined): Problem {
  const message =
    key === undefined
      ? `the ${what} cannot be read as a ${half}`
      : `the ${what} is of the type ${key.asymmetricKeyType}, not ed25519`;
  const hint = `It must be an Ed25519 ${half} without passphrase (${form}, PEM or its base64). ${HOW_TO}`;
  return { rule: "config/invalid", message, path, hint };
}

/** What node:crypto throws may quote what it was given, so it goes no further. */
function parsePrivateKey(text: string): KeyObject | undefined {
  try {
    const pem = decode(text);
    if (isPem(pem)) return createPrivateKey(pem);
    return createPrivateKey({ key: Buffer.from(text, "base64"), format: "der", type: "pkcs8" });
  } catch {
    return undefined;
  }
}

function parsePublicKey(text: string): KeyObject | undefined {
  try {
    const pem = decode(text);
    if (isPem(pem)) return createPublicKey(pem);
    return createPublicKey({ key: Buffer.from(text, "base64"), format: "der", type: "spki" });
  } catch {
    return undefined;
  }
}

function isPrivateKey(text: string): boolean {
  return decode(text).includes("PRIVATE KEY") || parsePrivateKey(text) !== undefined;
}

/** PEM as it is, or out of its base64; anything else as it came. */
function decode(text: string): string {
  if (isPem(text)) return text;
  const decoded = Buffer.from(text, "base64").toString("latin1");
  return isPem(decoded) ? decoded : text;
}

function isPem(text: string): boolean {
  return text.includes("-----BEGIN ");
}

/** The key in every form that could get out: as given, as PEM, and the base64 in the middle of that. */
function rememberKey(text: string, secrets: Secrets): void {
  const pem = decode(text);
  const lines = pem.split(/\s*\n\s*/).filter((line) => line !== "" && !line.startsWith("-----"));
  for (const form of [text, text.trim(), pem, pem.trim(), ...lines, lines.join("")]) secrets.add(form);
}
