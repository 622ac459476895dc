/**
 * Resources as a run found them. What is put back is what the run changed, on top of what is live now: an edit of something else
 * survives, and an edit of the same thing is a conflict. Pure.
 */
import type { Resource } from "../kinds/kind.ts";
import { isSameJson, type Json, type JsonObject, valueAt } from "../model/json.ts";
import { findMasked, keyBy, type Merge, type Merged, mergeThreeWay, withoutMasked } from "./merge-three-way.ts";

/** What a run did to one resource. Documents are as the trail kept them: whole, with secrets masked; undefined for none. */
export interface Restoration {
  readonly resource: Resource;
  /** Who shared the document with it then. */
  readonly siblings: readonly Resource[];
  readonly before: JsonObject | undefined;
  readonly after: JsonObject | undefined;
  /** What somebody has edited since goes back as well. */
  readonly overwrite: boolean;
}

/** True when the run brought the resource into being, so that putting it back deletes it. */
export function wasCreated({ resource, siblings, before }: Restoration): boolean {
  return before === undefined || resource.live(before, siblings) === undefined;
}

/**
 * What somebody has edited since the run, as JSON pointers into the document, list items by their ids; `""` for the whole. Empty
 * when the resource is as the run left it, or as the run found it.
 */
export function findEditsSince(restoration: Restoration, live: JsonObject | undefined): readonly string[] {
  const { resource, siblings, after } = restoration;
  const [left, now] = [after, live].map((document) => document && resource.live(document, siblings));
  if (left === undefined && now === undefined) return [];
  if (wasCreated(restoration)) {
    return now === undefined || (left !== undefined && isSameJson(left, now)) ? [] : [""];
  }
  return live === undefined || now === undefined
    ? [""]
    : mergeBack({ ...restoration, overwrite: false }, live).conflicts;
}

/**
 * Places in the document, as JSON pointers, where only a mask was kept and nothing is live to stay: what is put back there lacks it.
 */
export function findLeftOut(restoration: Restoration, live: JsonObject | undefined): readonly string[] {
  if (wasCreated(restoration)) return [];
  const { document, leftOut } = mergeBack(restoration, live);
  // What is made anew has from the environment what its manifest refers to there, if that is still there.
  const lacking = live === undefined ? findMaskedIn(restoration).filter((path) => !isAt(document, path)) : [];
  return [...new Set([...leftOut, ...lacking])];
}

/** Places of the resource where only a mask was kept of what the run found: there, live stays as it is, whatever it is. */
export function findUnknown(restoration: Restoration, live: JsonObject | undefined): readonly string[] {
  return live === undefined ? [] : findMaskedIn(restoration);
}

function findMaskedIn({ resource, siblings, before }: Restoration): readonly string[] {
  return before === undefined ? [] : findMasked(resource.excerpt(before, siblings));
}

/** Whether a document has anything at a place, with list items by their ids. */
function isAt(document: Json, path: string): boolean {
  let found: Json | undefined = document;
  for (const part of path.split("/").slice(1)) {
    const items: ReadonlyMap<string, Json> | undefined = keyBy("id", found) ?? keyBy("fileId", found);
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    found = items === undefined ? valueAt(found, key) : items.get(key);
  }
  return found !== undefined;
}

/** The resource as the run found it, able to be planned and applied as any other. `live` is the document as it is now. */
export function restoredResource(restoration: Restoration, live: JsonObject | undefined): Resource {
  const { resource, siblings } = restoration;
  const compose = (document: JsonObject | undefined): JsonObject => mergeBack(restoration, document).document;
  const desired: Json = resource.live(compose(live), siblings) ?? null;
  return {
    ...resource,
    rotation: undefined,
    references: [],
    desired: () => desired,
    live: (document) => resource.live(document, siblings),
    compose,
    excerpt: (document) => resource.excerpt(document, siblings),
    remove: (document) => resource.remove(document, siblings),
    checkSiblings: () => [],
    // What the manifest of then asks of its surroundings is not what is put back; that the document can be read and written is.
    checkDocument: (document) =>
      resource.checkDocument(document, siblings).filter(({ rule }) => /^(live|variables)\//.test(rule)),
    checkReferences: () => [],
  };
}

/** The document with what the run changed put back. */
function mergeBack(restoration: Restoration, live: JsonObject | undefined): Merged {
  return mergeThreeWay({
    ...sidesOf(restoration),
    live: live ?? bornAgain(restoration),
    overwrite: restoration.overwrite || live === undefined,
  });
}

/** What the run found and what it left, of that which is put back. */
function sidesOf({ resource, siblings, before = {}, after }: Restoration): Pick<Merge, "before" | "after"> {
  if (after === undefined) return { before, after: {} };
  // All that went with it comes back, also what was not git's in it.
  const wasRemoved = resource.live(after, siblings) === undefined;
  if (wasRemoved) return { before, after: resource.remove(before, siblings) ?? {} };
  return { before: resource.excerpt(before, siblings), after: resource.excerpt(after, siblings) };
}

/** What a document that is made anew has besides what was kept of it: a secret that its manifest refers to, which is never kept. */
function bornAgain({ resource, siblings }: Restoration): JsonObject {
  return withoutMasked(resource.compose(undefined, siblings));
}
