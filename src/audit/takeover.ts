/**
 * Taking over an abandoned lock without a race.
 *
 * The danger: two takers find the same abandoned lock S. One removes it and makes its own; the other, a moment late,
 * removes that one. Looking before removing does not help, for nothing holds still between the look and the removal.
 *
 * The rule: only the one who owns the claim file `<lock>.after-<token of S>` may replace S. Creating a file exclusively
 * succeeds for one taker only. The claim holds that taker's own lock text, and renaming the claim onto the lock path
 * replaces S and ends the claim in one step. Tokens never repeat, so whoever then looks again sees another token and
 * knows that S is history.
 *
 *   late taker creates the claim after the winner's rename   the lock's token is no longer S: it withdraws its claim
 *   winner is killed before the rename                       its claim counts as the lock that follows S: when it is
 *                                                            abandoned, the next taker claims `.after-<token of it>`
 *   two takers follow the same abandoned claim               again only one can create the claim after it
 *   the owner renews its lease while others take it over     it needs the same claim, so it has it or they have it
 *
 * What no lock file can prevent: a process that is stopped for longer than its lease, between its last look and its
 * write. `isHeld` makes that window as small as it can be, and the chain shows it if it ever happens.
 */
import { rename } from "node:fs/promises";
import { createLockFile, type FoundLock, isAbandoned, readLockFile, removeIfThere } from "./lock-file.ts";

/** `moved-on`: somebody else came first; look again. `waiting`: the one named is about to have it, or has it. */
export type Takeover =
  | { readonly result: "taken" }
  | { readonly result: "moved-on" }
  | { readonly result: "waiting"; readonly lock: FoundLock };

/** Tries once to put `text` in the place of the lock that was found at `path`. */
export async function takeOver(path: string, found: FoundLock, text: string): Promise<Takeover> {
  const claims: string[] = [];
  let last = found;
  while (isAbandoned(last)) {
    const claim = `${path}.after-${last.token}`;
    if (await createLockFile(claim, text)) return settle(path, found, claim, claims);
    const rival = await readLockFile(claim);
    if (rival === undefined) return { result: "moved-on" };
    claims.push(claim);
    last = rival;
  }
  return { result: "waiting", lock: last };
}

/** Puts a new text of ours in the place of our own; false when the lock is not ours any more, or somebody is just taking it over. */
export async function replaceOwn(path: string, own: string, text: string): Promise<boolean> {
  const found = await readLockFile(path);
  if (found?.text !== own) return false;
  const claim = `${path}.after-${found.token}`;
  if (!(await createLockFile(claim, text))) return false;
  try {
    return (await settle(path, found, claim, [])).result === "taken";
  } catch (error) {
    // Left there, our claim would keep us from renewing ever again.
    await removeIfThere(claim);
    throw error;
  }
}

async function settle(path: string, found: FoundLock, claim: string, spent: readonly string[]): Promise<Takeover> {
  const lock = await readLockFile(path);
  if (lock?.token !== found.token) {
    await removeIfThere(claim);
    return { result: "moved-on" };
  }
  await rename(claim, path);
  for (const old of spent) await removeIfThere(old);
  return { result: "taken" };
}
