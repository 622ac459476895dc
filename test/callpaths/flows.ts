/** Random flows in the shape in which a Flow compares itself, and two versions of one. */
import fc from "fast-check";
import { canonicalCondition } from "../../src/conditions/print.ts";
import { type Json, objectFrom } from "../../src/model/json.ts";

export interface FlowParts {
  readonly live: Json;
  readonly desired: Json;
}

const DETOUR = "node_99";

interface RandomEdge {
  readonly from: number;
  readonly to: number;
  readonly condition: string;
  readonly type: "conditional" | "default" | "fallback";
  /** Not straight there, but through a node of its own. */
  readonly hasDetour?: boolean;
}

/** Two versions that share most of their connections, with conditions from the ones given. */
export function versions(conditions: readonly string[]): fc.Arbitrary<FlowParts> {
  const edge = fc.oneof(
    { weight: 4, arbitrary: edgeOf(fc.constantFrom(...conditions), fc.constant("conditional" as const)) },
    { weight: 1, arbitrary: edgeOf(fc.constant("true"), fc.constantFrom("default" as const, "fallback" as const)) },
  );
  const edges = fc.array(edge, { minLength: 2, maxLength: 9 });
  const nodes = fc.array(fc.constantFrom("decision", "terminal", "decision"), { minLength: 2, maxLength: 5 });
  const skill = fc.constantFrom("Billing", "Sales");
  return fc
    .record({
      detour: fc.option(fc.nat()),
      nodes,
      edges,
      dropped: fc.nat(3),
      added: fc.array(edge, { maxLength: 3 }),
      skills: fc.tuple(skill, skill),
    })
    .map(({ detour, nodes: types, edges: shared, dropped, added, skills }) => ({
      live: flowPart(types, shared, skills[0]),
      desired: flowPart(types, withDetour([...shared.slice(dropped), ...added], detour), skills[1]),
    }));
}

function edgeOf(condition: fc.Arbitrary<string>, type: fc.Arbitrary<RandomEdge["type"]>): fc.Arbitrary<RandomEdge> {
  return fc.record({ from: fc.nat(4), to: fc.nat(4), condition, type });
}

function withDetour(edges: readonly RandomEdge[], at: number | null): readonly RandomEdge[] {
  return edges.map((edge, index) => (at !== null && index === at % edges.length ? { ...edge, hasDetour: true } : edge));
}

function flowPart(types: readonly string[], edges: readonly RandomEdge[], skill: string): Json {
  const named = (index: number) => `node_${index % types.length}`;
  return {
    name: "Random",
    type: "IVR",
    nodes: objectFrom([
      ...types.map((type, index): [string, Json] => [
        named(index),
        index === 0 ? { type: "start" } : { type, properties: index === 1 ? { skill } : {} },
      ]),
      [DETOUR, { type: "decision" }],
    ]),
    connections: objectFrom(
      edges.flatMap(({ from, to, condition, type, hasDetour }, index) => {
        const written = { from: named(from), to: named(to), condition: canonicalCondition(condition), type };
        if (hasDetour !== true) return [[`conn_${index}`, written]];
        const onwards = { from: DETOUR, to: named(to), condition: "true", type: "default" };
        return [
          [`conn_${index}`, { ...written, to: DETOUR }],
          [`conn_${index}_on`, onwards],
        ];
      }),
    ),
  };
}
