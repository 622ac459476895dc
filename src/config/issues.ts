import { z } from "zod";
import { didYouMean } from "../model/closest.ts";
import type { Problem } from "../model/finding.ts";
import { isJsonArray, isJsonObject, type Json, type JsonPath } from "../model/json.ts";

type Issue = z.core.$ZodIssue;

/** What a schema found, as problems with hints. No message repeats a value: it may be a secret in the wrong place. */
export function toProblems(
  issues: readonly Issue[],
  schema: z.ZodType,
  value: Json,
  base: JsonPath = [],
): readonly Problem[] {
  return issues.flatMap((issue) => describeIssue(issue, schema, value, base));
}

function describeIssue(issue: Issue, schema: z.ZodType, value: Json, base: JsonPath): readonly Problem[] {
  const within = toJsonPath(issue.path);
  const path = [...base, ...within];
  if (issue.code === "unrecognized_keys") {
    const known = knownKeysAt(schema, within);
    return issue.keys.map((key) => ({
      rule: "config/unknown-key",
      message: `"${key}" is not a key ${path.length === 0 ? "of the configuration" : `of "${path.join(".")}"`}.`,
      path: [...path, key],
      at: "key",
      hint: didYouMean(key, known) ?? `Known keys: ${known.join(", ")}.`,
    }));
  }
  if (issue.code === "invalid_union") {
    // The branch that got beyond the value's type is the one that was meant.
    const meant = issue.errors.find((branch) => branch.some(isAboutContent));
    if (meant !== undefined) {
      const inner = meant.map((deeper): Issue => ({ ...deeper, path: [...issue.path, ...deeper.path] }));
      return inner.flatMap((deeper) => describeIssue(deeper, schema, value, base));
    }
  }
  const name = path.join(".");
  if (!isThere(value, within)) {
    return [
      { rule: "config/invalid", message: `"${name}" is missing.`, path, hint: `Add "${within.at(-1) ?? name}".` },
    ];
  }
  const message = issue.code === "invalid_union" ? "none of the allowed types" : lowerFirst(issue.message);
  return [{ rule: "config/invalid", message: `${name === "" ? "The configuration" : `"${name}"`}: ${message}.`, path }];
}

function isAboutContent(issue: Issue): boolean {
  return issue.path.length > 0 || issue.code !== "invalid_type";
}

function toJsonPath(path: readonly PropertyKey[]): JsonPath {
  return path.map((step) => (typeof step === "number" ? step : String(step)));
}

function isThere(value: Json, path: JsonPath): boolean {
  let part: Json | undefined = value;
  for (const step of path) {
    if (isJsonArray(part)) part = part[Number(step)];
    else part = isJsonObject(part) && Object.hasOwn(part, step) ? part[step] : undefined;
    if (part === undefined) return false;
  }
  return true;
}

/** The keys that the schema knows at a path; none where it knows no object. */
function knownKeysAt(schema: z.ZodType, path: JsonPath): readonly string[] {
  let part: unknown = schema;
  for (const step of path) part = stepInto(part, String(step));
  const object = findObject(part);
  return object === undefined ? [] : Object.keys(object.shape);
}

function stepInto(schema: unknown, key: string): unknown {
  const bare = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  if (bare instanceof z.ZodRecord) return bare.valueType;
  return findObject(bare)?.shape[key];
}

function findObject(schema: unknown): z.ZodObject | undefined {
  const bare = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  if (bare instanceof z.ZodObject) return bare;
  if (!(bare instanceof z.ZodUnion)) return undefined;
  return bare.options.find((option) => option instanceof z.ZodObject);
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
