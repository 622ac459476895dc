import { mayHold, readKept } from "../../audit/kept.ts";
import type { Managed } from "../../audit/managed.ts";
import { digestOf } from "../../model/digest.ts";
import type { Json } from "../../model/json.ts";
import { type DocumentRef, type LiveRead, refKey } from "../../model/live.ts";
import { MASK } from "../../model/secrets.ts";

/**
 * The documents of what we manage, as they were kept last, secrets masked. A live document that has the digest of the kept one is the kept
 * one, byte for byte, and its file is not read: of thousands of documents that nobody has touched none is.
 */
export class KeptDocuments {
  readonly #file: string;
  /** Digests, by `refKey`. */
  readonly #images: ReadonlyMap<string, string>;
  readonly #met = new Map<string, Json>();

  constructor(file: string, managed: readonly Managed[]) {
    this.#file = file;
    const inOrder = managed.toSorted((left, right) => left.sequence - right.sequence);
    this.#images = new Map(
      inOrder.flatMap(({ document, image }) => (image === null ? [] : [[refKey(document), image] as const])),
    );
  }

  /** By `refKey`: those that were met and not forgotten. */
  get byDocument(): ReadonlyMap<string, Json> {
    return this.#met;
  }

  /** To be awaited with what was read of a document, before anything asks how it was kept. Throws as `readKept` does. */
  async meet(ref: DocumentRef, read: LiveRead): Promise<void> {
    const key = refKey(ref);
    const image = this.#images.get(key);
    if (image === undefined || read.state !== "present" || this.#met.has(key)) return;
    const isAsKept = digestOf(read.document) === image;
    this.#met.set(key, isAsKept ? read.document : await readKept(this.#file, image));
  }

  /**
   * Whether the document had a secret in it when it was kept. One whose file is gone or was changed may have. Throws `audit/unreadable` when
   * the system refuses.
   */
  hadMasks(ref: DocumentRef): boolean {
    const image = this.#images.get(refKey(ref));
    return image !== undefined && mayHold(this.#file, image, MASK);
  }

  /** Nothing will ask for it any more. */
  forget(ref: DocumentRef): void {
    this.#met.delete(refKey(ref));
  }
}
