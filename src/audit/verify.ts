import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GitopsError, messageOf, systemCodeOf } from "../errors.ts";
import { type Head, verifyChain } from "./chain.ts";
import { readHead } from "./head-file.ts";
import { readLines } from "./lines.ts";
import { isLocked } from "./lock.ts";
import type { BrokenTrail, TrailVerdict } from "./verdict.ts";

const WRITER_LOOKS = 100;
const WRITER_POLL_MS = 20;

/**
 * Verifies a trail from its first entry to its last and against its head file. Never throws for what it finds, writes
 * nothing, takes no lock. No file and nothing remembered is an empty trail, which is sound. A writer that is just
 * appending is waited for.
 */
export async function verifyTrail(file: string): Promise<TrailVerdict> {
  const path = resolve(file);
  for (let look = 1; ; look += 1) {
    const verdict = await verifyOnce(path);
    // Half a line is what a reader may see of an append that is under way.
    const mayBeGrowing = !verdict.ok && verdict.problem === "cut" && look < WRITER_LOOKS;
    if (!mayBeGrowing || !(await isBeingWritten(path))) return verdict;
    await sleep(WRITER_POLL_MS);
  }
}

async function verifyOnce(path: string): Promise<TrailVerdict> {
  try {
    // Head first: entries appended in between may only make it lag, which is allowed.
    return await verifyAgainst(path, await readHead(path));
  } catch (error) {
    const reason = error instanceof GitopsError ? error.message : `The trail cannot be read: ${messageOf(error)}.`;
    return { ok: false, line: 0, sequence: 0, problem: "unreadable", message: reason, isTorn: false };
  }
}

async function verifyAgainst(path: string, remembered: Head | null): Promise<TrailVerdict> {
  try {
    const handle = await open(path, "r");
    try {
      return await verifyChain(readLines(handle), remembered);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (systemCodeOf(error) !== "ENOENT") throw error;
    if (remembered === null || remembered.sequence === 0) return await verifyChain([], remembered);
    return deleted(path, remembered);
  }
}

async function isBeingWritten(path: string): Promise<boolean> {
  return isLocked(`${path}.lock`).catch(() => false);
}

function deleted(path: string, remembered: Head): BrokenTrail {
  const message = `The trail ${path} is gone, but its head file remembers ${remembered.sequence} entries.`;
  return { ok: false, line: 1, sequence: 1, problem: "cut", message, isTorn: false };
}
