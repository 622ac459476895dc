/**
 * What the conditions of the connections that leave one node say together. Each question is put to `findWitness`: are there values
 * for which …?
 *
 *   never true      … it holds                                             none
 *   same            … one of two holds and the other does not              none
 *   shadowed        … it holds, and none of those written before it        none
 *   overlapping     … two hold at once                                     some
 *   complete        … none of all holds                                    none, and then nobody needs a fallback
 *
 * What is too large to be decided yields no finding: the questions of one flow share a budget.
 */
import type { Condition } from "../../conditions/condition.ts";
import { parseCondition } from "../../conditions/parse.ts";
import {
  type Assignment,
  allOf,
  anyOf,
  findWitness,
  makeSearchBudget,
  negate,
  recallCommonWitness,
  recallWitness,
  type SearchBudget,
} from "../../conditions/witness.ts";
import { describeExample } from "../../conditions/words.ts";
import type { Problem } from "../../model/finding.ts";
import { ALWAYS } from "../shared/edges.ts";
import type { ConnectionMeaning } from "./connections.ts";
import { checkKeys } from "./key-rules.ts";
import type { FlowSpec } from "./schema.ts";

/** A connection with a condition that can hold, and its place in the manifest. */
interface Branch {
  readonly index: number;
  readonly connection: ConnectionMeaning;
  readonly condition: Condition;
}

export function checkConditions(spec: FlowSpec, connections: readonly ConnectionMeaning[]): readonly Problem[] {
  const budget = makeSearchBudget();
  const leaving = Map.groupBy(connections.flatMap(readBranch), ({ connection }) => connection.from);
  const problems = [...leaving.values()].flatMap((branches) => {
    const [possible, impossible] = partition(branches, budget);
    return [
      ...impossible.map(describeNeverTrue),
      ...possible.flatMap((branch, at) => checkBranch(branch, possible.slice(0, at), budget)),
    ];
  });
  return [
    ...problems,
    ...checkKeys(connections),
    ...checkUnconditional(connections),
    ...checkFallbacks(spec, connections, budget),
  ];
}

const NO_BRANCH: readonly Branch[] = [];

function readBranch(connection: ConnectionMeaning, index: number): readonly Branch[] {
  if (connection.type !== "conditional") return NO_BRANCH;
  const parsed = parseCondition(connection.condition);
  const isBranch = parsed.ok && !(parsed.condition.type === "constant" && parsed.condition.value);
  return isBranch ? [{ index, connection, condition: parsed.condition }] : NO_BRANCH;
}

function partition(
  branches: readonly Branch[],
  budget: SearchBudget,
): readonly [possible: readonly Branch[], impossible: readonly Branch[]] {
  const impossible = new Set(branches.filter(({ condition }) => recallWitness(condition, budget) === null));
  return [branches.filter((branch) => !impossible.has(branch)), [...impossible]];
}

function describeNeverTrue({ index, connection }: Branch): Problem {
  return {
    rule: "flow/never-true",
    severity: "warning",
    path: ["spec", "connections", index, "when"],
    message: `the condition \`${connection.condition}\` can never hold, so no call takes this connection`,
    hint: "Correct the condition, or remove the connection.",
  };
}

interface Overlap {
  readonly other: Branch;
  readonly witness: Assignment | undefined;
}

/** One branch against those that are written before it. Most have nothing in common, and then there is nothing more to ask. */
function checkBranch(branch: Branch, earlier: readonly Branch[], budget: SearchBudget): readonly Problem[] {
  const overlaps = earlier.flatMap((other): readonly Overlap[] => {
    const witness = recallCommonWitness(other.condition, branch.condition, budget);
    return witness === null ? [] : [{ other, witness }];
  });
  if (overlaps.length === 0) return [];
  const twin = overlaps.find(({ other }) => isSame(other.condition, branch.condition, budget));
  if (twin !== undefined) return [describeTwin(branch, twin.other)];
  const others = overlaps.map(({ other }) => other);
  if (isShadowedBy(branch, others, budget)) return [describeShadow(branch, others, budget)];
  return describeOverlaps(branch, overlaps);
}

function isSame(left: Condition, right: Condition, budget: SearchBudget): boolean {
  const differs = anyOf([allOf(left, negate(right)), allOf(negate(left), right)]);
  return findWitness(differs, budget) === null;
}

function describeTwin({ index, connection }: Branch, { connection: first }: Branch): Problem {
  const isSameText = first.condition === connection.condition;
  const what = isSameText
    ? `two connections with the condition \`${connection.condition}\``
    : `two connections that always hold together, \`${first.condition}\` and \`${connection.condition}\``;
  return {
    rule: "flow/same-condition",
    path: ["spec", "connections", index, "when"],
    message: `node "${connection.from}" has ${what}: to "${first.to}" and to "${connection.to}"`,
    hint: "A call can take only one of them; remove one or change its condition.",
  };
}

function isShadowedBy({ condition }: Branch, others: readonly Branch[], budget: SearchBudget): boolean {
  const isLeft = allOf(condition, negate(anyOf(others.map((other) => other.condition))));
  return findWitness(isLeft, budget) === null;
}

function describeShadow(branch: Branch, others: readonly Branch[], budget: SearchBudget): Problem {
  const single = others.find((other) => isShadowedBy(branch, [other], budget));
  const by = (single === undefined ? others : [single]).map(({ connection }) => `\`${connection.condition}\``);
  return {
    rule: "flow/shadowed",
    severity: "warning",
    path: ["spec", "connections", branch.index, "when"],
    message: `whenever \`${branch.connection.condition}\` holds, ${by.join(" or ")}, written before it, holds too`,
    hint: "If the first that holds is taken, this one never is; make the earlier one exclude it.",
  };
}

/** Two that lead to one node may well hold at once: the call goes there either way. */
function describeOverlaps({ index, connection }: Branch, overlaps: readonly Overlap[]): readonly Problem[] {
  const told = overlaps.filter(({ other, witness }) => witness !== undefined && other.connection.to !== connection.to);
  const [first] = told;
  if (first?.witness === undefined) return [];
  const others = told.map(({ other }) => `\`${other.connection.condition}\` (to "${other.connection.to}")`);
  const message = `\`${connection.condition}\` (to "${connection.to}") can hold at once with ${others.join(", ")}`;
  const example = describeExample(first.witness);
  return [
    {
      rule: "flow/overlap",
      severity: "info",
      path: ["spec", "connections", index, "when"],
      message: example === undefined ? message : `${message}, for example when ${example}`,
      hint: "Which of them a call takes is not documented; make one exclude the other.",
    },
  ];
}

/** Connections that ask for nothing: of one node, only one can ever be taken. */
function checkUnconditional(connections: readonly ConnectionMeaning[]): readonly Problem[] {
  const firstByNode = new Map<string, ConnectionMeaning>();
  return connections.flatMap((connection, index): readonly Problem[] => {
    if (connection.condition !== ALWAYS) return [];
    const first = firstByNode.get(connection.from);
    if (first === undefined) {
      firstByNode.set(connection.from, connection);
      return [];
    }
    const message = `node "${connection.from}" has two unconditional connections: to "${first.to}" and to "${connection.to}"`;
    const hint = "A call can take only one of them; remove one or give it a condition.";
    return [{ rule: "flow/same-condition", path: ["spec", "connections", index, "from"], message, hint }];
  });
}

/** A decision must know where to send everybody: with a connection that asks for nothing, or with conditions that leave nothing out. */
function checkFallbacks(
  spec: FlowSpec,
  connections: readonly ConnectionMeaning[],
  budget: SearchBudget,
): readonly Problem[] {
  const leaving = Map.groupBy(connections, ({ from }) => from);
  return spec.nodes.flatMap((node, index): readonly Problem[] => {
    const own = leaving.get(node.id) ?? [];
    if (node.type !== "decision" || own.length === 0) return [];
    if (own.some(({ type }) => type !== "conditional")) return [];
    const conditions = own.flatMap((connection) => {
      const parsed = parseCondition(connection.condition);
      return parsed.ok ? [parsed.condition] : [];
    });
    const witness = findWitness(negate(anyOf(conditions)), budget);
    if (witness === null) return [];
    const example = witness && describeExample(witness);
    const message = `decision node "${node.id}" has no default or fallback connection`;
    return [
      {
        rule: "flow/missing-fallback",
        severity: "warning",
        path: ["spec", "nodes", index, "id"],
        message: example === undefined ? message : `${message}, and no condition holds when ${example}`,
        hint: "Say where callers go when no condition holds.",
      },
    ];
  });
}
