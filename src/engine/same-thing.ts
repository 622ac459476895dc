import { type Json, type JsonObject, valueAt } from "../model/json.ts";

/** Marks that the other side gives a thing when it is made, and never changes. */
const BIRTHMARKS = ["id", "createdTimestamp"] as const;

/**
 * Whether a live document is the one that was kept, and not another that somebody made under the same name after it was deleted. Where
 * neither side has a mark to tell by, it is taken for the same; a version never goes back in one life.
 */
export function isSameThing(kept: Json | undefined, live: JsonObject): boolean {
  const hasOtherMark = BIRTHMARKS.some((mark) => {
    const [was, is] = [valueAt(kept, mark), valueAt(live, mark)];
    return was !== undefined && is !== undefined && was !== is;
  });
  const [was, is] = [valueAt(kept, "version"), valueAt(live, "version")];
  return !hasOtherMark && !(typeof was === "number" && typeof is === "number" && is < was);
}
