import { applyEdit, type DocumentEdit } from "./edit.ts";
import { type JsonObject, textAt, valueAt } from "./json.ts";
import { Refusal } from "./refusal.ts";

/** The documents that have versions: SF's flows and SE's workflows. */
export type DocumentType = "flow" | "workflow";

const LABELS: Readonly<Record<DocumentType, string>> = { flow: "Flow", workflow: "Workflow" };

/**
 * The documents of one type, by id. `version`, `createdTimestamp` and `lastUpdatedTimestamp` belong to the store (seed SE; for flows an
 * assumption): what a caller sends there is only ever compared, never kept. Everything else is kept as it came, unknown fields included.
 */
export class DocumentStore {
  readonly type: DocumentType;
  readonly #now: () => number;
  readonly #documentsById = new Map<string, JsonObject>();
  readonly #writesById = new Map<string, number>();

  constructor(type: DocumentType, now: () => number, seeded: readonly JsonObject[] = []) {
    this.type = type;
    this.#now = now;
    for (const document of seeded) {
      const time = now();
      const stamped = { version: 1, createdTimestamp: time, lastUpdatedTimestamp: time, ...document };
      this.#documentsById.set(textAt(document, "id") ?? "", stamped);
    }
  }

  find(id: string): JsonObject | undefined {
    return this.#documentsById.get(id);
  }

  /** Throws 404 when there is none (seed SE; for flows an assumption). */
  get(id: string): JsonObject {
    const document = this.#documentsById.get(id);
    if (document === undefined) throw new Refusal(404, "NotFound", `${LABELS[this.type]} ${id} does not exist`);
    return document;
  }

  /** In order of creation (assumption). */
  all(): readonly JsonObject[] {
    return [...this.#documentsById.values()];
  }

  /** Throws 409 when the id is taken (seed SF; for workflows an assumption). */
  create(id: string, document: JsonObject): JsonObject {
    if (this.#documentsById.has(id))
      throw new Refusal(409, "AlreadyExists", `${LABELS[this.type]} ${id} already exists`);
    const time = this.#now();
    const created = { ...document, version: 1, createdTimestamp: time, lastUpdatedTimestamp: time };
    this.#documentsById.set(id, created);
    this.#countWrite(id);
    return created;
  }

  /** Throws 409 when the version that a write was made for is not the stored one (seed SE; for flows an assumption), 404 without a document. */
  refuseStale(id: string, expected: number): void {
    const version = versionOf(this.get(id));
    if (version === expected) return;
    const message = `${LABELS[this.type]} ${id} is at version ${version}, the request was made for version ${expected}`;
    throw new Refusal(409, "VersionConflict", message);
  }

  /** Replaces whatever version is there; `refuseStale` comes before. Throws 404 when there is no document. */
  replace(id: string, document: JsonObject): JsonObject {
    const replaced = this.#put(id, this.get(id), document);
    this.#countWrite(id);
    return replaced;
  }

  /** A change from outside the API: the version moves on, the count of writes does not. Throws 404 when there is no document. */
  edit(id: string, edit: DocumentEdit): JsonObject {
    const stored = this.get(id);
    return this.#put(id, stored, applyEdit(stored, edit));
  }

  /** True when there was something to delete. */
  delete(id: string): boolean {
    const wasThere = this.#documentsById.delete(id);
    if (wasThere) this.#countWrite(id);
    return wasThere;
  }

  /** As `delete`, from outside the API: not counted as a write. */
  remove(id: string): boolean {
    return this.#documentsById.delete(id);
  }

  /** How many writes of the API were carried out, by document id. */
  writes(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#writesById);
  }

  #put(id: string, stored: JsonObject, document: JsonObject): JsonObject {
    const next = {
      ...document,
      id,
      version: versionOf(stored) + 1,
      createdTimestamp: valueAt(stored, "createdTimestamp") ?? this.#now(),
      lastUpdatedTimestamp: this.#now(),
    };
    this.#documentsById.set(id, next);
    return next;
  }

  #countWrite(id: string): void {
    this.#writesById.set(id, (this.#writesById.get(id) ?? 0) + 1);
  }
}

export function versionOf(document: JsonObject): number {
  const version = valueAt(document, "version");
  return typeof version === "number" ? version : 1;
}
