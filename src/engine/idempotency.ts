import { digestOf, sha256 } from "../model/digest.ts";
import { type DocumentRef, type LiveDocument, refKey } from "../model/live.ts";
import type { Part } from "./part.ts";

export interface Intention {
  readonly tenant: string;
  readonly ref: DocumentRef;
  readonly parts: readonly Part[];
  /** The document that the write replaces, undefined for a create. */
  readonly base: LiveDocument | undefined;
  /** How many keys turned out to be spent on writes that are not there any more, and the run that found it out. */
  readonly spent: { readonly run: string; readonly count: number };
}

/**
 * The idempotency key of a write: what is wanted, where, and on top of what. The same intention gives the same key in a retry and
 * in another run, so a server that remembers keys (24 hours, seed article on flow connections) carries it out once. A document
 * without a version is identified by its content. Only once a key is known to be spent does the run come into it, because every
 * run would otherwise have to find out anew about all the keys that were spent before.
 */
export function idempotencyKey({ tenant, ref, parts, base, spent }: Intention): string {
  const wanted = parts.map((part) => [
    part.resource.kind,
    part.resource.name,
    part.desired === undefined ? "absent" : digestOf(part.desired),
    ...(part.resource.rotation === undefined ? [] : [part.resource.rotation]),
  ]);
  const on = base === undefined ? "absent" : (base.version ?? digestOf(base.document));
  return `cxg-${sha256(JSON.stringify([tenant, refKey(ref), wanted, on, spent.count === 0 ? 0 : spent])).slice(0, 40)}`;
}
