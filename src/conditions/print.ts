import type { Condition, Operand, Scalar } from "./condition.ts";
import { parseCondition } from "./parse.ts";
import { rememberByText } from "./remember.ts";

/** How tightly each form binds; a looser part inside a tighter one needs parentheses. */
const BINDING = { or: 1, and: 2, not: 3 } as const;

/** One text for one meaning as written: single quotes, `&& || !`, single spaces, the path before the value. */
export function printCondition(condition: Condition): string {
  switch (condition.type) {
    case "constant":
      return String(condition.value);
    case "isTrue":
      return condition.path;
    case "compare":
      return `${printOperand(condition.left)} ${condition.operator} ${printOperand(condition.right)}`;
    case "in":
      return `${printOperand(condition.left)} in [${condition.values.map(printScalar).join(", ")}]`;
    case "not":
      return printNegation(condition.condition);
    case "and":
    case "or":
      return printJoined(condition.type, condition.conditions);
  }
}

function printNegation(inner: Condition): string {
  const isBare = inner.type === "isTrue" || inner.type === "constant" || inner.type === "not";
  return isBare ? `!${printCondition(inner)}` : `!(${printCondition(inner)})`;
}

function printJoined(type: "and" | "or", parts: readonly Condition[]): string {
  const sign = type === "and" ? " && " : " || ";
  return parts
    .map((part) => {
      const isLooser = (part.type === "and" || part.type === "or") && BINDING[part.type] < BINDING[type];
      return isLooser ? `(${printCondition(part)})` : printCondition(part);
    })
    .join(sign);
}

function printOperand(operand: Operand): string {
  return operand.type === "path" ? operand.path : printScalar(operand.value);
}

/** A value as conditions write it: texts in single quotes. */
export function printScalar(value: Scalar): string {
  if (typeof value === "number") return printNumber(value);
  if (typeof value === "boolean") return String(value);
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** With an exponent where the plain digits would say more than a number holds; the parser refuses those. */
function printNumber(value: number): string {
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
}

/**
 * The form in which two conditions are compared, so that a server that re-spaces or re-quotes them causes no change.
 * What does not parse (live documents may hold anything) is compared as its trimmed text.
 */
export const canonicalCondition = rememberByText((text: string): string => {
  const parsed = parseCondition(text);
  return parsed.ok ? printCondition(parsed.condition) : text.trim();
});
