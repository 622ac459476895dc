/**
 * What live documents teach about secrets. It is gathered as they are read, in any order, and learnt when all of it is there, in one order:
 * what counts as a secret's place hangs on the secrets that are known by then. What is gathered is small: the fields that differ.
 */
import type { Resource } from "../kinds/kind.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { Keeping } from "../model/keeping.ts";
import { type DocumentRef, refKey } from "../model/live.ts";
import type { Secrets } from "../model/secrets.ts";
import {
  findMaskedPlaces,
  findReplaced,
  learnMaskedPlaces,
  learnReplaced,
  type MaskedPlace,
  type Replaced,
} from "./replaced-secrets.ts";
import { identityOf } from "./resource-identity.ts";
import { membersOf, siblingsOf, type Unit } from "./units.ts";

export interface LessonsOptions {
  /** The manifests of before: they know of secrets that have left the manifests of now, and still stand live. */
  readonly remembered: readonly Unit[];
  /** The documents (by `refKey`) as they were kept last, secrets masked. */
  readonly keptByDocument: ReadonlyMap<string, Json>;
  /** Everything that the manifests of now describe, whatever the run is about. Without it nothing is kept. */
  readonly described?: readonly Resource[] | undefined;
  readonly keeping?: Keeping | undefined;
}

interface Lesson {
  readonly now: readonly Replaced[];
  readonly before: readonly Replaced[];
  readonly masked: readonly MaskedPlace[];
}

export class Lessons {
  readonly #remembered: ReadonlyMap<string, Unit>;
  readonly #keptByDocument: ReadonlyMap<string, Json>;
  readonly #lessons = new Map<string, Lesson>();
  readonly #describedByDocument: ReadonlyMap<string, readonly Resource[]>;
  readonly #keeping: Keeping | undefined;
  #isWhole = true;

  constructor({ remembered, keptByDocument, described, keeping }: LessonsOptions) {
    this.#remembered = new Map(remembered.map((unit) => [refKey(unit.ref), unit]));
    this.#keptByDocument = keptByDocument;
    this.#describedByDocument = Map.groupBy(described ?? [], ({ target }) => refKey(target));
    this.#keeping = described === undefined ? undefined : keeping;
  }

  /** Looks at the document of a unit. `now` is what the unit's own members would replace in it, where that is known already. */
  gather(unit: Unit, document: JsonObject, now: readonly Replaced[] = findAllReplaced(unit, document)): void {
    const key = refKey(unit.ref);
    const remembered = this.#remembered.get(key);
    const isSame = remembered === undefined || isSameUnit(remembered, unit);
    const before = isSame ? now : findAllReplaced(remembered, document);
    const masked = findMaskedPlaces(this.#keptByDocument.get(key), document);
    if (now.length + before.length + masked.length > 0) this.#lessons.set(key, { now, before, masked });
    if (holdsAll(unit, this.#describedByDocument.get(key) ?? [])) this.#keeping?.gathered(document);
  }

  /** Looks at a document that a unit refers to. Where nothing describes it, there is nothing to learn from it. */
  gatherNamed(ref: DocumentRef, document: JsonObject): void {
    const key = refKey(ref);
    if (this.#describedByDocument.has(key) || this.#remembered.has(key)) return;
    this.#keeping?.gathered(document);
  }

  /** A document that could not be read teaches nothing, and what it would have taught may stand in others: none of them is kept. */
  miss(): void {
    this.#isWhole = false;
  }

  /** Learns all that was gathered: first from the manifests of now, in the order of the units. */
  learn(units: readonly Unit[], secrets: Secrets): void {
    const about = (key: string) => ({ secrets, document: key });
    const keys = units.map(({ ref }) => refKey(ref));
    for (const key of keys) learnReplaced(this.#lessons.get(key)?.now ?? [], about(key));
    for (const key of this.#remembered.keys()) learnReplaced(this.#lessons.get(key)?.before ?? [], about(key));
    for (const key of keys) learnMaskedPlaces(this.#lessons.get(key)?.masked ?? [], about(key));
    if (this.#isWhole) this.#keeping?.learnt();
  }
}

/** A manifest that says what it said before makes the very resource that was applied. */
function isSameUnit(then: Unit, now: Unit): boolean {
  const [before, members] = [membersOf(then), membersOf(now)];
  return before.length === members.length && before.every((resource, index) => resource === members[index]);
}

/** True when the unit leaves out nothing that the manifests describe in its document. */
function holdsAll(unit: Unit, described: readonly Resource[]): boolean {
  const members = new Set(unit.resources.map(identityOf));
  return described.every((resource) => members.has(identityOf(resource)));
}

function findAllReplaced(unit: Unit, document: JsonObject): readonly Replaced[] {
  return membersOf(unit).flatMap((resource) => findReplaced(resource, siblingsOf(unit, resource), document));
}
