import type { Scalar } from "./condition.ts";
import { printScalar } from "./print.ts";
import type { Assignment } from "./witness.ts";

/** An example for people: `dtmf is '1' and $contact.language has no value`; undefined when any values do. */
export function describeExample(assignment: Assignment): string | undefined {
  const parts = [...assignment].map(([path, { value }]) => `${path} ${describeValue(value)}`);
  return parts.length === 0 ? undefined : parts.join(" and ");
}

function describeValue(value: Scalar | undefined): string {
  return value === undefined ? "has no value" : `is ${printScalar(value)}`;
}
