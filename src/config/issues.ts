import type { z } from "zod";
import type { Problem } from "../model/finding.ts";
import type { Json, JsonPath } from "../model/json.ts";
import { describeIssues } from "../model/schema-issues.ts";

/** What a schema of the configuration found. No message repeats a value: it may be a secret in the wrong place. */
export function toProblems(
  issues: readonly z.core.$ZodIssue[],
  schema: z.ZodType,
  value: Json,
  base: JsonPath = [],
): readonly Problem[] {
  const rules = { rule: "config/invalid", unknownKeyRule: "config/unknown-key" } as const;
  return describeIssues({ ...rules, schema, issues, value, base, isSecretPlace: () => true });
}
