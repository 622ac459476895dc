/**
 * The cache's file: JSON Lines. The first line is the head, then each entry has two lines: its marks, which are an array, and its document,
 * which is an object, so that no document can be taken for marks. The last line is the seal, over the head and all marks.
 *
 *   ["cxone-gitops cache",1,"0.1.0",7,{"flow":{"pages":3,"at":1795251825742}}]
 *   ["flow","ivr_main_menu_v2",4,1795251820000,null,"9f86d0…",7]
 *   {"id":"ivr_main_menu_v2","version":4,…}
 *   ["seal","3fdba3…"]
 *
 * Marks hold the SHA-256 of the document's line, so the seal covers the documents as well, and none of them is looked at before it is asked
 * for. The seal is keyed: whoever can write the file, and has not got the tenant's client secret, can destroy it and nothing else.
 */
import { createHmac, hash, timingSafeEqual } from "node:crypto";
import * as z from "zod";

const NAME = "cxone-gitops cache";
/** Another number means that older files are not understood. */
const FORMAT = 1;
const NEWLINE = 10;
const ARRAY = 91;
const OBJECT = 123;

const scalar = z.union([z.string(), z.number()]).nullable();
const listSizes = z.record(z.string(), z.strictObject({ pages: z.number().int().min(1).nullable(), at: z.number() }));
const head = z.tuple([z.literal(NAME), z.literal(FORMAT), z.string(), z.number().int().min(0), listSizes]);
const marks = z.tuple([
  z.string(),
  z.string(),
  scalar,
  scalar,
  z.string().nullable(),
  z.string(),
  z.number().int().min(0),
]);
const seal = z.tuple([z.literal("seal"), z.string()]);

/** How a list was found to be, and when (milliseconds since the epoch, by this machine's clock). */
export type ListSizes = z.infer<typeof listSizes>;

export interface Head {
  /** Of the product that wrote the file. Another one may take more for a credential than that did. */
  readonly version: string;
  /** How often the file has been written. */
  readonly generation: number;
  readonly lists: ListSizes;
}

export interface EntryLine {
  readonly type: string;
  readonly id: string;
  readonly version: string | number | null;
  readonly edited: string | number | null;
  readonly etag: string | null;
  /** SHA-256 of the document's line, in hex. */
  readonly digest: string;
  /** The generation that it was used in last. */
  readonly used: number;
}

export interface StoredEntry {
  readonly entry: EntryLine;
  /** The document's line, without its end. */
  readonly text: Buffer | string;
}

export interface CacheFile {
  readonly head: Head;
  readonly entries: readonly StoredEntry[];
}

export function digestOfText(text: string | Buffer): string {
  return hash("sha256", text, "hex");
}

/** The file's content, in pieces. */
export function* writeLines(file: CacheFile, key: string): Generator<string | Buffer> {
  const { version, generation, lists } = file.head;
  const first = JSON.stringify([NAME, FORMAT, version, generation, lists]);
  const hmac = createHmac("sha256", key).update(first);
  yield `${first}\n`;
  for (const { entry, text } of file.entries) {
    const { type, id, version: at, edited, etag, digest, used } = entry;
    const line = JSON.stringify([type, id, at, edited, etag, digest, used]);
    hmac.update(line);
    yield `${line}\n`;
    yield text;
    yield "\n";
  }
  yield `${JSON.stringify(["seal", hmac.digest("hex")])}\n`;
}

/** undefined for what is not such a file, whole and sealed with this key. Documents are not looked at. Never throws. */
export function readLines(bytes: Buffer, key: string): CacheFile | undefined {
  const lines = splitLines(bytes);
  const [first, ...rest] = lines;
  const last = rest.pop();
  const parsed = head.safeParse(parseJson(first));
  const sealed = seal.safeParse(parseJson(last));
  if (first === undefined || !parsed.success || !sealed.success || rest.length % 2 !== 0) return undefined;
  const hmac = createHmac("sha256", key).update(first);
  const entries: StoredEntry[] = [];
  for (let index = 0; index < rest.length; index += 2) {
    const stored = readEntry(rest[index], rest[index + 1]);
    if (stored === undefined) return undefined;
    hmac.update(rest[index] ?? "");
    entries.push(stored);
  }
  if (!isSame(hmac.digest("hex"), sealed.data[1])) return undefined;
  const [, , version, generation, lists] = parsed.data;
  return { head: { version, generation, lists }, entries };
}

function readEntry(line: Buffer | undefined, text: Buffer | undefined): StoredEntry | undefined {
  if (line?.[0] !== ARRAY || text?.[0] !== OBJECT) return undefined;
  const parsed = marks.safeParse(parseJson(line));
  if (!parsed.success) return undefined;
  const [type, id, version, edited, etag, digest, used] = parsed.data;
  return { entry: { type, id, version, edited, etag, digest, used }, text };
}

/** What follows the last line's end is no line. */
function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; ; ) {
    const end = bytes.indexOf(NEWLINE, from);
    if (end === -1) return lines;
    lines.push(bytes.subarray(from, end));
    from = end + 1;
  }
}

function parseJson(line: Buffer | undefined): unknown {
  try {
    return line === undefined ? undefined : JSON.parse(line.toString("utf8"));
  } catch {
    return undefined;
  }
}

function isSame(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}
