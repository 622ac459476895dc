/**
 * Edges of a call path or workflow: a Flow's connections and a Workflow's transitions.
 *
 * An edge's id says nothing: it is made up by whoever created the edge. What it *is* lies in from, to and condition. So a
 * manifest may leave the id out, and an edge that was made elsewhere under another id is still recognised:
 *
 *   1. a live edge whose id the manifest writes is that edge, whatever else it says;
 *   2. of the rest, a live edge with the from, to and condition of a desired edge that has no written id is that edge (where
 *      several are, the one with the derived id, else the one with the first id);
 *   3. of the rest, a live edge that bears the derived id of a desired edge is that edge, whatever else it says;
 *   4. any other live edge stands for itself, and will be removed.
 */
import { canonicalCondition } from "../../conditions/print.ts";
import { sha256 } from "../../model/digest.ts";
import { compareText } from "../../model/finding.ts";
import { canonicalJson, type Json } from "../../model/json.ts";

export interface Edge {
  /** Unique among desired edges, and stable: derived from what the edge is when the manifest names none. */
  readonly id: string;
  readonly hasWrittenId: boolean;
  readonly from: string;
  readonly to: string;
  readonly condition: string;
}

/** An edge as it was found live; `index` is its place in the document. */
export interface LiveEdge {
  readonly index: number;
  readonly id: string | undefined;
  readonly from: string;
  readonly to: string;
  readonly condition: string;
}

/** The condition of an edge that asks for nothing. */
export const ALWAYS = "true";

/** A live edge's condition. None is one that always holds; what is no text is shown as JSON, which equals no condition. */
export function readCondition(live: Json | undefined): string {
  if (live === undefined || live === null) return ALWAYS;
  return typeof live === "string" ? live : canonicalJson(live);
}

/** The id of an edge that a manifest names none for: prefix and 12 hex digits, the same on every run. */
export function deriveEdgeId(
  prefix: string,
  owner: string,
  edge: { from: string; to: string; condition: string },
): string {
  return prefix + sha256(JSON.stringify([owner, edge.from, edge.to, canonicalCondition(edge.condition)])).slice(0, 12);
}

/** Which desired edge each live edge is, by the live edge's index. The order of either list does not matter. */
export function matchEdges<D extends Edge>(live: readonly LiveEdge[], desired: readonly D[]): ReadonlyMap<number, D> {
  const unmatched = new Map(desired.map((edge) => [edge.id, edge]));
  const derived = desired.filter((edge) => !edge.hasWrittenId).map((edge) => [meaningOf(edge), edge] as const);
  const byMeaning = new Map(derived);
  const waiting = live
    .map((edge) => ({ index: edge.index, id: edge.id ?? "", meaning: meaningOf(edge) }))
    .sort((left, right) => compareText(left.id, right.id) || compareText(left.meaning, right.meaning));
  type Waiting = (typeof waiting)[number];
  const rounds: readonly ((edge: Waiting) => D | undefined)[] = [
    ({ id }) => (unmatched.get(id)?.hasWrittenId ? unmatched.get(id) : undefined),
    ({ id, meaning }) => (byMeaning.get(meaning)?.id === id ? unmatched.get(id) : undefined),
    ({ meaning }) => byMeaning.get(meaning),
    ({ id }) => unmatched.get(id),
  ];
  const matches = new Map<number, D>();
  for (const find of rounds) {
    for (const edge of waiting) {
      const found = matches.has(edge.index) ? undefined : find(edge);
      if (found !== undefined && unmatched.delete(found.id)) matches.set(edge.index, found);
    }
  }
  return matches;
}

function meaningOf(edge: { from: string; to: string; condition: string }): string {
  return JSON.stringify([edge.from, edge.to, canonicalCondition(edge.condition)]);
}

/**
 * A key for each live edge to be compared under: the id of the desired edge that it is, else its own. No two are the same, so
 * that an edge which is there twice shows.
 */
export function keyLiveEdges<L extends LiveEdge>(
  noun: string,
  live: readonly L[],
  matches: ReadonlyMap<number, Edge>,
): readonly (readonly [key: string, edge: L])[] {
  const used = new Set([...matches.values()].map((edge) => edge.id));
  return live.map((edge) => {
    const matched = matches.get(edge.index);
    if (matched !== undefined) return [matched.id, edge];
    const isFree = edge.id !== undefined && !used.has(edge.id);
    const key = edge.id !== undefined && isFree ? edge.id : nameless(noun, edge);
    used.add(key);
    return [key, edge];
  });
}

function nameless(noun: string, { index, id }: LiveEdge): string {
  return id === undefined ? `(${noun} ${index} without id)` : `(${noun} ${index}, another ${id})`;
}

/** Gives an edge the id to write it under: its written one, else the one it has live, else the derived one. */
export type ChooseEdgeId = (edge: Edge, liveId: string | undefined) => string;

/** Chooses ids so that no two edges of a document get the same. `othersIds` are taken by edges that stay as they are. */
export function makeChooseEdgeId(desired: readonly Edge[], othersIds: Iterable<string>): ChooseEdgeId {
  const others = new Set(othersIds);
  const taken = new Set([...others, ...desired.map((edge) => edge.id)]);
  return (edge, liveId) => {
    if (edge.hasWrittenId) return edge.id;
    let id = liveId !== undefined && !taken.has(liveId) ? liveId : edge.id;
    for (let number = 2; others.has(id); number++) id = `${edge.id}_${number}`;
    taken.add(id);
    return id;
  };
}
