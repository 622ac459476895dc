import type { KeyObject } from "node:crypto";
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GitopsError, messageOf, systemCodeOf } from "../errors.ts";
import { type Head, verifyChain } from "./chain.ts";
import type { TrailEntry } from "./entry.ts";
import { readHead } from "./head-file.ts";
import { findLostDocument, type KeptStates } from "./kept-watch.ts";
import { readLines } from "./lines.ts";
import { isLocked } from "./lock.ts";
import { findUnsigned, type RememberedHead } from "./signature.ts";
import type { BrokenTrail, SoundChain, TrailVerdict } from "./verdict.ts";

const WRITER_LOOKS = 100;
const WRITER_POLL_MS = 20;

export interface VerifyOptions {
  /** A public Ed25519 key; with it the head must be signed by its private half. */
  readonly verifyKey?: KeyObject | undefined;
}

/**
 * Verifies a trail from its first entry to its last, every kept document that an entry names, and all of it against the head file.
 * Names the first entry that is wrong; the signature comes last. Never throws for what it finds, writes nothing, takes no lock. No
 * file and nothing remembered is an empty trail, which is sound. A writer that is just appending is waited for.
 */
export async function verifyTrail(file: string, options: VerifyOptions = {}): Promise<TrailVerdict> {
  const path = resolve(file);
  const states: KeptStates = new Map();
  for (let look = 1; ; look += 1) {
    const verdict = await verifyOnce(path, options, states);
    // Half a line is what a reader may see of an append that is under way.
    const mayBeGrowing = !verdict.ok && verdict.problem === "cut" && look < WRITER_LOOKS;
    if (!mayBeGrowing || !(await isBeingWritten(path))) return verdict;
    await sleep(WRITER_POLL_MS);
  }
}

async function verifyOnce(path: string, { verifyKey }: VerifyOptions, states: KeptStates): Promise<TrailVerdict> {
  try {
    // Head first: entries appended in between may only make it lag, which is allowed.
    const remembered = await readHead(path);
    let lost: BrokenTrail | undefined;
    const chain = await verifyLines(path, remembered, async (entry, line) => {
      lost ??= await findLostDocument(path, entry, line, states);
    });
    return judge(chain, lost, remembered, verifyKey);
  } catch (error) {
    const reason = error instanceof GitopsError ? error.message : `The trail cannot be read: ${messageOf(error)}.`;
    return broken("unreadable", reason);
  }
}

/** The earliest line that is wrong counts. A torn line is forgiven by callers, so nothing that is not may hide behind it. */
function judge(
  chain: SoundChain | BrokenTrail,
  lost: BrokenTrail | undefined,
  remembered: RememberedHead | null,
  verifyKey: KeyObject | undefined,
): TrailVerdict {
  if (lost !== undefined && (chain.ok || lost.line < chain.line)) return lost;
  if (!chain.ok && !chain.isTorn) return chain;
  if (chain.ok) return judgeSound(chain, remembered, verifyKey);
  return (verifyKey && describeUnsigned(chain, remembered, verifyKey)) ?? chain;
}

/** What is to be said of a trail whose chain and kept documents are sound. */
export function judgeSound(
  chain: SoundChain,
  remembered: RememberedHead | null,
  verifyKey: KeyObject | undefined,
): TrailVerdict {
  const unsigned = verifyKey && describeUnsigned(chain, remembered, verifyKey);
  if (unsigned !== undefined) return unsigned;
  const signedBy = remembered?.signature?.keyId ?? null;
  const { warnings, ...sound } = chain;
  return { ...sound, signedBy, isSignatureChecked: signedBy !== null && verifyKey !== undefined, warnings };
}

function describeUnsigned(
  chain: SoundChain | BrokenTrail,
  remembered: RememberedHead | null,
  verifyKey: KeyObject,
): BrokenTrail | undefined {
  const hasSignature = remembered !== null && remembered.signature !== null;
  if (!hasSignature && chain.ok && chain.entries === 0) return undefined;
  const fault = remembered === null ? "is gone, and its signature with it" : findUnsigned(remembered, verifyKey);
  if (fault === undefined) return undefined;
  const message = `The head of the trail ${fault}. Compare the trail with a backup. When it is known to be whole, let a run with audit.signingKey sign it, before audit.verifyKey is set again.`;
  return broken("unsigned", message);
}

async function verifyLines(
  path: string,
  remembered: Head | null,
  onEntry: (entry: TrailEntry, line: number) => Promise<void>,
): Promise<SoundChain | BrokenTrail> {
  try {
    const handle = await open(path, "r");
    try {
      return await verifyChain(readLines(handle), remembered, onEntry);
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
  return { ...broken("cut", message), line: 1, sequence: 1 };
}

/** A verdict that is about no line. */
function broken(problem: BrokenTrail["problem"], message: string): BrokenTrail {
  return { ok: false, line: 0, sequence: 0, problem, message, isTorn: false };
}
