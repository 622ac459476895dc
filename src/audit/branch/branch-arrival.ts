/**
 * What must hold of a trail that a branch brings, before it is taken over here.
 *
 *   it begins with all the entries that were seen before       the branch may only grow
 *   its head file names its very last entry                    every push has the trail and its head in one commit, so entries after
 *                                                              the head are not ours: somebody who may push has added them, and the
 *                                                              next append would sign them with its own
 *   a head that was signed is signed                           a run without a key refuses to take a signature away
 *
 * (In a file, entries after the head are what a killed run leaves.)
 */
import { readHeadText } from "../head-file.ts";
import type { RememberedHead } from "../signature.ts";
import { checkTail, type Tail } from "../tail.ts";

/** The two files of a trail as a commit has them; a file that is not there is undefined. */
export interface ArrivedTrail {
  readonly entries: Buffer | undefined;
  readonly head: Buffer | undefined;
}

/**
 * Why a trail cannot be taken over, as the rest of a sentence about its branch; undefined when it can. `file` is for messages. Throws
 * `audit/broken` when its end does not chain or its head file holds no head.
 */
export async function findFault(file: string, arrived: ArrivedTrail, seen: ArrivedTrail): Promise<string | undefined> {
  const { entries, head } = arrived;
  const old = seen.entries;
  if (old !== undefined && (entries === undefined || !entries.subarray(0, old.length).equals(old))) {
    return "no longer begins with the entries that it had";
  }
  const remembered = readRemembered(file, head);
  const wasSigned = (readRemembered(file, seen.head)?.signature ?? null) !== null;
  if (wasSigned && (remembered?.signature ?? null) === null) return "has lost the signature of its head";
  const { beyond } = await readTail(file, entries ?? Buffer.alloc(0), remembered);
  if (beyond === 0) return undefined;
  const many = beyond === 1 ? "an entry that its head file does" : `${beyond} entries that its head file does`;
  return `has ${many} not name, so no run has written ${beyond === 1 ? "it" : "them"}`;
}

function readRemembered(file: string, head: Buffer | undefined): RememberedHead | null {
  return head === undefined ? null : readHeadText(file, head.toString("utf8"));
}

function readTail(file: string, entries: Buffer, remembered: RememberedHead | null): Promise<Tail> {
  const read = (position: number, length: number) => Promise.resolve(entries.subarray(position, position + length));
  return checkTail({ size: entries.length, read }, remembered, file);
}
