/** Live edges as manifests say them, for flows and workflows. */
import { canonicalCondition } from "../../conditions/print.ts";
import { type JsonObject, type JsonPath, stringAt } from "../../model/json.ts";
import { isCredentialAs, isCredentialText } from "./credentials.ts";
import { ALWAYS, deriveEdgeId, type Edge, type LiveEdge, matchEdges } from "./edges.ts";
import { idField } from "./fields.ts";
import type { SaidItem } from "./sayable.ts";

/** What one edge is in a manifest: `desired` is the one that the manifest has for it already. */
export type SayEdge<L, D> = (live: L, desired: D | undefined) => SaidItem;

/** The edges in the manifest's words: those that it has in its order, then the others in the order given. */
export function restateEdges<L extends LiveEdge, D extends Edge>(
  live: readonly L[],
  desired: readonly D[],
  say: SayEdge<L, D>,
): readonly SaidItem[] {
  const matches = matchEdges(live, desired);
  const liveByDesired = new Map<Edge, L>();
  for (const edge of live) {
    const matched = matches.get(edge.index);
    if (matched !== undefined) liveByDesired.set(matched, edge);
  }
  const known = desired.flatMap((edge) => {
    const found = liveByDesired.get(edge);
    return found === undefined ? [] : [say(found, edge)];
  });
  const others = live.filter(({ index }) => !matches.has(index)).map((edge) => say(edge, undefined));
  return [...known, ...others];
}

/** The condition in the manifest's spelling where it means the same. */
export function spellCondition(live: LiveEdge, desired: Edge | undefined): string {
  const isSame = desired !== undefined && canonicalCondition(desired.condition) === canonicalCondition(live.condition);
  return isSame ? desired.condition : live.condition;
}

export function isAlways(condition: string): boolean {
  return canonicalCondition(condition) === ALWAYS;
}

/**
 * The id that a manifest has to name: its own, and of a new edge what the tenant calls it. One that would be derived
 * anyway is left out, and so is one that no manifest can have.
 */
export function namedId(
  live: LiveEdge,
  desired: Edge | undefined,
  { owner, derivedPrefix, isAllowed = () => true }: IdRules,
): string | undefined {
  if (desired !== undefined) return desired.hasWrittenId ? desired.id : undefined;
  const { id } = live;
  if (id === undefined || !idField.safeParse(id).success || !isAllowed(id)) return undefined;
  return id === deriveEdgeId(derivedPrefix, owner, live) ? undefined : id;
}

export interface IdRules {
  /** The document's id. */
  readonly owner: string;
  readonly derivedPrefix: string;
  readonly isAllowed?: (id: string) => boolean;
}

/** Conditions that compare with a credential, by their places in the spec. */
export function findCredentialConditions(list: string, edges: readonly JsonObject[]): readonly JsonPath[] {
  return edges.flatMap((edge, index): readonly JsonPath[] => {
    const when = stringAt(edge, "when") ?? "";
    const texts = when.match(/'[^']*'|"[^"]*"/g) ?? [];
    const isOne = isCredentialText(when) || texts.some((text) => isCredentialAs("", text.slice(1, -1)));
    return isOne ? [["spec", list, index, "when"]] : [];
  });
}
