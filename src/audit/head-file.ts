import { readFile } from "node:fs/promises";
import { z } from "zod";
import { GitopsError, systemCodeOf } from "../errors.ts";
import { canonicalJson } from "../model/json.ts";
import type { Head } from "./chain.ts";
import { replaceFile } from "./disk.ts";

const headSchema: z.ZodType<Head> = z.strictObject({
  sequence: z.int().min(0),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

/**
 * The head file stands beside the trail and remembers its last entry, which is what makes a cut tail visible. It is
 * written after the entries, so it may lag behind them, but never runs ahead; it exists before the first entry does.
 */
export function headFileOf(file: string): string {
  return `${file}.head`;
}

/** What the head file remembers; null when there is none. Throws `audit/broken` when it holds anything else than a head. */
export async function readHead(file: string): Promise<Head | null> {
  const text = await readIfThere(headFileOf(file));
  if (text === null) return null;
  const parsed = headSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new GitopsError("audit/broken", `The head file ${headFileOf(file)} does not hold a head.`, {
    place: { file: headFileOf(file) },
    hint: "Compare the trail with a backup. When it is known to be whole, delete the head file: the next run writes a new one and says so.",
  });
}

/** The caller must hold the trail's lock. */
export async function writeHead(file: string, head: Head): Promise<void> {
  await replaceFile(headFileOf(file), `${canonicalJson({ sequence: head.sequence, hash: head.hash })}\n`);
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
