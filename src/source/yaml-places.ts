import type { JsonPath } from "../model/json.ts";
import type { Position } from "../model/manifest.ts";
import { makePositionAt } from "./text-position.ts";
import type { YamlCollection, YamlScalar, YamlVisitor } from "./yaml-visitor.ts";

/** Where a path of one document of a file stands. */
export type FindPlace = (documentIndex: number, path: JsonPath, part: "key" | "value") => Position;

interface Place {
  readonly offset: number;
  /** Where the key stands; the same as `offset` for what has no key. */
  readonly keyOffset: number;
  readonly byKey: Map<string, Place> | null;
  readonly items: Place[] | null;
}

interface FilePlaces {
  readonly roots: readonly (Place | undefined)[];
  readonly positionAt: (offset: number) => Position;
}

/**
 * Finds places of one file by walking it again when first asked. Healthy files never pay for it, and what a walk found is held
 * weakly: many questions in a row cost one walk, yet ten thousand files with findings do not stay in memory.
 */
export function makeFindPlace(text: string, walk: (visitor: YamlVisitor) => void): FindPlace {
  let held: WeakRef<FilePlaces> | undefined;
  return (documentIndex, path, part) => {
    let places = held?.deref();
    if (places === undefined) {
      const collector = new PlaceCollector();
      walk(collector);
      places = { roots: collector.roots, positionAt: makePositionAt(text) };
      held = new WeakRef(places);
    }
    return places.positionAt(offsetOf(places.roots[documentIndex], path, part));
  };
}

function offsetOf(root: Place | undefined, path: JsonPath, part: "key" | "value"): number {
  let place = root;
  if (place === undefined) return 0;
  for (const step of path) {
    const next: Place | undefined = place.byKey?.get(String(step)) ?? place.items?.[Number(step)];
    if (next === undefined) return place.offset;
    place = next;
  }
  return part === "key" ? place.keyOffset : place.offset;
}

interface OpenPlace {
  readonly place: Place;
  /** The key whose value comes next; undefined when a key comes next, null when the key is no text. */
  key: { readonly text: string; readonly offset: number } | null | undefined;
}

/** An alias is a place without children: whatever is asked for within it stands where the alias stands. */
class PlaceCollector implements YamlVisitor {
  readonly roots: (Place | undefined)[] = [];
  readonly #open: OpenPlace[] = [];
  #root: Place | undefined;

  startDocument(): void {
    this.#root = undefined;
  }

  endDocument(): void {
    this.roots.push(this.#root);
  }

  startMapping(node: YamlCollection): void {
    this.#startCollection(node.offset, new Map(), null);
  }

  startSequence(node: YamlCollection): void {
    this.#startCollection(node.offset, null, []);
  }

  scalar(node: YamlScalar): void {
    const parent = this.#open.at(-1);
    if (parent?.place.byKey && parent.key === undefined) {
      parent.key = { text: node.text, offset: node.offset ?? parent.place.offset };
      return;
    }
    this.#add(node.offset ?? parent?.key?.offset ?? parent?.place.offset ?? 0, null, null);
  }

  alias(_name: string, offset: number): void {
    this.#add(offset, null, null);
  }

  endCollection(): void {
    this.#open.pop();
  }

  #startCollection(offset: number, byKey: Map<string, Place> | null, items: Place[] | null): void {
    this.#open.push({ place: this.#add(offset, byKey, items), key: undefined });
  }

  #add(offset: number, byKey: Map<string, Place> | null, items: Place[] | null): Place {
    const parent = this.#open.at(-1);
    const place: Place = { offset, keyOffset: parent?.key?.offset ?? offset, byKey, items };
    if (parent === undefined) this.#root = place;
    else if (parent.place.items) parent.place.items.push(place);
    else if (parent.key === undefined) parent.key = null;
    else {
      if (parent.key && !parent.place.byKey?.has(parent.key.text)) parent.place.byKey?.set(parent.key.text, place);
      parent.key = undefined;
    }
    return place;
  }
}
