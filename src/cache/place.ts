/** Where the cache is: files that nobody else can read or has made, in a folder that nobody else can write. */
import { randomUUID } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { lstat, open, readdir, rename, unlink, writeFile } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import { makeFolders } from "../make-folders.ts";

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** Windows has no such bits, and every file belongs to the user there. */
const OTHERS_MAY_ANYTHING = 0o077;
const OTHERS_MAY_WRITE = 0o022;

export interface CachePlace {
  /** Absolute. Is made where it is missing. */
  readonly folder: string;
  /** The configuration's folder, absolute: a place below it must not lead out of it. */
  readonly base: string;
  /** The file's name in the folder. */
  readonly file: string;
}

/** Why a place is not used: a few words for the log. */
export class UnfitPlace extends Error {}

/** The file's content; undefined when there is none. Throws `UnfitPlace`, and what the system throws. */
export async function readPlace(place: CachePlace, mostBytes: number): Promise<Buffer | undefined> {
  await checkFolder(place);
  const path = join(place.folder, place.file);
  if ((await lstat(path).catch(() => undefined)) === undefined) return undefined;
  // Something else than a file may stand there, and opening a pipe must not wait for its writer.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new UnfitPlace("no ordinary file");
    if (!isOurs(found, OTHERS_MAY_ANYTHING)) throw new UnfitPlace("somebody else's, or open to others");
    if (found.size > mostBytes) throw new UnfitPlace("larger than it may be");
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Puts a whole file in the place: whoever reads sees the old one or the new. Throws `UnfitPlace`, and what the system throws. */
export async function writePlace(place: CachePlace, pieces: Iterable<string | Buffer>): Promise<void> {
  await checkFolder(place);
  await makeFolders(place.folder, { mode: FOLDER_MODE });
  await sweep(place);
  await writeFile(join(place.folder, ".gitignore"), "*\n", { flag: "wx", mode: FILE_MODE }).catch(() => undefined);
  const draft = join(place.folder, `${place.file}.${randomUUID()}.tmp`);
  const handle = await open(draft, "wx", FILE_MODE);
  try {
    for (const bytes of inBatches(pieces)) await handle.writeFile(bytes);
    await handle.close();
    await rename(draft, join(place.folder, place.file));
  } catch (error) {
    await handle.close().catch(() => undefined);
    await unlink(draft).catch(() => undefined);
    throw error;
  }
}

async function checkFolder({ folder, base }: CachePlace): Promise<void> {
  for (const part of partsBelow(base, folder)) {
    const found = await lstat(part).catch(() => undefined);
    if (found?.isSymbolicLink()) throw new UnfitPlace("a folder that a link leads to");
  }
  const found = await lstat(folder).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isDirectory()) throw new UnfitPlace("no folder");
  if (!isOurs(found, OTHERS_MAY_WRITE)) throw new UnfitPlace("a folder that others may write");
}

/** The folder and those above it, as far as they are below the base; of one elsewhere only itself, for what leads there is the user's. */
function partsBelow(base: string, folder: string): readonly string[] {
  const way = relative(base, folder).split(sep);
  if (way[0] === ".." || isAbsolute(way[0] ?? "")) return [folder];
  return way.map((_, index) => join(base, ...way.slice(0, index + 1)));
}

function isOurs({ uid, mode }: Stats, forbidden: number): boolean {
  if (process.getuid === undefined) return true;
  return uid === process.getuid() && (mode & forbidden) === 0;
}

/** A run that is killed while it writes leaves its draft. */
const OLD_DRAFT_MS = 3_600_000;
/** A tenant, client or scope that the configuration names no more leaves its file. */
const OLD_FILE_MS = 30 * 24 * 3_600_000;

async function sweep({ folder, file }: CachePlace): Promise<void> {
  for (const name of await readdir(folder)) {
    const isDraft = name.startsWith(`${file}.`) && name.endsWith(".tmp");
    if (!isDraft && (name === file || !isCacheName(name))) continue;
    const path = join(folder, name);
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined || !found.isFile() || !isOurs(found, OTHERS_MAY_ANYTHING)) continue;
    const isOld = Date.now() - found.mtimeMs > (isDraft ? OLD_DRAFT_MS : OLD_FILE_MS);
    if (isOld) await unlink(path).catch(() => undefined);
  }
}

/** Of another cache, or of its draft. */
function isCacheName(name: string): boolean {
  return /^[0-9a-f]{32}\.jsonl(\.[0-9a-f-]{36}\.tmp)?$/.test(name);
}

const BATCH_BYTES = 1024 * 1024;

function* inBatches(pieces: Iterable<string | Buffer>): Generator<Buffer> {
  let batch: Buffer[] = [];
  let size = 0;
  for (const piece of pieces) {
    const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
    batch.push(bytes);
    size += bytes.length;
    if (size < BATCH_BYTES) continue;
    yield Buffer.concat(batch);
    [batch, size] = [[], 0];
  }
  yield Buffer.concat(batch);
}
