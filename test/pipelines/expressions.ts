/** The expressions of GitHub Actions, as far as our workflows use them: contexts, `== != && || !`, and a few functions. */
import jsep, { type Expression } from "jsep";

export type Contexts = Readonly<Record<string, unknown>>;
/** The functions that an expression may call, by their name. */
export type Functions = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

// `steps.plan.outputs.exit-code` is one path.
jsep.addIdentifierChar("-");

export function evaluate(text: string, contexts: Contexts, functions: Functions = {}): unknown {
  return valueIn(jsep(text), contexts, { fromJSON: (json) => JSON.parse(String(json)), ...functions });
}

/** Puts values in the place of every `${{ … }}`; a text that is one expression keeps its value's type. */
export function interpolate(text: string, contexts: Contexts): unknown {
  const whole = /^\$\{\{((?:(?!\}\}).)*)\}\}$/.exec(text.trim());
  if (whole?.[1] !== undefined) return evaluate(whole[1], contexts);
  return text.replace(/\$\{\{(.*?)\}\}/g, (_all, inner: string) => asText(evaluate(inner, contexts)));
}

export function asText(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}

function valueIn(node: Expression, contexts: Contexts, functions: Functions): unknown {
  const parts = new Map(Object.entries(node));
  const inner = (key: string) => valueIn(asExpression(parts.get(key)), contexts, functions);
  switch (node.type) {
    case "Literal":
      return parts.get("value");
    case "Identifier":
      return contexts[String(parts.get("name"))];
    case "MemberExpression": {
      const property = asExpression(parts.get("property"));
      return at(inner("object"), String("name" in property ? property["name"] : ""));
    }
    case "UnaryExpression":
      return !isTrue(inner("argument"));
    case "BinaryExpression":
      return combine(String(parts.get("operator")), inner("left"), () => inner("right"));
    case "CallExpression": {
      const callee = asExpression(parts.get("callee"));
      const run = functions[String("name" in callee ? callee["name"] : "")];
      if (run === undefined)
        throw new Error(`a workflow calls a function that the tests do not know: ${JSON.stringify(callee)}`);
      const args: unknown = parts.get("arguments");
      return run(...(Array.isArray(args) ? args : []).map((arg) => valueIn(asExpression(arg), contexts, functions)));
    }
    default:
      throw new Error(`a workflow holds an expression that the tests do not know: ${node.type}`);
  }
}

function combine(operator: string, left: unknown, right: () => unknown): unknown {
  if (operator === "&&") return isTrue(left) ? right() : left;
  if (operator === "||") return isTrue(left) ? left : right();
  const isEqual = asText(left).toLowerCase() === asText(right()).toLowerCase();
  if (operator === "==") return isEqual;
  if (operator === "!=") return !isEqual;
  throw new Error(`a workflow holds an operator that the tests do not know: ${operator}`);
}

export function isTrue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== 0 && value !== "";
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)).get(key) : undefined;
}

function asExpression(value: unknown): Expression {
  if (typeof value === "object" && value !== null && "type" in value && typeof value.type === "string")
    return { ...value, type: value.type };
  throw new Error("a workflow holds an expression that does not parse");
}
