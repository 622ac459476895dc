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
/** Head and seal are much shorter, in bytes. */
const LONGEST_LINE = 65_536;

const scalar = z.union([z.string(), z.number()]).nullable();
const listSize = z.union([z.number().int().min(1), z.literal("unread")]).nullable();
const listSizes = z.record(z.string(), z.strictObject({ pages: listSize, at: z.number() }));
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

/**
 * undefined for what is not such a file, whole and sealed with this key. Documents are not looked at. Never throws. Of what is not sealed
 * nothing is collected and little is parsed, so that a file of anything costs a walk through its bytes at most.
 */
export function readLines(bytes: Buffer, key: string): CacheFile | undefined {
  const beginning = Buffer.from(JSON.stringify([NAME]).slice(0, -1));
  const first = bytes.subarray(0, Math.max(0, bytes.indexOf(NEWLINE)));
  const end = bytes.lastIndexOf(NEWLINE);
  const last = bytes.subarray(bytes.subarray(0, Math.max(0, end)).lastIndexOf(NEWLINE) + 1, Math.max(0, end));
  if (first.length > LONGEST_LINE || !first.subarray(0, beginning.length).equals(beginning)) return undefined;
  const sealed = last.length > LONGEST_LINE ? undefined : seal.safeParse(parseJson(last)).data;
  const between = bytes.subarray(first.length + 1, end - last.length);
  if (sealed === undefined || !isSealed({ first, between, key }, sealed[1])) return undefined;
  const parsed = head.safeParse(parseJson(first));
  const entries: StoredEntry[] = [];
  for (const [line, text] of pairsIn(between)) {
    const entry = readMarks(line);
    if (entry === undefined) return undefined;
    entries.push({ entry, text });
  }
  if (!parsed.success) return undefined;
  const [, , version, generation, lists] = parsed.data;
  return { head: { version, generation, lists }, entries };
}

/** True when there is nothing but entries between head and seal, and the seal is over them. */
function isSealed(
  { first, between, key }: { readonly first: Buffer; readonly between: Buffer; readonly key: string },
  digest: string,
): boolean {
  const hmac = createHmac("sha256", key).update(first);
  let length = 0;
  for (const [line, text] of pairsIn(between)) {
    hmac.update(line);
    length += line.length + text.length + 2;
  }
  return length === between.length && isSame(hmac.digest("hex"), digest);
}

function readMarks(line: Buffer): EntryLine | undefined {
  const parsed = marks.safeParse(parseJson(line));
  if (!parsed.success) return undefined;
  const [type, id, version, edited, etag, digest, used] = parsed.data;
  return { type, id, version, edited, etag, digest, used };
}

/** Marks and documents, one after the other, up to the first line that is neither where it stands. */
function* pairsIn(bytes: Buffer): Generator<readonly [Buffer, Buffer]> {
  for (let from = 0; from < bytes.length; ) {
    const middle = bytes.indexOf(NEWLINE, from);
    const end = middle === -1 ? -1 : bytes.indexOf(NEWLINE, middle + 1);
    if (end === -1 || bytes[from] !== ARRAY || bytes[middle + 1] !== OBJECT) return;
    yield [bytes.subarray(from, middle), bytes.subarray(middle + 1, end)];
    from = end + 1;
  }
}

function parseJson(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString("utf8"));
  } catch {
    return undefined;
  }
}

function isSame(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}
