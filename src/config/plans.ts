import type { Problem } from "../model/finding.ts";
import type { Secrets } from "../model/secrets.ts";
import type { ResolvedPlans } from "./resolved.ts";
import { findLiteralSecret, readValue, type ValueOptions } from "./value.ts";
import type { WrittenConfig } from "./written.ts";

export type WrittenPlans = NonNullable<WrittenConfig["plans"]>;

const DEFAULT_VALID_FOR_HOURS = 24;
const KEY = { what: "plan key", path: ["plans", "key"] };

/** A key that is written out. It is remembered as a secret: our own output need not spread it. */
export function findPlanKeyProblems(written: WrittenPlans | undefined, secrets: Secrets): readonly Problem[] {
  const literal = findLiteralSecret(written?.key, KEY);
  if (literal === undefined) return [];
  if (typeof written?.key === "string") secrets.add(written.key);
  return [literal];
}

/** What is configured about saved plans; the key is read only when one is sealed or opened. */
export function resolvePlans(
  written: WrittenPlans | undefined,
  options: Pick<ValueOptions, "directory" | "variables">,
  fail: (problems: readonly Problem[]) => Error,
): ResolvedPlans {
  return {
    validForHours: written?.validForHours ?? DEFAULT_VALID_FOR_HOURS,
    async resolveKey() {
      if (written?.key === undefined) return undefined;
      const key = await readValue(written.key, { ...options, ...KEY, isSecret: true });
      if (typeof key === "string") return key;
      throw fail(key);
    },
  };
}
