/**
 * What a manifest is to say after live has changed, in its own words where they still hold:
 *
 *   written            said (resolved)   live        becomes            because
 *   "${var:greeting}"  Hello             Hello       "${var:greeting}"  it says what is live
 *   (nothing)          standard          standard    (nothing)          so does a default
 *   standard           standard          standard    standard           written out on purpose
 *   "${var:greeting}"  Hello             Good day    Good day           somebody changed it
 *   "${env:TOKEN}"     …                 …           "${env:TOKEN}"     live may hold a secret here: it is left, and said
 *   with `keepVariables`, where other tenants share the manifest:
 *   "${var:greeting}"  Hello             Good day    "${var:greeting}"  what one tenant has live is nothing to ask of the others
 *
 * Objects are compared key by key. `matchItems` says which items of lists are the same; the order is that of live.
 */
import {
  isJsonArray,
  isJsonObject,
  isSameJson,
  type Json,
  type JsonObject,
  type JsonPath,
  objectFrom,
  valueAt,
} from "../model/json.ts";
import { matchItems } from "./edit/match-items.ts";
import { refersToEnvironment, variableNames } from "./references.ts";

export interface KeepInput {
  /** As it stands in the file. */
  readonly written: Json;
  /** The same resolved, with nothing left out. Lists are as long as the written ones. */
  readonly said: Json;
  /** What is live, in the same shape. */
  readonly live: Json;
  /** `live` in the shortest form: what is left out is a default. Lists are as long as those of `live`. */
  readonly short: Json;
}

export interface KeepOptions {
  /** Where the value stands in its document. */
  readonly path: JsonPath;
  /** A value that comes from live, as it is to be written. */
  readonly write: (value: Json, path: JsonPath) => Json;
  /** Leave texts with `${var:…}` that differ live. */
  readonly keepVariables?: boolean;
}

/** Something written with `${var:…}` that differs live. */
export interface VariablePlace {
  readonly path: JsonPath;
  readonly names: readonly string[];
  /** As it stands in the file. */
  readonly written: Json;
  /** In the shortest form; undefined when it is gone. */
  readonly live: Json | undefined;
  /** False when live's value has taken its place. */
  readonly stays: boolean;
}

export interface Kept {
  readonly value: Json;
  /** References to the environment that stay although live differs. */
  readonly left: readonly JsonPath[];
  readonly variables: readonly VariablePlace[];
}

/** Pure; the value is `written` itself when it says what is live. */
export function keepWritten(input: KeepInput, { path, write, keepVariables = false }: KeepOptions): Kept {
  const left: JsonPath[] = [];
  const variables: VariablePlace[] = [];
  return { value: keep(input, path, { write, keepVariables, left, variables }), left, variables };
}

interface Keeping {
  readonly write: KeepOptions["write"];
  readonly keepVariables: boolean;
  readonly left: JsonPath[];
  readonly variables: VariablePlace[];
}

function keep({ written, said, live, short }: KeepInput, path: JsonPath, keeping: Keeping): Json {
  if (isSameJson(said, live)) return written;
  if (isJsonObject(written) && isJsonObject(said) && isJsonObject(live) && isJsonObject(short)) {
    return keepMembers({ written, said, live, short }, path, keeping);
  }
  if (isJsonArray(written) && isJsonArray(said) && isJsonArray(live) && isJsonArray(short)) {
    if (written.length === said.length && live.length === short.length) {
      return keepItems({ written, said, live, short }, path, keeping);
    }
  }
  if (refersToEnvironment(written)) {
    keeping.left.push(path);
    return written;
  }
  return mustStay({ path, written, live: short }, keeping) ? written : keeping.write(short, path);
}

/** Notes what refers to variables. True when it is to stay as it is written. */
function mustStay(place: Pick<VariablePlace, "path" | "written" | "live">, keeping: Keeping): boolean {
  const names = variableNames(place.written);
  if (names.length === 0) return false;
  // What is gone as a whole, such as a node, goes along with the references in it.
  const stays = keeping.keepVariables && (place.live !== undefined || typeof place.written === "string");
  keeping.variables.push({ ...place, names, stays });
  return stays;
}

function keepMembers(input: Readonly<Record<keyof KeepInput, JsonObject>>, path: JsonPath, keeping: Keeping): Json {
  const keys = new Set([...Object.keys(input.written), ...Object.keys(input.short)]);
  const members = [...keys].flatMap((key) => {
    const value = keepMember(input, key, path, keeping);
    return value === undefined ? [] : [[key, value] as const];
  });
  return objectFrom(members);
}

function keepMember(
  input: Readonly<Record<keyof KeepInput, JsonObject>>,
  key: string,
  above: JsonPath,
  keeping: Keeping,
): Json | undefined {
  const path = [...above, key];
  const [written, said, live, short] = [input.written, input.said, input.live, input.short].map((one) =>
    valueAt(one, key),
  );
  if (written === undefined) return short === undefined ? undefined : keeping.write(short, path);
  if (said === undefined && live === undefined) return written;
  if (said === undefined || live === undefined) {
    if (mustStay({ path, written, live: short }, keeping)) return written;
    return short === undefined ? undefined : keeping.write(short, path);
  }
  if (short !== undefined || isSameJson(said, live))
    return keep({ written, said, live, short: short ?? null }, path, keeping);
  if (refersToEnvironment(written)) return keep({ written, said, live, short: null }, path, keeping);
  return mustStay({ path, written, live }, keeping) ? written : undefined;
}

function keepItems(
  { written, said, live, short }: Readonly<Record<keyof KeepInput, readonly Json[]>>,
  path: JsonPath,
  keeping: Keeping,
): Json {
  const saidIndexes = matchItems(said, live);
  const matched = new Set(saidIndexes);
  const dropped = written.flatMap((item, index) => (matched.has(index) ? [] : [{ item, index }]));
  // Texts have nothing to be known by: that one is gone may mean that it was edited.
  const isHeld = dropped
    .map(({ item, index }) => mustStay({ path: [...path, index], written: item, live: undefined }, keeping))
    .includes(true);
  if (isHeld) return [...written];
  return short.map((item, index) => {
    const at = saidIndexes[index] ?? null;
    const place = [...path, index];
    if (at === null) return keeping.write(item, place);
    return keep(
      { written: written[at] ?? null, said: said[at] ?? null, live: live[index] ?? null, short: item },
      place,
      keeping,
    );
  });
}
