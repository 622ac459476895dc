import jsep from "jsep";
import type { Comparison, Condition, Operand, Scalar } from "./condition.ts";
import { findNameProblem } from "./names.ts";
import { rememberByText } from "./remember.ts";

/** Longer text is no condition that a person wrote, and deep nesting would exhaust the stack. */
const MAX_LENGTH = 1000;

const COMPARISONS: readonly Comparison[] = ["==", "!=", "<", "<=", ">", ">="];

/** What holds when the operands change sides. */
const FLIPPED: Readonly<Record<Comparison, Comparison>> = {
  "==": "==",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

export type ParsedCondition =
  | { readonly ok: true; readonly condition: Condition }
  /** `offset` counts characters from 0; null when the parser could not say where. */
  | { readonly ok: false; readonly message: string; readonly offset: number | null };

/** Thrown and caught in this file only. */
class Unsupported extends Error {}

/**
 * Parses the condition of a connection (product specification, section 4): comparisons, `in [..]`, `&& || !`, `and or not`,
 * parentheses, quoted strings, numbers, booleans, identifiers and scope paths. jsep parses; here its tree is cut down to
 * that language, so that nothing else it understands (calls, arithmetic, indexing) gets through. Never throws; the same text gives the
 * same object again, which nobody may change.
 */
export const parseCondition = rememberByText(parseAnew);

function parseAnew(written: string): ParsedCondition {
  const text = withPlainMargins(written);
  const length = written.trim().length;
  if (length > MAX_LENGTH) {
    return { ok: false, message: `is ${length} characters long, at most ${MAX_LENGTH} are allowed`, offset: null };
  }
  if (length === 0) return { ok: false, message: "is empty", offset: null };
  try {
    configureParser();
    refuseSeparators(text);
    return { ok: true, condition: toCondition(jsep(text)) };
  } catch (thrown) {
    return { ok: false, ...describeFailure(thrown, text.length) };
  }
}

let isConfigured = false;

/** jsep keeps its operators in one place for the whole process; ours are set once, on first use. */
function configureParser(): void {
  if (isConfigured) return;
  jsep.removeAllBinaryOps();
  jsep.removeAllUnaryOps();
  jsep.removeAllLiterals();
  for (const word of ["||", "or"]) jsep.addBinaryOp(word, 1);
  for (const word of ["&&", "and"]) jsep.addBinaryOp(word, 2);
  for (const word of [...COMPARISONS, "in", "not in"]) jsep.addBinaryOp(word, 3);
  for (const word of ["!", "not", "-"]) jsep.addUnaryOp(word);
  jsep.addLiteral("true", true);
  jsep.addLiteral("false", false);
  isConfigured = true;
}

/** White space around the text as spaces: jsep takes the rarer kinds, such as a no-break space, for letters of a name. */
function withPlainMargins(written: string): string {
  const margin = (end: string) => " ".repeat(written.length - end.length);
  return `${margin(written.trimStart())}${written.trim()}${margin(written.trimEnd())}`;
}

/** jsep takes a list of expressions, and skips the separators of one that has a single entry. */
function refuseSeparators(text: string): void {
  const sign = /^[,;]|[,;]$/.exec(text.trim())?.[0];
  if (sign !== undefined) throw new Unsupported(`begins or ends with "${sign}"`);
}

function describeFailure(thrown: unknown, length: number): { message: string; offset: number | null } {
  if (thrown instanceof Unsupported) return { message: thrown.message, offset: null };
  if (thrown instanceof RangeError) return { message: "is nested too deeply", offset: null };
  if (thrown instanceof Error && "index" in thrown && typeof thrown.index === "number") {
    // After a backslash at the end jsep has looked beyond it.
    const offset = Math.min(thrown.index, length);
    const message = "description" in thrown ? String(thrown.description) : thrown.message;
    const advice = message === 'Unexpected "="' ? " (to compare, write ==)" : "";
    return {
      message: `does not parse: ${lowerFirst(message)} at character ${offset + 1}${advice}`,
      offset,
    };
  }
  throw thrown;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function toCondition(node: unknown): Condition {
  switch (typeOf(node)) {
    case "Literal":
      return toConstant(part(node, "value"));
    case "Identifier":
    case "MemberExpression":
      return { type: "isTrue", path: toPath(node) };
    case "UnaryExpression":
      return toNegation(node);
    case "BinaryExpression":
      return toBinary(node);
    case "Compound":
      throw new Unsupported("holds several expressions; join them with && or ||");
    default:
      throw new Unsupported(describeForeign(node));
  }
}

function toConstant(value: unknown): Condition {
  if (typeof value === "boolean") return { type: "constant", value };
  throw new Unsupported(`is the bare value ${JSON.stringify(value)}; compare it with something`);
}

function toNegation(node: unknown): Condition {
  const operator = part(node, "operator");
  if (operator === "-") throw new Unsupported("uses a negative number where true or false is needed");
  return { type: "not", condition: toCondition(part(node, "argument")) };
}

function toBinary(node: unknown): Condition {
  const operator = part(node, "operator");
  const left = part(node, "left");
  const right = part(node, "right");
  if (operator === "||" || operator === "or") return joined("or", toCondition(left), toCondition(right));
  if (operator === "&&" || operator === "and") return joined("and", toCondition(left), toCondition(right));
  // jsep binds `not` to the operand next to it; people mean the whole comparison, as Python has it.
  if (typeOf(left) === "UnaryExpression" && part(left, "operator") === "not") {
    return { type: "not", condition: toComparison(operator, part(left, "argument"), right) };
  }
  return toComparison(operator, left, right);
}

function joined(type: "and" | "or", left: Condition, right: Condition): Condition {
  const parts = [left, right].flatMap((side) => (side.type === type ? side.conditions : [side]));
  return { type, conditions: parts };
}

function toComparison(operator: unknown, left: unknown, right: unknown): Condition {
  if (operator === "in") return { type: "in", left: toOperand(left), values: toList(right) };
  if (operator === "not in") return { type: "not", condition: toComparison("in", left, right) };
  const comparison = COMPARISONS.find((known) => known === operator);
  if (comparison === undefined) throw new Unsupported(`uses the unknown operator ${String(operator)}`);
  const sides = { left: toOperand(left), right: toOperand(right) };
  if (sides.left.type === "value" && sides.right.type === "path") {
    return { type: "compare", operator: FLIPPED[comparison], left: sides.right, right: sides.left };
  }
  return { type: "compare", operator: comparison, ...sides };
}

function toList(node: unknown): readonly Scalar[] {
  const elements = part(node, "elements");
  if (typeOf(node) !== "ArrayExpression" || !Array.isArray(elements)) {
    throw new Unsupported("needs a list such as ['1', '2'] after `in`");
  }
  if (elements.length === 0) throw new Unsupported("has an empty list after `in`, which is never true");
  return elements.map((element: unknown) => {
    const operand = toOperand(element);
    if (operand.type === "path") throw new Unsupported("may list only written-out values after `in`");
    return operand.value;
  });
}

function toOperand(node: unknown): Operand {
  const type = typeOf(node);
  if (type === "Identifier" || type === "MemberExpression") return { type: "path", path: toPath(node) };
  if (type === "UnaryExpression" && part(node, "operator") === "-") {
    const operand = toOperand(part(node, "argument"));
    // Not `-value`: a negative zero would be another value that prints the same.
    if (operand.type === "value" && typeof operand.value === "number") {
      return { type: "value", value: 0 - operand.value };
    }
  }
  const value = part(node, "value");
  if (type === "Literal" && typeof value === "number")
    return { type: "value", value: toNumber(value, part(node, "raw")) };
  if (type === "Literal" && (typeof value === "string" || typeof value === "boolean")) return { type: "value", value };
  if (type === "UnaryExpression" || type === "BinaryExpression") {
    throw new Unsupported("compares the result of another comparison; use parentheses with && || !");
  }
  throw new Unsupported(describeForeign(node));
}

/** Two numbers that only their lost digits tell apart would count as one condition. */
function toNumber(value: number, written: unknown): number {
  const losesDigits = /^\d+$/.test(String(written)) && !Number.isSafeInteger(value);
  if (Number.isFinite(value) && !losesDigits) return value;
  throw new Unsupported(
    `holds the number ${String(written)}, which is too large; put it in quotes to compare it as text`,
  );
}

function toPath(node: unknown): string {
  if (typeOf(node) === "Identifier") return toName(part(node, "name"), true);
  if (typeOf(node) !== "MemberExpression" || part(node, "computed") === true || part(node, "optional") === true) {
    throw new Unsupported(describeForeign(node));
  }
  return `${toPath(part(node, "object"))}.${toName(part(part(node, "property"), "name"), false)}`;
}

function toName(written: unknown, isFirst: boolean): string {
  const name = String(written);
  const problem = findNameProblem(name, isFirst);
  if (problem === undefined) return name;
  throw new Unsupported(problem);
}

function describeForeign(node: unknown): string {
  switch (typeOf(node)) {
    case "CallExpression":
      return "calls a function, which conditions cannot do";
    case "MemberExpression":
      return "uses [ ] or ?. on a path; write it with dots, such as $contact.language";
    case "ArrayExpression":
      return "has a list that does not follow `in`";
    case "ThisExpression":
      return "uses `this`, which means nothing here";
    default:
      return "uses something that is not part of the condition language";
  }
}

function typeOf(node: unknown): unknown {
  return part(node, "type");
}

/** A field of a parser's node, whose types say less than we need to know. */
function part(node: unknown, name: string): unknown {
  if (typeof node !== "object" || node === null) return undefined;
  return Object.getOwnPropertyDescriptor(node, name)?.value;
}
