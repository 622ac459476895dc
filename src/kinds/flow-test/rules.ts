/** The offline rules of a flow test: those about itself, and those about the flow that it names. */
import { allConnections, type CallFlow } from "../../callpaths/call-flow.ts";
import type { UnusedAnswers } from "../../callpaths/flow-case.ts";
import type { Condition, Operand, Scalar } from "../../conditions/condition.ts";
import { pathsOf, visitAtoms } from "../../conditions/evaluate.ts";
import { printScalar } from "../../conditions/print.ts";
import { didYouMean } from "../../model/closest.ts";
import type { Problem } from "../../model/finding.ts";
import type { JsonPath } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import { duplicates } from "../shared/duplicates.ts";
import type { CaseSpec, FlowTestSpec } from "./schema.ts";

export function checkFlowTest({ spec }: Manifest<FlowTestSpec>): readonly Problem[] {
  return duplicates(spec.cases.map(({ name }) => name)).map(({ index, value }) => ({
    rule: "test/duplicate-case",
    path: ["spec", "cases", index, "name"],
    message: `there is already a case named "${value}"`,
    hint: "Give each case its own name: reports tell them apart by it.",
  }));
}

/**
 * What a flow's conditions ask for: by name, the values that they compare it with; undefined where a name is compared with another one,
 * and so may be anything.
 */
export type Asked = ReadonlyMap<string, ReadonlySet<Scalar> | undefined>;

/** Reads a flow once for all cases that test it. */
export function findAsked(flow: CallFlow): Asked {
  const values = new Map<string, Set<Scalar> | undefined>();
  for (const { condition } of allConnections(flow)) {
    for (const path of pathsOf(condition)) if (!values.has(path)) values.set(path, new Set());
    visitAtoms(condition, (atom) => {
      for (const [path, compared] of comparisonsIn(atom)) {
        if (compared === undefined) values.set(path, undefined);
        else for (const value of compared) values.get(path)?.add(value);
      }
    });
  }
  return values;
}

/** The names in an atom, with the values that it compares each with; undefined when it is compared with another name. */
function comparisonsIn(atom: Condition): readonly (readonly [path: string, values: readonly Scalar[] | undefined])[] {
  if (atom.type === "isTrue") return [[atom.path, [true]]];
  if (atom.type === "in") return atom.left.type === "path" ? [[atom.left.path, atom.values]] : [];
  if (atom.type !== "compare") return [];
  const sides: readonly (readonly [Operand, Operand])[] = [
    [atom.left, atom.right],
    [atom.right, atom.left],
  ];
  return sides.flatMap(([side, other]) => {
    if (side.type !== "path") return [];
    return [[side.path, other.type === "value" ? [other.value] : undefined] as const];
  });
}

/** Nodes that a case expects something of, and that the flow does not have: a typing mistake in `avoids` would always pass. */
export function checkNodes({ expect }: CaseSpec, flow: CallFlow, base: JsonPath): readonly Problem[] {
  const lists = [expect.path, expect.visits, expect.avoids, expect.endsAny];
  const keys = ["path", "visits", "avoids", "endsAny"];
  const named: readonly (readonly [node: string, path: JsonPath])[] = [
    ...lists.flatMap((nodes, at) => {
      return (nodes ?? []).map((node, index) => [node, ["expect", keys[at] ?? "", index]] as const);
    }),
    ...(expect.ends === undefined ? [] : [[expect.ends, ["expect", "ends"]] as const]),
  ];
  return named.flatMap(([node, path]): Problem[] => {
    if (flow.nodes.has(node)) return [];
    const message = `the flow has no node "${node}"`;
    const hint = didYouMean(node, flow.nodes.keys()) ?? "Name a node of the flow.";
    return [{ rule: "test/unknown-node", path: [...base, ...path], message, hint }];
  });
}

/** Given names that change nothing, and given values that no comparison can be equal to. */
export function checkGiven({ given }: CaseSpec, asked: Asked, base: JsonPath): readonly Problem[] {
  return Object.entries(given).flatMap(([name, value]): readonly Problem[] => {
    const path = [...base, "given", name];
    if (!asked.has(name)) {
      const hint = didYouMean(name, asked.keys()) ?? askedHint([...asked.keys()]);
      const message = `no condition of the flow asks for "${name}"`;
      return [{ rule: "test/unknown-name", severity: "warning", path, at: "key", message, hint }];
    }
    const compared = asked.get(name);
    if (compared === undefined) return [];
    if (typeof value !== "object") return checkType(name, value, compared, path);
    return value.flatMap((answer, index) => checkType(name, answer, compared, [...path, index]));
  });
}

function askedHint(names: readonly string[]): string {
  return names.length === 0 ? "The flow has no conditions." : `Its conditions ask for: ${names.toSorted().join(", ")}.`;
}

function checkType(name: string, value: Scalar, compared: ReadonlySet<Scalar>, path: JsonPath): readonly Problem[] {
  const types = new Set([...compared].map((one) => typeof one));
  if (types.size === 0 || types.has(typeof value)) return [];
  const kinds = [...types].map((type) => PLURALS[type] ?? type).join(" or ");
  const [example = ""] = compared;
  const isTooLarge = types.has("number") && isBeyondNumbers(value);
  const given = isTooLarge ? `${value}, which is too large for a number,` : `${nounOf(value)},`;
  const message = `"${name}" is given as ${given} and the flow compares it with ${kinds}, such as ${printScalar(example)}`;
  if (isTooLarge) {
    const hint = "Give a number that is smaller, without quotes.";
    return [{ rule: "test/given-type", severity: "warning", path, message, hint }];
  }
  return [{ rule: "test/given-type", severity: "warning", path, message, hint: typeHint(value, types.has("string")) }];
}

/** A text that reads like a number, and that YAML leaves a text because no number holds it. */
function isBeyondNumbers(value: Scalar): boolean {
  return (
    typeof value === "string" && /^[-+]?[0-9.]+(e[-+]?[0-9]+)?$/i.test(value) && Math.abs(Number(value)) === Infinity
  );
}

/** Answers that the call never takes: the case promises something about a menu that it does not come to. */
export function describeUnused(unused: readonly UnusedAnswers[], end: string, base: JsonPath): readonly Problem[] {
  return unused.map(({ name, answers, used }): Problem => {
    const told = used === 0 ? "none" : used === 1 ? "only the first" : `only the first ${used}`;
    const message = `the call takes ${told} of ${answers} ${answers === 1 ? "answer" : "answers"} for "${name}"`;
    const hint = `It ends at ${end} without being asked for more. Leave out what it does not take, or expect another way.`;
    return { rule: "test/unused-answer", severity: "warning", path: [...base, "given", name], message, hint };
  });
}

function typeHint(value: Scalar, isText: boolean): string {
  if (isText) return `Write ${JSON.stringify(String(value))}: the text '1' and the number 1 are different.`;
  if (typeof value !== "string") return "No such comparison can be true of it: give another value.";
  return "Write it without quotes: the text '1' and the number 1 are different, and so are 'true' and true.";
}

const PLURALS: Readonly<Record<string, string>> = { string: "texts", number: "numbers", boolean: "true and false" };

function nounOf(value: Scalar): string {
  if (typeof value === "boolean") return String(value);
  return `the ${typeof value === "string" ? "text" : "number"} ${printScalar(value)}`;
}
