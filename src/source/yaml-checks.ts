import type { Severity } from "../model/finding.ts";
import type { Json } from "../model/json.ts";
import type { RuleId } from "../model/rules.ts";
import type { YamlScalar } from "./yaml-visitor.ts";

/** What is wrong with one node, before it has a place. Without a severity it is an error. */
export interface YamlProblem {
  readonly rule: RuleId;
  readonly message: string;
  readonly hint?: string;
  readonly severity?: Severity;
}

/** Keys that reach a prototype in careless code further on. None of them means anything in a manifest. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Why a scalar cannot be the key of a mapping that holds the keys of `object` so far; null when it can. */
export function findKeyProblem(node: YamlScalar, object: object): YamlProblem | null {
  const { value, text } = node;
  if (typeof value !== "string") {
    const message = `a key must be text, and ${JSON.stringify(text)} is read as ${nameType(value)}`;
    return { rule: "yaml/key", message, hint: `Put it in quotes: "${text}".` };
  }
  if (FORBIDDEN_KEYS.has(value)) {
    const message = `the key "${value}" is not allowed anywhere in a document`;
    return { rule: "yaml/forbidden-key", message, hint: "Use another name." };
  }
  if (node.plain && value === "<<") {
    const hint = "Write the keys out, or give the whole value as an alias.";
    return { rule: "yaml/merge-key", message: "merge keys (<<) are not part of YAML 1.2", hint };
  }
  if (Object.hasOwn(object, value)) {
    const hint = "Keep one of them; YAML does not say which would win.";
    return { rule: "yaml/duplicate-key", message: `the key "${value}" stands twice in one mapping`, hint };
  }
  return null;
}

/** Why a scalar is no JSON value, or not the one its author meant; null when all is well. */
export function findValueProblem(node: YamlScalar): YamlProblem | null {
  const { value, text } = node;
  if (typeof value === "string" && !value.isWellFormed()) {
    return { rule: "yaml/character", message: "the text holds half of a surrogate pair, which is no character" };
  }
  if (typeof value !== "number") return null;
  const losesDigits = Number.isInteger(value) && !Number.isSafeInteger(value) && /^[-+]?[0-9]+$/.test(text);
  if (losesDigits || !Number.isFinite(value)) {
    const why = losesDigits ? "would lose digits as a number" : "is no number that JSON can carry";
    return { rule: "yaml/number", message: `${text} ${why}`, hint: `If it is text, put it in quotes: "${text}".` };
  }
  if (!node.plain || !/^(?:\+|0[0-9])/.test(text)) return null;
  // Telephone numbers and extensions look like this, and a number keeps neither the plus nor the zeros.
  const hint = `Put it in quotes to keep it as text ("${text}"), or write ${value}.`;
  const message = `${text} is read as the number ${value}`;
  return { rule: "yaml/ambiguous-number", message, hint, severity: "warning" };
}

function nameType(value: Json): string {
  return value === null ? "null" : `a ${typeof value}`;
}
