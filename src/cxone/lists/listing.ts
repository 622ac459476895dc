/** What lists of documents say of them, for who wants to know what there is. */
import type { ListedDocument, LiveList } from "../../engine/ports.ts";
import { type JsonObject, stringAt } from "../../model/json.ts";
import { identify, toLive } from "../answers.ts";
import type { DocumentCalls } from "../documents.ts";
import { failTask, type Task, toUnknown } from "../task.ts";
import type { ListCall, PagedList } from "./paged-list.ts";

/** The call that lists every flow or workflow of the tenant. */
export function listCallOf(calls: DocumentCalls): ListCall {
  const { family, collection, noun, secrets, readScope, readTimeoutMs: timeoutMs } = calls;
  const task: Task = { doing: `list the ${noun}s`, needs: readScope, asked: family.scope, secrets };
  const unlisted = {
    why: (status: number) => `this tenant cannot list ${noun}s (${status})`,
    hint: "name each by its id",
  };
  return { family, collection, timeoutMs, task, unlisted };
}

/**
 * A list as the engine knows lists. One with an item that does not say what it is called is none: that one would be
 * passed over.
 */
export function toLiveList(
  list: PagedList,
  { type, idKey, task }: { readonly type: string; readonly idKey: string; readonly task: Task },
): LiveList {
  if (list.state === "failed") {
    const { reason } = toUnknown(list);
    return { state: list.code === "api/not-supported" ? "not-supported" : "unknown", reason };
  }
  const documents = list.items.map((item) => toListed(item, type, idKey));
  const known = documents.filter((one) => one !== undefined);
  if (known.length === documents.length) return { state: "listed", documents: known };
  const failure = failTask(task, "api/unexpected", `an item of the list has no \`${idKey}\``, "look at it in CXone");
  return toUnknown(failure);
}

function toListed(item: JsonObject, type: string, idKey: string): ListedDocument | undefined {
  const id = identify(item, [idKey]);
  if (id === undefined || id === "") return undefined;
  return { ref: { type, id }, name: stringAt(item, "name") ?? null, version: toLive(item).version };
}
