import type { RemoveResult, RemoveWrite } from "../engine/ports.ts";
import { removedFrom } from "./answers.ts";
import { checkBase } from "./base.ts";
import type { Family } from "./family.ts";
import { sendGuarded } from "./guarded.ts";
import { failTask, type Lookup, type Task, toError } from "./task.ts";

/** What is deleted, and how it is looked at. */
export interface Removal {
  readonly family: Family;
  readonly task: Task;
  /** For messages: `flow`. */
  readonly noun: string;
  /** `/api/v2/flows` */
  readonly collection: string;
  /** The id that the tenant knows it by, as a segment of a path. */
  readonly segment: string;
  readonly timeoutMs: number;
  /** Reads it anew, never from memory. */
  readonly look: () => Promise<Lookup>;
}

/**
 * Deletes what is still the base. A DELETE carries no version, so no tenant can check that: it is read again just before, each time
 * that it is sent, which leaves a gap of about one request, and no smaller one is to be had. A delete that is repeated doubles
 * nothing, whether keys count or not.
 *
 *   | look before    | DELETE             | look after     | result                       |
 *   | gone           |                    |                | removed                      |
 *   | not the base   |                    |                | conflict                     |
 *   | cannot be read |                    |                | rejected                     |
 *   | the base       | 2xx                |                | removed                      |
 *   | the base       | 404, 405           | gone           | removed                      |
 *   | the base       | 404, 405           | the base       | rejected: it has no DELETE   |
 *   | the base       | 404, 405           | not the base   | conflict                     |
 *   | the base       | 404, 405           | cannot be read | uncertain                    |
 *   | the base       | lost, 5xx, no JSON |                | uncertain                    |
 *   | the base       | 409, 412           |                | conflict                     |
 *   | the base       | any other status   |                | rejected                     |
 */
export async function removeBase(removal: Removal, write: RemoveWrite): Promise<RemoveResult> {
  const { family, task, collection, segment, timeoutMs, look } = removal;
  const call = {
    method: "DELETE",
    endpoint: `${collection}/{id}`,
    path: `${collection}/${segment}`,
    timeoutMs,
    idempotencyKey: write.idempotencyKey,
  } as const;
  const sent = await sendGuarded<RemoveResult>(family, call, async () => {
    const before = await look();
    return before.state === "absent" ? { result: "removed" } : checkBase(before, write.base, task);
  });
  if ("obstacle" in sent) return sent.obstacle;
  const { reply } = sent;
  if (!reply.answered || (reply.status !== 404 && reply.status !== 405)) return removedFrom(reply, task);
  return explainMissing(await look(), removal, write);
}

/** A 404 or 405 means either that there is nothing left, or that there is no such endpoint; only a look can tell. */
function explainMissing(after: Lookup, { task, noun }: Removal, write: RemoveWrite): RemoveResult {
  if (after.state === "absent") return { result: "removed" };
  if (after.state === "failed") {
    return { result: "uncertain", code: after.code, message: after.reason, honoursKeys: true };
  }
  const moved = checkBase(after, write.base, task);
  if (moved !== undefined) return moved;
  const hint = "delete it in CXone; if it is gone there already, run again";
  const failure = failTask(task, "api/not-supported", `this tenant cannot delete ${noun}s`, hint);
  return { result: "rejected", error: toError(failure) };
}
