/** A cache in a folder of its own, opened as often as runs would. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type CacheOptions, DocumentCache } from "../../src/cache/document-cache.ts";
import { type Marks, marksOf } from "../../src/cxone/lists/known.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { DocumentRef } from "../../src/model/live.ts";

export const FILE = "tenant.jsonl";

export interface Opened {
  readonly cache: DocumentCache;
  readonly troubles: string[];
}

/** A cache as a run has it before it looks into the file. */
export function makeCache(base: string, more: Partial<CacheOptions> = {}): Opened {
  const troubles: string[] = [];
  const cache = new DocumentCache({
    place: { folder: join(base, "state", "cache"), base, file: FILE },
    key: "a key",
    version: "1.0.0",
    mostBytes: 1024 * 1024,
    now: () => 0,
    onTrouble: (thrown) => troubles.push(String(thrown)),
    ...more,
  });
  return { cache, troubles };
}

/** A cache as a run has it after it has loaded it. */
export async function openCache(base: string, more: Partial<CacheOptions> = {}): Promise<Opened> {
  const opened = makeCache(base, more);
  await opened.cache.load();
  return opened;
}

export const NOTHING_HIDDEN = () => false;

export function flowOf(id: string, more: JsonObject = {}): JsonObject {
  return { id, name: `Flow ${id}`, version: 3, lastUpdatedTimestamp: 1_700_000_000_000, ...more };
}

export function refOf(id: string): DocumentRef {
  return { type: "flow", id };
}

export function keep(cache: DocumentCache, document: JsonObject, etag?: string): Marks {
  const marks = marksOf(document, etag);
  cache.keep(refOf(String(document["id"])), document, marks);
  learn(cache, document);
  return marks;
}

/** As a run does when it has learnt what in these documents is secret. */
export function learn(cache: DocumentCache, ...documents: readonly JsonObject[]): void {
  const keeping = cache.beginKeeping();
  for (const document of documents) keeping.gathered(document);
  keeping.learnt();
}

/** Leaves these documents behind, as a run does. */
export async function leave(base: string, documents: readonly JsonObject[], more: Partial<CacheOptions> = {}) {
  const { cache, troubles } = await openCache(base, more);
  for (const document of documents) keep(cache, document);
  await cache.save(NOTHING_HIDDEN);
  return troubles;
}

export function fileOf(base: string): string {
  return join(base, "state", "cache", FILE);
}

export function modesOf(base: string): readonly string[] {
  const folder = join(base, "state", "cache");
  const paths = [folder, ...readdirSync(folder).map((name) => join(folder, name))];
  return paths.map((path) => (statSync(path).mode & 0o777).toString(8));
}
