import type { KnownDocuments, ListSize, Marks } from "../cxone/lists/known.ts";
import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import type { Keeping } from "../model/keeping.ts";
import { type DocumentRef, refKey } from "../model/live.ts";
import { pickWithin } from "./bounds.ts";
import { digestOfText, type EntryLine, type ListSizes, readLines, type StoredEntry, writeLines } from "./format.ts";
import { type CachePlace, readPlace, writePlace } from "./place.ts";

export interface CacheOptions {
  readonly place: CachePlace;
  /** What the file is sealed with. */
  readonly key: string;
  /** Of the product. */
  readonly version: string;
  readonly mostBytes: number;
  /** Milliseconds since the epoch, by this machine's clock, which is compared with nothing but itself. */
  readonly now: () => number;
  /** Told why the cache was not read or written. */
  readonly onTrouble: (thrown: unknown) => void;
}

/** Decides about a document's text, when all secrets of the run are known. */
export type IsHidden = (ref: DocumentRef, text: string) => boolean;

interface Entry {
  readonly ref: DocumentRef;
  readonly marks: Marks;
  /** The document's JSON: as it was read from the file, or as text when it is of this run. */
  readonly text: Buffer | string;
  /** Of the text; of one of this run not made before it is needed. */
  readonly digest: string | undefined;
  /** True when it is known what is hidden in it. Nothing else is written. */
  isLearnt: boolean;
  used: number;
}

/** How long it counts how a tenant's list was found to be, and that it could not be read. */
const LIST_SIZE_COUNTS_MS = 24 * 3_600_000;
const UNREAD_COUNTS_MS = 10 * 60_000;

/** The documents that runs have read, in a file that may be deleted at any time. Reading and writing it never fails a run. */
export class DocumentCache implements KnownDocuments {
  readonly #options: CacheOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #forgotten = new Set<string>();
  readonly #lists = new Map<string, ListSizes[string]>();
  readonly #opened = new WeakSet<JsonObject>();
  /** What became of each document that this run was given. */
  readonly #entryOf = new WeakMap<JsonObject, Entry>();
  #generation = 1;
  /** Of what this run has kept: a plan lets go of documents, and a cache that may become so large must not hold on to more. */
  #keptLength = 0;
  #loading: Promise<void> | undefined;
  #hasChanged = false;

  constructor(options: CacheOptions) {
    this.#options = options;
  }

  load(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  find(ref: DocumentRef): Marks | undefined {
    const entry = this.#entries.get(refKey(ref));
    if (entry !== undefined) entry.used = this.#generation;
    return entry?.marks;
  }

  open(ref: DocumentRef): JsonObject | undefined {
    const entry = this.#entries.get(refKey(ref));
    if (entry === undefined) return undefined;
    const isSound = entry.digest === undefined || digestOfText(entry.text) === entry.digest;
    const document = isSound ? parseDocument(entry.text.toString()) : undefined;
    if (document === undefined) this.forget(ref);
    else this.#opened.add(document);
    if (document !== undefined) this.#entryOf.set(document, entry);
    return document;
  }

  /** True for a document that came from `open`: when it was kept, nothing in it was hidden. */
  hasOpened(document: JsonObject): boolean {
    return this.#opened.has(document);
  }

  /** Of what this run has kept, that alone is written which is `gathered` here, and only after `learnt`. */
  beginKeeping(): Keeping {
    const gathered = new Set<Entry>();
    return {
      gathered: (document) => {
        const entry = this.#entryOf.get(document);
        if (entry !== undefined && !entry.isLearnt) gathered.add(entry);
      },
      learnt: () => {
        for (const entry of gathered) entry.isLearnt = true;
        if (gathered.size > 0) this.#hasChanged = true;
        gathered.clear();
      },
    };
  }

  /** Keeps it for this run, and for later ones as far as `beginKeeping` says. */
  keep(ref: DocumentRef, document: JsonObject, marks: Marks): void {
    const key = refKey(ref);
    const text = JSON.stringify(document);
    const before = this.#entries.get(key);
    if (before !== undefined && isSameEntry(before, text, marks)) {
      before.used = this.#generation;
      this.#entryOf.set(document, before);
      return;
    }
    if (this.#keptLength + text.length > this.#options.mostBytes) {
      this.forget(ref);
      return;
    }
    this.#keptLength += text.length;
    const entry = { ref, marks, text, digest: undefined, isLearnt: false, used: this.#generation };
    this.#entries.set(key, entry);
    this.#entryOf.set(document, entry);
    this.#forgotten.delete(key);
    if (before?.isLearnt === true) this.#hasChanged = true;
  }

  forget(ref: DocumentRef): void {
    const key = refKey(ref);
    this.#forgotten.add(key);
    if (this.#entries.delete(key)) this.#hasChanged = true;
  }

  listSize(type: string): ListSize | undefined {
    const size = this.#lists.get(type);
    if (size === undefined) return undefined;
    const age = this.#options.now() - size.at;
    return age >= 0 && age < (size.pages === "unread" ? UNREAD_COUNTS_MS : LIST_SIZE_COUNTS_MS)
      ? size.pages
      : undefined;
  }

  noteListSize(type: string, pages: ListSize): void {
    if (this.listSize(type) === pages) return;
    this.#lists.set(type, { pages, at: this.#options.now() });
    this.#hasChanged = true;
  }

  /**
   * Writes what the next run may want to know, if that has changed. Nothing is written of which nobody has learnt what it hides (see
   * `beginKeeping`), nor what is hidden, nor what was written before and is hidden by now. Does nothing in a run that has not loaded the cache. Never throws.
   */
  async save(isHidden: IsHidden): Promise<void> {
    if (this.#loading === undefined) return;
    await this.#loading;
    try {
      const learnt = [...this.#entries.values()].filter(({ isLearnt }) => isLearnt);
      const shown = learnt.filter(({ ref, text }) => !isHidden(ref, lineOf(ref, text)));
      if (shown.length < learnt.length) this.#hasChanged = true;
      if (!this.#hasChanged) return;
      const { place, key, version, mostBytes } = this.#options;
      const head = { version, generation: this.#generation, lists: Object.fromEntries(this.#lists) };
      const entries = pickWithin(shown.map(toStored), mostBytes);
      await writePlace(place, writeLines({ head, entries }, key));
      this.#hasChanged = false;
    } catch (thrown) {
      this.#options.onTrouble(thrown);
    }
  }

  async #load(): Promise<void> {
    const { place, key, version, mostBytes, onTrouble } = this.#options;
    try {
      const bytes = await readPlace(place, mostBytes);
      const file = bytes === undefined ? undefined : readLines(bytes, key);
      if (bytes !== undefined && file === undefined)
        onTrouble(new Error("no cache of this tenant, or not a whole one"));
      if (file === undefined || file.head.version !== version) return;
      this.#generation = file.head.generation + 1;
      for (const [type, size] of Object.entries(file.head.lists)) this.#lists.set(type, size);
      for (const stored of file.entries) this.#adopt(stored);
    } catch (thrown) {
      onTrouble(thrown);
    }
  }

  /** What this run has read itself counts more. */
  #adopt({ entry, text }: StoredEntry): void {
    const { type, id, version, edited, etag, digest, used } = entry;
    const ref = { type, id };
    const key = refKey(ref);
    // What the file has of it must not stay there.
    if (this.#forgotten.has(key) || this.#entries.has(key)) this.#hasChanged = true;
    else this.#entries.set(key, { ref, marks: { version, edited, etag }, text, digest, isLearnt: true, used });
  }
}

function isSameEntry(entry: Entry, text: string, { version, edited, etag }: Marks): boolean {
  const { marks } = entry;
  if (marks.version !== version || marks.edited !== edited || marks.etag !== etag) return false;
  return typeof entry.text === "string" ? entry.text === text : entry.digest === digestOfText(text);
}

/** An address may hold what is hidden, too. */
function lineOf(ref: DocumentRef, text: Buffer | string): string {
  return `${JSON.stringify(ref)}\n${text.toString()}`;
}

function toStored({ ref, marks, text, digest, used }: Entry): StoredEntry {
  const line: EntryLine = { ...ref, ...marks, digest: digest ?? digestOfText(text), used };
  return { entry: line, text };
}

function parseDocument(text: string): JsonObject | undefined {
  try {
    const value: Json = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
