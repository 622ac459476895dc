import type { DocumentRef } from "../model/live.ts";
import { type Fetched, fetchDocument, type ReadCalls } from "./documents.ts";
import type { CacheReport } from "./events.ts";
import { type KnownDocuments, type Marks, marksOf } from "./lists/known.ts";
import type { Lookup } from "./task.ts";

export interface ReadParts<Calls extends ReadCalls = ReadCalls> {
  /** Of the documents: `flow`. */
  readonly type: string;
  readonly calls: Calls;
  readonly known: KnownDocuments;
  /** Told what was spared by what is known, or was not. */
  readonly note: (what: keyof CacheReport, count: number) => void;
}

/** Reads of one type of documents. What is read, and can prove later that it has not moved, becomes known. */
export class Reads {
  readonly #parts: ReadParts;

  constructor(parts: ReadParts) {
    this.#parts = parts;
  }

  /** Asks the tenant, whatever is known. */
  async read(ref: DocumentRef): Promise<Lookup> {
    return this.#remember(ref, await fetchDocument(this.#parts.calls, ref.id));
  }

  /** Asks the tenant, which need not send what is known if it gave an ETag with it. */
  async readIfModified(ref: DocumentRef): Promise<Lookup> {
    const { calls, known, note } = this.#parts;
    const etag = known.find(ref)?.etag ?? null;
    const document = etag === null ? undefined : known.open(ref);
    if (etag === null || document === undefined) return this.read(ref);
    const fetched = await fetchDocument(calls, ref.id, { etag, document });
    if (fetched.isNotModified) note("notModified", 1);
    return this.#remember(ref, fetched);
  }

  #remember(ref: DocumentRef, { found, etag, isNotModified }: Fetched): Lookup {
    const { known, calls } = this.#parts;
    if (found.state === "failed" || isNotModified) return found;
    if (found.state === "absent") {
      known.forget(ref);
      return found;
    }
    const marks = marksOf(found.document, etag);
    if (canProveItself(marks, "writeScope" in calls)) known.keep(ref, found.document, marks);
    else known.forget(ref);
    return found;
  }
}

/** A document that is written needs a version too: it is the base of a write, which the tenant refuses by it when it has moved after all. */
function canProveItself({ version, edited, etag }: Marks, isWritten: boolean): boolean {
  return isWritten ? version !== null && (edited !== null || etag !== null) : etag !== null;
}
