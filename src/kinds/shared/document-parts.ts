/** Parts of a live document in the document's own shape. What is in no shape that can be read stays as it came. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, objectFrom } from "../../model/json.ts";

/** The members of an object that are named, in the object's order. Anything but an object comes back as it is. */
export function pickMembers(value: Json, isPicked: (key: string) => boolean): Json {
  return isJsonObject(value) ? pickFrom(value, isPicked) : value;
}

/** As `pickMembers`, of what is known to be an object. */
export function pickFrom(value: JsonObject, isPicked: (key: string) => boolean): JsonObject {
  return objectFrom(Object.entries(value).filter(([key]) => isPicked(key)));
}

/** The items of a list but for the objects that are to go. Anything but a list comes back as it is. */
export function dropItems(value: Json, isDropped: (item: JsonObject) => boolean): Json {
  return isJsonArray(value) ? value.filter((item) => !isJsonObject(item) || !isDropped(item)) : value;
}

/** The document with some of its members turned, each in its place; a member that is not there is not made up. */
export function turnMembers(document: JsonObject, turns: Readonly<Record<string, (value: Json) => Json>>): JsonObject {
  return objectFrom(
    Object.entries(document).map(([key, value]) => {
      const turn = Object.hasOwn(turns, key) ? turns[key] : undefined;
      return [key, turn === undefined ? value : turn(value)];
    }),
  );
}
