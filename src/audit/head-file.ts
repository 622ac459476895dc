import type { KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { GitopsError, systemCodeOf } from "../errors.ts";
import { canonicalJson } from "../model/json.ts";
import type { Head } from "./chain.ts";
import { replaceFile } from "./disk.ts";
import { type RememberedHead, signHead } from "./signature.ts";

const head = { sequence: z.int().min(0), hash: z.string().regex(/^[0-9a-f]{64}$/) };
const signature = { keyId: z.string().regex(/^[0-9a-f]{16}$/), signature: z.base64().length(88) };
const headSchema = z.union([z.strictObject(head), z.strictObject({ ...head, ...signature })]);

/**
 * The head file stands beside the trail and remembers its last entry, which is what makes a cut tail visible. It is
 * written after the entries, so it may lag behind them, but never runs ahead; it exists before the first entry does.
 */
export function headFileOf(file: string): string {
  return `${file}.head`;
}

/**
 * What the head file remembers; null when there is none. Its signature is read and not checked. Throws `audit/broken` when it holds
 * anything else than a head.
 */
export async function readHead(file: string): Promise<RememberedHead | null> {
  const text = await readIfThere(headFileOf(file));
  return text === null ? null : readHeadText(file, text);
}

/** As `readHead`, of a head file's text; `file` is the trail's. */
export function readHeadText(file: string, text: string): RememberedHead {
  const parsed = headSchema.safeParse(parseJson(text));
  if (parsed.success) {
    const { sequence, hash, ...signed } = parsed.data;
    return { sequence, hash, signature: "signature" in signed ? signed : null };
  }
  throw new GitopsError("audit/broken", `The head file ${headFileOf(file)} does not hold a head.`, {
    place: { file: headFileOf(file) },
    hint: "Compare the trail with a backup. When it is known to be whole, delete the head file: the next run writes a new one and says so.",
  });
}

/** Signs the head where there is a key. The caller must hold the trail's lock. */
export async function writeHead(file: string, { sequence, hash }: Head, signingKey?: KeyObject): Promise<void> {
  const signed = signingKey === undefined ? {} : signHead({ sequence, hash }, signingKey);
  await replaceFile(headFileOf(file), `${canonicalJson({ sequence, hash, ...signed })}\n`);
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return null;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
