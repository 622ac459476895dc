import { type BareRepository, openGit } from "./git-client.ts";

/** So much may lie about uncompressed against each other, in KiB: each append to a trail leaves all of it once more, in a file of its own. */
const MOST_LOOSE_KIB = 32 * 1024;
/** Versions of a file that only grows are next to each other when they are packed: a wide search finds nothing better, and takes long. */
const PACKING = ["pack.window=3", "pack.depth=50", "pack.threads=1", "pack.windowMemory=256m"];

/**
 * Packs what lies loose in a repository of ours once it is more than `mostKiB`: then only differences are stored. Git's own tidying goes by
 * the number of objects, and few large ones never reach it. Takes a second or two; gives up after a minute, and changes nothing then.
 */
export async function packLooseObjects(repository: BareRepository, mostKiB = MOST_LOOSE_KIB): Promise<void> {
  const counted = await openGit(repository).raw(["count-objects", "-v"]);
  const looseKiB = Number(/^size: (\d+)$/m.exec(counted)?.[1] ?? 0);
  if (looseKiB <= mostKiB) return;
  await openGit(repository, { config: PACKING }).raw(["repack", "-d", "-q"]);
}
