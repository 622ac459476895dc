/** What is said of references to variables where live differs. */
import { isJsonArray, isJsonObject, type Json, type JsonPath } from "../../model/json.ts";
import type { VariablePlace } from "../../source/keep-written.ts";
import { holdsSecret } from "../../source/write-values.ts";
import type { Session } from "../session.ts";

export interface VariableNoteOptions {
  readonly session: Pick<Session, "io" | "tenant">;
  /** The other tenants that the manifest is for. */
  readonly sharers: readonly string[];
  /** Places in it that hold a credential, whatever is known to be secret. */
  readonly credentials: readonly JsonPath[];
}

/** One sentence: what has become of the reference, and which variable to change where that was meant. */
export function describeVariable(
  { path, names, written, live, stays }: VariablePlace,
  { session: { io, tenant }, sharers, credentials }: VariableNoteOptions,
): string {
  const place = pointerTo(path);
  const [first = ""] = names;
  const references = names.map((name) => `\${var:${name}}`).join(", ");
  const variables = `${names.map((name) => `variables.${name}`).join(", ")} of tenant ${tenant.name} in the configuration`;
  if (!stays) {
    const became = live === undefined ? "is gone" : "holds what is live now";
    return `${place} referred to ${references} and ${became}; where only the variable was to change, change ${variables} instead`;
  }
  const reason = `${place} refers to ${references} and differs live; the reference stays, for the manifest is for ${sharers.join(", ")} as well`;
  const isWhole = written === `\${var:${first}}` && live !== undefined && !isJsonArray(live) && !isJsonObject(live);
  if (!isWhole) return `${reason}. Write what is meant by hand, or change ${variables}`;
  const isCredential = credentials.some((one) => pointerTo(one) === place);
  const shown = isCredential || holdsSecret(String(live), io.secrets) ? "what is live" : show(live);
  return `${reason}. To keep the edit, change ${variables} to ${shown}`;
}

const LONGEST = 80;

function show(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > LONGEST ? `what is live: ${text.slice(0, LONGEST)}…` : text;
}

/** A place in a manifest, as plans name places: `/spec/nodes/3/properties/prompt`. */
export function pointerTo(path: JsonPath): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
