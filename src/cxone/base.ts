import { digestOf } from "../model/digest.ts";
import type { LiveDocument } from "../model/live.ts";
import type { Unwritten } from "./answers.ts";
import { type Lookup, type Task, toError } from "./task.ts";

/** Undefined while the document is still the base; otherwise what to answer instead of writing. */
export function checkBase(live: Lookup, base: LiveDocument, task: Task): Unwritten | undefined {
  if (live.state === "failed") return { result: "rejected", error: toError(live) };
  if (live.state === "present" && digestOf(live.document) === digestOf(base.document)) return undefined;
  const what = live.state === "absent" ? "it is gone" : "it was changed";
  return { result: "conflict", message: task.secrets.mask(`Could not ${task.doing}: ${what} since it was read`) };
}
