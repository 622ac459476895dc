/** Words for an edit that came between plan and write: what it was, what they made of it, what git asks for. */
import type { Json } from "../model/json.ts";
import { MASK, type Secrets } from "../model/secrets.ts";
import { diffOwned, valueAtPointer } from "./diff.ts";
import { holdsSecret, maskLive } from "./mask.ts";

const MOST_FIELDS = 5;
const LONGEST_VALUE = 80;

export interface ThreeWay {
  readonly planned: Json | undefined;
  readonly live: Json | undefined;
  /** undefined when it is to be gone. */
  readonly desired: Json | undefined;
}

/** One clause for each field that moved; at most five, then how many more. Where git asks for a secret, no side is shown. */
export function describeThreeWay({ planned, live, desired }: ThreeWay, secrets: Secrets): string {
  if (live === undefined) return "it was deleted";
  if (planned === undefined) return "it was created by somebody else, and differs from what git asks for";
  return listClauses(
    diffOwned(planned, live).patch.map(({ path }) => {
      const [was, now, wanted] = showSides([planned, live, desired], path, secrets);
      return `${path} was ${was} in the plan, is ${now} now, and git asks for ${wanted}`;
    }),
  );
}

/** One clause for each field that is not as git asks for after a write. */
export function describeUnfulfilled({ live, desired }: Omit<ThreeWay, "planned">, secrets: Secrets): string {
  if (live === undefined) return "it is not there";
  if (desired === undefined) return "it is still there";
  return listClauses(
    diffOwned(live, desired).patch.map(({ path }) => {
      const [now, wanted] = showSides([live, desired], path, secrets);
      return `${path} is ${now}, and git asks for ${wanted}`;
    }),
  );
}

function showSides(sides: readonly (Json | undefined)[], path: string, secrets: Secrets): readonly string[] {
  const values = sides.map((side) => (side === undefined ? undefined : valueAtPointer(side, path)));
  const isSecret = values.some((value) => value !== undefined && holdsSecret(value, secrets));
  return values.map((value) => (isSecret ? MASK : show(value, secrets)));
}

function listClauses(clauses: readonly string[]): string {
  const more = clauses.length - MOST_FIELDS;
  return [...clauses.slice(0, MOST_FIELDS), ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

/** Masked first and cut afterwards: a cut secret would no longer be recognised. */
function show(value: Json | undefined, secrets: Secrets): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(maskLive(value, secrets));
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
