import { GitopsError } from "../../errors.ts";
import { type GitPlace, openGit } from "./git-client.ts";
import type { Blob } from "./git-tree.ts";

/** So much is asked of one process: its answer is held in memory twice for a moment. */
const BATCH_BYTES = 64 * 1024 * 1024;

const LINE_FEED = 0x0a;

/** The bytes of each blob, in their order, as they are stored: no filter runs over them. */
export async function readBlobs(standing: GitPlace, blobs: readonly Blob[]): Promise<readonly Buffer[]> {
  const contents: Buffer[] = [];
  for (const batch of cutIntoBatches(blobs)) {
    const input = batch.map((blob) => `${blob.id}\n`).join("");
    const answer: unknown = await openGit(standing, { input }).binaryCatFile(["--batch"]);
    if (!Buffer.isBuffer(answer)) throw new GitopsError("git/unavailable", "Git gave no content");
    contents.push(...splitAnswer(answer, batch));
  }
  return contents;
}

function cutIntoBatches(blobs: readonly Blob[]): readonly (readonly Blob[])[] {
  const batches: Blob[][] = [];
  let room = 0;
  for (const blob of blobs) {
    if (batches.length === 0 || room < blob.size) {
      batches.push([]);
      room = BATCH_BYTES;
    }
    batches.at(-1)?.push(blob);
    room -= blob.size;
  }
  return batches;
}

/** For each id git writes `id blob size`, a line feed, so many bytes, a line feed. */
function splitAnswer(answer: Buffer, batch: readonly Blob[]): readonly Buffer[] {
  let at = 0;
  return batch.map((blob) => {
    const lineEnd = answer.indexOf(LINE_FEED, at);
    const header = answer.toString("latin1", at, lineEnd === -1 ? answer.length : lineEnd);
    if (header !== `${blob.id} blob ${blob.size}`) {
      const hint = "Check the repository with: git fsck";
      throw new GitopsError("git/unavailable", `Git could not give the content of "${blob.file}"`, { hint });
    }
    const start = lineEnd + 1;
    at = start + blob.size + 1;
    return answer.subarray(start, start + blob.size);
  });
}
