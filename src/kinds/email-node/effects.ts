import { type Json, objectAt, valueAt } from "../../model/json.ts";
import type { Effects } from "../../model/plan.ts";
import type { PartChange } from "../kind.ts";
import { describeMailChange, describeNewMail } from "../shared/mail-effects.ts";

/** What the recipients of a mail notice. All that a manifest says of a mail is for them. */
export function emailNodeEffects({ live, desired }: PartChange): Effects {
  return { impact: "recipient-visible", sentences: describeChange(live, desired) };
}

function describeChange(live: Json | undefined, desired: Json | undefined): readonly string[] {
  if (desired === undefined) return ["the mail is no longer sent"];
  if (live === undefined) {
    return [
      describeNewMail(objectAt(desired, "properties")),
      ...namesAt(desired, "after").map((node) => `it is sent after ${node}`),
    ];
  }
  const isCutOff =
    namesAt(live, "after").length > 0 &&
    valueAt(desired, "after") !== undefined &&
    namesAt(desired, "after").length === 0;
  return [
    ...(isCutOff ? ["the mail is no longer sent: nothing leads to it"] : []),
    ...describeMailChange(objectAt(live, "properties"), objectAt(desired, "properties")),
    ...describeNeighbours(live, desired, "after", (node) => `sent after ${node}`),
    ...describeNeighbours(live, desired, "before", (node) => `followed by ${node}`),
  ];
}

function describeNeighbours(
  live: Json,
  desired: Json,
  side: "after" | "before",
  describe: (node: string) => string,
): readonly string[] {
  const [was, is] = [namesAt(live, side), namesAt(desired, side)];
  return [
    ...is.filter((node) => !was.includes(node)).map((node) => `the mail is now ${describe(node)}`),
    ...was.filter((node) => !is.includes(node)).map((node) => `the mail is no longer ${describe(node)}`),
  ];
}

function namesAt(part: Json, side: string): readonly string[] {
  return Object.keys(valueAt(part, side) ?? {}).sort();
}
