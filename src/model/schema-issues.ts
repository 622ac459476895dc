/** Turns what zod says about a value into problems that a person can act on. */

import * as z from "zod";
import { closest, didYouMean } from "./closest.ts";
import type { Problem } from "./finding.ts";
import { isJsonArray, isJsonObject, type Json, type JsonPath } from "./json.ts";
import type { RuleId } from "./rules.ts";

type Issue = z.core.$ZodIssue;

export interface SchemaCheck {
  readonly rule: RuleId;
  readonly unknownKeyRule: RuleId;
  readonly schema: z.ZodType;
  readonly issues: readonly Issue[];
  /** The value that was checked, and where in the document it stands. */
  readonly value: Json;
  readonly base: JsonPath;
  /** Places whose values no message may repeat, by their path from the document's root. */
  readonly isSecretPlace: (path: JsonPath) => boolean;
}

export function describeIssues(check: SchemaCheck): readonly Problem[] {
  const problems = check.issues.flatMap((issue) => describeIssue(issue, check));
  const meantByMistake = new Set(problems.flatMap(({ meant }) => meant ?? []));
  return problems
    .filter(({ missing }) => missing === undefined || !meantByMistake.has(missing))
    .map(({ problem }) => problem);
}

interface Described {
  readonly problem: Problem;
  /** The path of a key that is missing. */
  readonly missing?: string;
  /** The path of the key that an unknown one was probably meant to be; saying that it is missing as well would be noise. */
  readonly meant?: string;
}

function describeIssue(issue: Issue, check: SchemaCheck): readonly Described[] {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  const at = [...check.base, ...path];
  if (issue.code === "unrecognized_keys") {
    return describeUnknownKeys(check.unknownKeyRule, issue.keys, at, keysAt(check.schema, path));
  }
  const meant = issue.code === "invalid_union" ? issue.errors.find((branch) => branch.some(isAboutContent)) : undefined;
  if (meant !== undefined) {
    return meant.flatMap((inner) => describeIssue({ ...inner, path: [...issue.path, ...inner.path] }, check));
  }
  const { rule } = check;
  const want = wanted(issue);
  const value = valueAtPath(check.value, path);
  if (value === undefined) {
    const message = `\`${path.join(".")}\` is missing`;
    const problem = { rule, path: at, message, hint: `Add it: ${path.at(-1)}: ${want ?? "a value"}.` };
    return [{ problem, missing: JSON.stringify(at) }];
  }
  const said = issue.code === "invalid_value" ? JSON.stringify(value) : nounOf(value);
  const shown = check.isSecretPlace(at) ? typeNounOf(value) : said;
  const problem = { rule, path: at, message: `${nameOf(path)} ${wrong(issue, shown)}` };
  const near = issue.code === "invalid_value" ? nearest(value, issue.values) : undefined;
  const hint = near ?? (want && `Write ${want}.`);
  const isAboutKey = issue.code === "invalid_key";
  return [{ problem: { ...problem, ...(isAboutKey && { at: "key" }), ...(hint && { hint }) } }];
}

function nameOf(path: JsonPath): string {
  const [list, last] = [path.at(-2), path.at(-1)];
  if (last === undefined) return "the value";
  if (last === "") return "an empty key";
  return typeof last === "number" && list !== undefined ? `entry ${last + 1} of \`${list}\`` : `\`${last}\``;
}

/** Of a union, the branch that got beyond the value's type is the one that was meant. */
function isAboutContent(issue: Issue): boolean {
  return issue.path.length > 0 || issue.code !== "invalid_type";
}

function describeUnknownKeys(
  rule: RuleId,
  keys: readonly string[],
  path: JsonPath,
  known: readonly string[],
): readonly Described[] {
  return keys.map((key) => {
    const near = closest(key, known);
    const choices = known.length === 0 ? "Remove it." : `Known here: ${known.join(", ")}.`;
    const hint = near === undefined ? choices : `Did you mean "${near}"?`;
    const problem: Problem = {
      rule,
      path: [...path, key],
      at: "key",
      message: `unknown key "${key}"`,
      hint,
    };
    return near === undefined ? { problem } : { problem, meant: JSON.stringify([...path, near]) };
  });
}

/** Of the values that are allowed, the one that was probably meant. */
function nearest(value: Json, allowed: readonly unknown[]): string | undefined {
  if (typeof value !== "string") return undefined;
  return didYouMean(
    value,
    allowed.flatMap((one) => (typeof one === "string" ? one : [])),
  );
}

/** What is wrong, as the rest of a sentence that begins with the value's name. Our own schemas' messages are such already. */
function wrong(issue: Issue, shown: string): string {
  if (isOurs(issue.message)) return issue.message;
  switch (issue.code) {
    case "invalid_type":
    case "invalid_value":
      return `is ${shown}, and must be ${wanted(issue)}`;
    case "too_big":
      return `is too large: ${wanted(issue)} is allowed`;
    case "too_small":
      return issue.origin === "array" ? "is empty" : `is too small: ${wanted(issue)} is needed`;
    case "invalid_key": {
      const message = issue.issues[0]?.message ?? issue.message;
      return isOurs(message) ? message : `is wrong: ${message}`;
    }
    case "invalid_union":
      return `is ${shown}, which is not allowed here`;
    default:
      return `is wrong: ${issue.message}`;
  }
}

function isOurs(message: string): boolean {
  return /^(must|is) /.test(message);
}

/** What to write instead; undefined when the message says so already. */
function wanted(issue: Issue): string | undefined {
  if (isOurs(issue.message)) return undefined;
  switch (issue.code) {
    case "invalid_type":
      return TYPE_NOUNS[issue.expected] ?? issue.expected;
    case "invalid_value":
      return issue.values.map((value) => String(value)).join(" or ");
    case "too_big":
      return `at most ${issue.maximum}`;
    case "too_small":
      return issue.origin === "array" ? `at least ${issue.minimum} in the list` : `at least ${issue.minimum}`;
    default:
      return undefined;
  }
}

const TYPE_NOUNS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping of keys and values",
  record: "a mapping of keys and values",
};

function nounOf(value: Json): string {
  if (typeof value === "string") return `the text "${value.slice(0, 40)}"`;
  if (typeof value === "number") return `the number ${value}`;
  return typeof value === "boolean" ? String(value) : typeNounOf(value);
}

function typeNounOf(value: Json): string {
  if (value === null) return "empty";
  if (isJsonArray(value)) return "a list";
  if (isJsonObject(value)) return "a mapping";
  return typeof value === "string" ? "a text" : `a ${typeof value}`;
}

function valueAtPath(root: Json, path: JsonPath): Json | undefined {
  let value: Json | undefined = root;
  for (const part of path) {
    if (isJsonArray(value) && typeof part === "number") value = value[part];
    else if (isJsonObject(value) && Object.hasOwn(value, part)) value = value[part];
    else return undefined;
  }
  return value;
}

/** The keys that a schema knows at a path, so that a misspelt one can be told from them. */
function keysAt(schema: unknown, path: JsonPath): readonly string[] {
  const inner = unwrap(schema);
  const [part, ...rest] = path;
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => keysAt(option, path));
  if (part === undefined) return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
  if (inner instanceof z.ZodArray) return keysAt(inner.element, rest);
  if (inner instanceof z.ZodRecord) return keysAt(inner.valueType, rest);
  if (inner instanceof z.ZodObject) return keysAt(inner.shape[part], rest);
  return [];
}

function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return unwrap(schema.unwrap());
  return schema;
}
