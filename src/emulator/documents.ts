import { applyEdit, type DocumentEdit } from "./edit.ts";
import { type JsonObject, stableText, textAt, valueAt } from "./json.ts";
import { Refusal } from "./refusal.ts";
import { Shelf, type View } from "./shelf.ts";

/** The documents that have versions: SF's flows and SE's workflows. */
export type DocumentType = "flow" | "workflow";

const LABELS: Readonly<Record<DocumentType, string>> = { flow: "Flow", workflow: "Workflow" };

/**
 * The documents of one type, by id. `version`, `createdTimestamp` and `lastUpdatedTimestamp` belong to the store (seed SE; for flows an
 * assumption), and so does `lastUpdatedBy` where the settings ask for it: what a caller sends there is only ever compared, never kept. Everything else is kept as it came, unknown fields included.
 */
export class DocumentStore {
  readonly type: DocumentType;
  readonly #now: () => number;
  readonly #shelf: Shelf<JsonObject>;
  readonly #namesEditors: boolean;
  readonly #writesById = new Map<string, number>();

  constructor(type: DocumentType, now: () => number, seeded: readonly JsonObject[] = [], namesEditors = false) {
    this.type = type;
    this.#now = now;
    this.#namesEditors = namesEditors;
    const time = now();
    const stamps = { version: 1, createdTimestamp: time, lastUpdatedTimestamp: time };
    this.#shelf = new Shelf(seeded.map((document) => [textAt(document, "id") ?? "", { ...stamps, ...document }]));
  }

  find(id: string): JsonObject | undefined {
    return this.#shelf.find(id);
  }

  /** Throws 404 when there is none (seed SE; for flows an assumption). */
  get(id: string, view: View = "latest"): JsonObject {
    const document = this.#shelf.find(id, view);
    if (document === undefined) throw new Refusal(404, "NotFound", `${LABELS[this.type]} ${id} does not exist`);
    return document;
  }

  /** In order of creation (assumption). */
  all(view: View = "latest"): readonly JsonObject[] {
    return this.#shelf.all(view);
  }

  /** Throws 409 when the id is taken (seed SF; for workflows an assumption). */
  create(id: string, document: JsonObject): JsonObject {
    if (this.find(id) !== undefined)
      throw new Refusal(409, "AlreadyExists", `${LABELS[this.type]} ${id} already exists`);
    const time = this.#now();
    const stamps = { version: 1, createdTimestamp: time, lastUpdatedTimestamp: time, ...this.#editedBy("api") };
    const created = { ...document, ...stamps };
    this.#shelf.set(id, created);
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
    const replaced = this.#put(id, this.get(id), { ...document, ...this.#editedBy("api") });
    this.#countWrite(id);
    return replaced;
  }

  /** A change from outside the API: the version moves on, the count of writes does not. Throws 404 when there is no document. */
  edit(id: string, edit: DocumentEdit): JsonObject {
    const stored = this.get(id);
    return this.#put(id, stored, applyEdit({ ...stored, ...this.#editedBy("editor") }, edit));
  }

  /** Whom a document names as its last editor (assumption), where the settings ask for it. */
  #editedBy(name: string): JsonObject {
    return this.#namesEditors ? { lastUpdatedBy: name } : {};
  }

  /** Throws 404 when there is none (assumption). */
  delete(id: string): void {
    this.get(id);
    this.#shelf.delete(id);
    this.#countWrite(id);
  }

  /** From outside the API: not counted as a write. True when there was something to delete. */
  remove(id: string): boolean {
    return this.#shelf.delete(id);
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
    this.#shelf.set(id, next);
    return next;
  }

  #countWrite(id: string): void {
    this.#writesById.set(id, (this.#writesById.get(id) ?? 0) + 1);
  }
}

/** True when they are the same but for what belongs to the store. */
export function isSameContent(left: JsonObject, right: JsonObject): boolean {
  return stableText(contentOf(left)) === stableText(contentOf(right));
}

function contentOf(document: JsonObject): JsonObject {
  const {
    version: _,
    createdTimestamp: _created,
    lastUpdatedTimestamp: _updated,
    lastUpdatedBy: _by,
    ...content
  } = document;
  return content;
}

export function versionOf(document: JsonObject): number {
  const version = valueAt(document, "version");
  return typeof version === "number" ? version : 1;
}
