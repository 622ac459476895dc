/** Keys that a caller presses are texts, and no text equals a number: a condition that forgot the quotes never holds. */
import type { Condition, Scalar } from "../../conditions/condition.ts";
import { type Atom, visitAtoms } from "../../conditions/evaluate.ts";
import { parseCondition } from "../../conditions/parse.ts";
import { printCondition, printScalar } from "../../conditions/print.ts";
import type { Problem } from "../../model/finding.ts";
import type { ConnectionMeaning } from "./connections.ts";

/** The name by which conditions ask for the key that was pressed (product specification, section 4). */
const KEY = "dtmf";
const EXAMPLE = `such as \`${KEY} == '1'\``;

interface Mistake {
  readonly message: string;
  readonly hint: string;
}

export function checkKeys(connections: readonly ConnectionMeaning[]): readonly Problem[] {
  return connections.flatMap(({ type, condition }, index): readonly Problem[] => {
    const parsed = parseCondition(condition);
    if (type !== "conditional" || !parsed.ok) return [];
    const path = ["spec", "connections", index, "when"];
    return findMistakes(parsed.condition).map((mistake) => {
      return { rule: "flow/key-type", severity: "warning", path, ...mistake };
    });
  });
}

/** Each once, however often it stands in the condition. */
function findMistakes(condition: Condition): readonly Mistake[] {
  const mistakes = new Map<string, Mistake>();
  visitAtoms(condition, (atom) => {
    const mistake = findMistake(atom);
    if (mistake !== undefined) mistakes.set(mistake.message, mistake);
  });
  return [...mistakes.values()];
}

function findMistake(atom: Atom): Mistake | undefined {
  const written = `\`${printCondition(atom)}\``;
  if (atom.type === "isTrue") {
    if (atom.path !== KEY) return undefined;
    const message = `${written} asks whether ${KEY} is true, and keys that a caller presses are texts`;
    return { message, hint: `Write which key is meant, ${EXAMPLE}.` };
  }
  const wrong = valuesComparedWithKey(atom).find(isNoKey);
  if (wrong === undefined) return undefined;
  const message = `${written} compares ${KEY} with ${nounOf(wrong)}, and keys that a caller presses are texts`;
  return { message, hint: hintFor(atom, wrong) };
}

/** The parser puts the name first, whichever way round it is written. */
function valuesComparedWithKey(atom: Atom): readonly Scalar[] {
  if (atom.type !== "in" && atom.type !== "compare") return [];
  if (atom.left.type !== "path" || atom.left.path !== KEY) return [];
  if (atom.type === "in") return atom.values;
  return atom.right.type === "value" ? [atom.right.value] : [];
}

function isNoKey(value: Scalar): boolean {
  return typeof value !== "string" || value === "";
}

function nounOf(value: Scalar): string {
  if (value === "") return "an empty text";
  return typeof value === "number" ? `the number ${printScalar(value)}` : printScalar(value);
}

function hintFor(atom: Atom, wrong: Scalar): string {
  if (typeof wrong === "number")
    return `Write \`${printCondition(withTexts(atom))}\`: the key '1' and the number 1 differ.`;
  if (wrong !== "") return `Write which key is meant, ${EXAMPLE}.`;
  return `Write which key is meant, ${EXAMPLE}; a default or fallback connection leads on who presses none.`;
}

/** The same with its numbers in quotes. */
function withTexts(atom: Atom): Condition {
  const quote = (value: Scalar) => (typeof value === "number" ? printScalar(value) : value);
  if (atom.type === "in") return { ...atom, values: atom.values.map(quote) };
  if (atom.type !== "compare") return atom;
  const { right } = atom;
  return right.type === "value" ? { ...atom, right: { ...right, value: quote(right.value) } } : atom;
}
