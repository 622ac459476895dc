/**
 * Resources as a run found them. What is put back is what the run changed, on top of what is live now: an edit of something else
 * survives, and an edit of the same thing is a conflict. Pure.
 */
import type { Resource } from "../kinds/kind.ts";
import { isSameJson, type Json, type JsonObject } from "../model/json.ts";
import { mergeThreeWay } from "./merge-three-way.ts";

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

/** The resource as the run found it, able to be planned and applied as any other. `live` is the document as it is now. */
export function restoredResource(restoration: Restoration, live: JsonObject | undefined): Resource {
  const { resource, siblings } = restoration;
  const compose = (document: JsonObject | undefined): JsonObject =>
    mergeBack(restoration, document ?? resource.compose(undefined, siblings), document === undefined).document;
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
      resource.checkDocument(document, siblings).filter(({ rule }) => rule.startsWith("live/")),
    checkReferences: () => [],
  };
}

function mergeBack(
  { resource, siblings, before, after, overwrite }: Restoration,
  live: JsonObject,
  isNew = false,
): ReturnType<typeof mergeThreeWay> {
  const excerptOf = (document: JsonObject | undefined) =>
    document === undefined ? {} : resource.excerpt(document, siblings);
  // A document that is made anew has in it what the manifest of then says; nobody's edit is lost with that.
  const left = isNew ? excerptOf(live) : excerptOf(after);
  return mergeThreeWay({ before: excerptOf(before), after: left, live, overwrite: overwrite || isNew });
}
