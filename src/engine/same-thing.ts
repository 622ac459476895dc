import { type Json, type JsonObject, valueAt } from "../model/json.ts";
import { MASK } from "../model/secrets.ts";

/** Marks that the other side gives a thing when it is made, and never changes. */
const BIRTHMARKS = ["id", "createdTimestamp"] as const;

/**
 * Whether a live document is the one that was kept, and not another that somebody made under the same name after it was deleted. Where
 * there is no mark to tell by on both sides, it is taken for the same. A lower version tells nothing: a read may lag.
 */
export function isSameThing(kept: Json | undefined, live: JsonObject): boolean {
  return BIRTHMARKS.every((mark) => {
    const [was, is] = [valueAt(kept, mark), valueAt(live, mark)];
    if (was === undefined || is === undefined || was === is) return true;
    return typeof was === "string" && was.includes(MASK);
  });
}
