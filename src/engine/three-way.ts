/** Words for an edit that came between plan and write: what it was, what they made of it, what git asks for. */
import type { Json } from "../model/json.ts";
import { diffOwned } from "./diff.ts";

const MOST_FIELDS = 5;
const LONGEST_VALUE = 80;

/** One clause for each field that moved; at most five, then how many more. */
export function describeThreeWay(planned: Json | undefined, live: Json | undefined, desired: Json): string {
  if (live === undefined) return "it was deleted";
  if (planned === undefined) return "it was created by somebody else, and differs from what git asks for";
  const theirs = diffOwned(planned, live);
  const ours = new Map(diffOwned(planned, desired).patch.map((operation) => [operation.path, operation]));
  const clauses = theirs.patch.map((operation) => {
    const was = operation.op === "add" ? "nothing" : show(theirs.live[operation.path]);
    const now = operation.op === "remove" ? "nothing" : show(operation.value);
    const wanted = ours.get(operation.path);
    const git = wanted === undefined ? was : wanted.op === "remove" ? "nothing" : show(wanted.value);
    return `${operation.path} was ${was} in the plan, is ${now} now, and git asks for ${git}`;
  });
  const more = clauses.length - MOST_FIELDS;
  return [...clauses.slice(0, MOST_FIELDS), ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

function show(value: Json | undefined): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
