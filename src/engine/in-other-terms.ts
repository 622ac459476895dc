/**
 * What one tenant's live part would be on another tenant, so that the two can be compared. Both are described by manifests that variables
 * make different; those differences are not wanted, and edits made by hand are.
 *
 *   live here            desired here   desired there   becomes             because
 *   "Billing dev"        the same       "Billing prod"  "Billing prod"      it is as git asks for, here and so there
 *   "Support"            "Billing dev"  "Billing prod"  "Support"           somebody's edit, which no variable explains
 *   "prod-free text"     …              …               as it stands        only whole texts are variables' values
 *   "dev"                "Billing dev"  "Billing prod"  "prod"              an edit, to the value that one variable has here
 *   (nothing)            "Billing dev"  "Billing prod"  (nothing)           taken away by hand
 *   (nothing)            (nothing)      "x"             "x"                 git asks for it there only
 *
 * The rule holds at any depth. Where ids come from variables as well, the keys differ: those of desired here that are not in desired there
 * are renamed to those that stand in their places there, if as many are left on either side and they are of the same shape. Names change
 * places: what was made by hand here under the name that something has there gets the name that is free, so that no two become one.
 */
import {
  isJsonArray,
  isJsonObject,
  isSameJson,
  type Json,
  type JsonObject,
  objectFrom,
  valueAt,
} from "../model/json.ts";

type Maybe = Json | undefined;

/** Texts that one tenant's variables hold, and what the other's hold instead. */
export type TextsByText = ReadonlyMap<string, string>;

type Variables = Readonly<Record<string, string | number | boolean>>;

/** Of texts only. A text that several variables hold is left out, unless they are alike on the other tenant, too. */
export function pairVariables(here: Variables, there: Variables): TextsByText {
  const pairs = Object.entries(here).flatMap(([name, text]) => {
    const other = Object.hasOwn(there, name) ? there[name] : undefined;
    return typeof text === "string" ? [{ text, other }] : [];
  });
  const groups = Map.groupBy(pairs, ({ text }) => text);
  return new Map(
    [...groups].flatMap(([text, group]) => {
      const [other, ...more] = new Set(group.map((pair) => pair.other));
      return typeof other !== "string" || more.length > 0 ? [] : [[text, other] as const];
    }),
  );
}

export interface Sides {
  readonly live: Maybe;
  readonly desired: Maybe;
  /** What git asks for on the other tenant. */
  readonly there: Maybe;
}

export interface InOtherTerms {
  /** As it stands here, but with the keys that the other tenant has for the same things. */
  readonly asItStands: Maybe;
  /** As it would be there. */
  readonly carried: Maybe;
}

/** Values in, values out; the parts are canonical ones of one resource. */
export function putInOtherTerms({ live, desired, there }: Sides, texts: TextsByText): InOtherTerms {
  const asItStands = renameKeys(live, desired, there);
  return {
    asItStands,
    carried: carry({ live: asItStands, desired: renameKeys(desired, desired, there), there }, texts),
  };
}

function carry({ live, desired, there }: Sides, texts: TextsByText): Maybe {
  if (isSame(live, desired)) return there;
  if (live === undefined) return undefined;
  if (isJsonObject(live) && isJsonObject(desired)) return carryObject(live, desired, there, texts);
  if (isJsonArray(live) && isJsonArray(desired) && isJsonArray(there)) {
    const isAlike = live.length === desired.length && live.length === there.length;
    if (isAlike) {
      const items = live.map((item, at) => carry({ live: item, desired: desired[at], there: there[at] }, texts));
      return items.map((item) => item ?? null);
    }
  }
  return replaceTexts(live, texts);
}

function carryObject(live: JsonObject, desired: JsonObject, there: Maybe, texts: TextsByText): Maybe {
  const others = isJsonObject(there) ? there : {};
  const keys = new Set([live, desired, others].flatMap((side) => Object.keys(side)));
  const entries = [...keys].flatMap((key): (readonly [string, Json])[] => {
    const sides = { live: valueAt(live, key), desired: valueAt(desired, key), there: valueAt(others, key) };
    const value = carry(sides, texts);
    return value === undefined ? [] : [[key, value]];
  });
  return entries.length === 0 && there === undefined ? undefined : objectFrom(entries);
}

function replaceTexts(value: Json, texts: TextsByText): Json {
  if (typeof value === "string") return texts.get(value) ?? value;
  if (isJsonArray(value)) return value.map((item) => replaceTexts(item, texts));
  if (!isJsonObject(value)) return value;
  return objectFrom(Object.entries(value).map(([key, item]) => [key, replaceTexts(item, texts)]));
}

function renameKeys(value: Maybe, desired: Maybe, there: Maybe): Maybe {
  if (!isJsonObject(value) || !isJsonObject(desired) || !isJsonObject(there)) return value;
  const names = pairKeys(desired, there);
  const entries = Object.entries(value).map(([key, item]): readonly [string, Json] => {
    const name = names.get(key) ?? key;
    return [name, renameKeys(item, valueAt(desired, key), valueAt(there, name)) ?? null];
  });
  return objectFrom(entries);
}

/** Keys that stand for the same thing under two names, either way: what only either side has, in the order of the manifest. */
function pairKeys(desired: JsonObject, there: JsonObject): ReadonlyMap<string, string> {
  const here = Object.keys(desired).filter((key) => !Object.hasOwn(there, key));
  const others = Object.keys(there).filter((key) => !Object.hasOwn(desired, key));
  const pairs = here.map((key, index) => [key, others[index] ?? key] as const);
  const isAlike = pairs.every(([key, other]) => hasSameShape(valueAt(desired, key), valueAt(there, other)));
  if (here.length !== others.length || !isAlike) return new Map();
  return new Map(pairs.flatMap(([key, other]) => [[key, other] as const, [other, key] as const]));
}

/** Fields of another name (a `skill` here, a `queue` there) are not one thing under two names. */
function hasSameShape(one: Maybe, other: Maybe): boolean {
  return (isJsonObject(one) && isJsonObject(other)) || (one === true && other === true);
}

function isSame(one: Maybe, other: Maybe): boolean {
  return one === undefined || other === undefined ? one === other : isSameJson(one, other);
}
