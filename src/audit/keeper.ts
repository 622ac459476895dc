import { randomUUID } from "node:crypto";
import { open, rename, stat, unlink } from "node:fs/promises";
import pLimit from "p-limit";
import { GitopsError, systemCodeOf } from "../errors.ts";
import { canonicalJson, type Json } from "../model/json.ts";
import { asUnwritable, FILE_MODE, makeFolder, syncFolder, writeAll } from "./disk.ts";
import { groupCalls } from "./group-calls.ts";
import { brokenKept, digestOfBytes, keptFolderOf, MAX_KEPT_BYTES, pathOf, readBytes } from "./kept.ts";

/** A run may keep a document for each of thousands of resources at once, and a process may only open so many files. */
const fileWork = pLimit(16);

/**
 * Keeps a trail's documents. Every document is synced by itself; the folder that has its name is synced once for all that came while the
 * sync before was under way. What this keeper has put on disk it does not read, write or sync again, as long as it is still there.
 */
export class Keeper {
  readonly #file: string;
  readonly #folder: string;
  /** By digest, those that are being kept or have been. */
  readonly #kept = new Map<string, Promise<void>>();
  readonly #syncNames: (path: string) => Promise<void>;

  constructor(file: string) {
    this.#file = file;
    this.#folder = keptFolderOf(file);
    this.#syncNames = groupCalls(() => syncFolder(this.#folder), 0);
  }

  /**
   * Keeps a document and returns its digest when file and name are on disk. Processes that keep the same at once do not disturb each
   * other. Throws `audit/unwritable` when it cannot be kept, `audit/broken` when other content stands in its place.
   */
  async keep(document: Json): Promise<string> {
    const bytes = Buffer.from(canonicalJson(document));
    if (bytes.length > MAX_KEPT_BYTES) throw tooLarge(bytes.length);
    const digest = digestOfBytes(bytes);
    const earlier = this.#kept.get(digest);
    if (earlier !== undefined && (await this.#isStillThere(earlier, digest, bytes.length))) return digest;
    const keeping = this.#keepNow(pathOf(this.#file, digest), bytes);
    this.#kept.set(digest, keeping);
    // A failure is of who asked, and the next one tries again.
    await keeping.catch((error: unknown) => {
      if (this.#kept.get(digest) === keeping) this.#kept.delete(digest);
      throw asUnwritable(this.#folder, error);
    });
    return digest;
  }

  async #isStillThere(earlier: Promise<void>, digest: string, size: number): Promise<boolean> {
    try {
      await earlier;
      const stats = await fileWork(() => stat(pathOf(this.#file, digest)));
      return stats.isFile() && stats.size === size;
    } catch {
      return false;
    }
  }

  async #keepNow(path: string, bytes: Buffer): Promise<void> {
    await fileWork(async () => {
      const found = readBytes(path);
      if (found.state === "changed" || (found.state === "read" && !found.bytes.equals(bytes))) {
        throw brokenKept(path, "holds something else than what was kept there");
      }
      if (found.state === "missing") await this.#putInFolder(path, bytes);
    });
    // Also when another process put it there: its name may not be on disk yet.
    await this.#syncNames(path);
  }

  async #putInFolder(path: string, bytes: Buffer): Promise<void> {
    try {
      await putInPlace(path, bytes);
    } catch (error) {
      const code = systemCodeOf(error);
      if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
      await makeFolder(this.#folder);
      await putInPlace(path, bytes);
    }
  }
}

/** As `Keeper.keep`, for one document. */
export function keepDocument(file: string, document: Json): Promise<string> {
  return new Keeper(file).keep(document);
}

/** Under a name of its own first: nobody ever sees a part of it, and two writers of the same content cannot mix. */
async function putInPlace(path: string, bytes: Buffer): Promise<void> {
  const draft = `${path}.${randomUUID()}.tmp`;
  const handle = await open(draft, "wx", FILE_MODE);
  try {
    try {
      await writeAll(handle, bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    throw error;
  }
}

function tooLarge(bytes: number): GitopsError {
  return new GitopsError(
    "audit/unwritable",
    `A document of ${bytes} bytes cannot be kept beside the audit trail; the limit is ${MAX_KEPT_BYTES}.`,
    { hint: "Split the resource: what cannot be kept cannot be put back, so it is not sent." },
  );
}
