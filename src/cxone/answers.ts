import type { RemoveResult, WriteResult } from "../engine/ports.ts";
import { isJsonObject, type JsonObject, valueAt } from "../model/json.ts";
import type { LiveDocument } from "../model/live.ts";
import type { AnsweredReply, Reply } from "./family.ts";
import { lastEditOf } from "./last-edit.ts";
import { type Failure, failTask, type Lookup, type Task, toError } from "./task.ts";
import { describeBody } from "./wire/body.ts";
import { addWords } from "./words.ts";

/** What an answer must be to count as the document that was asked for. */
export interface Expected {
  /** The id (or name) the document must carry. */
  readonly id: string;
  /** The keys under which answers of this type carry it; the first that is there counts. */
  readonly idKeys: readonly string[];
  /** True for documents that are never written back, whose numbers may therefore be inexact. */
  readonly isOnlyRead?: boolean;
}

/** A read's answer by the status table of the API: 200 the document, 404 the tenant's word that there is none, all else a failure. */
export function lookUpFrom(reply: Reply, task: Task, expected: Expected): Lookup {
  if (!reply.answered) return explainReply(reply, task);
  if (reply.status === 404) return { state: "absent" };
  if (reply.status !== 200) return explainReply(reply, task);
  const { body } = reply;
  if (body.kind !== "json" || !isJsonObject(body.value)) return explainReply(reply, task);
  const found = identify(body.value, expected.idKeys);
  if (found !== expected.id) {
    const why = found === undefined ? "the answer carries no id" : `the answer is another document (${found})`;
    return failTask(task, "api/unexpected", why, "check the base URL and whatever stands between here and the tenant");
  }
  if (!body.exact && !expected.isOnlyRead)
    return failTask(task, "api/unexpected", INEXACT, "have that number stored as text");
  return toLive(body.value);
}

export const INEXACT = "it holds a number too large to be written back unchanged";

export function toLive(document: JsonObject): LiveDocument {
  const version = valueAt(document, "version");
  const isVersion = typeof version === "number" || typeof version === "string";
  const changed = lastEditOf(document);
  return { state: "present", document, version: isVersion ? version : null, ...(changed && { changed }) };
}

/** A document's id as text; some servers send numbers. */
export function identify(document: JsonObject, idKeys: readonly string[]): string | undefined {
  const ids = idKeys
    .map((key) => valueAt(document, key))
    .filter((id) => typeof id === "string" || typeof id === "number");
  return ids[0] === undefined ? undefined : String(ids[0]);
}

/** What a write of any sort may come to when the tenant did not say that it was carried out. */
export type Unwritten = Exclude<WriteResult, { readonly result: "written" }>;

/** The status of a write's answer, by the status table of the API: the answer itself when it is a 2xx, otherwise what it comes to. */
function acceptedFrom(reply: Reply, task: Task): AnsweredReply | Unwritten {
  if (!reply.answered && !reply.sent) return { result: "rejected", error: toError(explainReply(reply, task)) };
  if (!reply.answered || isDoubtful(reply.status)) return doubt(reply, task);
  if (reply.status === 409 || reply.status === 412) {
    return { result: "conflict", message: conflictMessage(task, reply.status, addWords(reply.body, task.secrets)) };
  }
  return reply.status >= 400 ? { result: "rejected", error: toError(explainReply(reply, task)) } : reply;
}

/** A delete's answer. Nothing need come with a 2xx, but a page of HTML is no tenant's answer and leaves it uncertain. */
export function removedFrom(reply: Reply, task: Task): RemoveResult {
  const accepted = acceptedFrom(reply, task);
  if ("result" in accepted) return accepted;
  return accepted.body.kind === "empty" || accepted.body.kind === "json" ? { result: "removed" } : doubt(reply, task);
}

/**
 * A write's answer. `base` is the version that was replaced, null for a create or where there are none. A 2xx whose body
 * is not the whole document counts as written but proves nothing; one that cannot be understood leaves the write uncertain.
 */
export function writtenFrom(
  reply: Reply,
  task: Task,
  sent: { readonly document: JsonObject; readonly expected: Expected; readonly base: string | number | null },
): WriteResult {
  const accepted = acceptedFrom(reply, task);
  if ("result" in accepted) return accepted;
  const { body } = accepted;
  const echo: WriteResult = {
    result: "written",
    live: { ...toLive(sent.document), version: null },
    proven: false,
    honoursKeys: true,
  };
  if (body.kind === "empty") return echo;
  if (body.kind !== "json" || !isJsonObject(body.value) || !body.exact) return doubt(reply, task);
  const answer = body.value;
  const found = identify(answer, sent.expected.idKeys);
  if (found !== undefined && found !== sent.expected.id) return doubt(reply, task);
  if (found === undefined || !isWhole(answer, sent.document)) return echo;
  const live = toLive(answer);
  const isNewVersion = sent.base !== null && live.version !== null && live.version !== sent.base;
  return { result: "written", live, proven: isNewVersion && accepted.status !== 202, honoursKeys: true };
}

export function conflictMessage(task: Task, status: number, words: string): string {
  return task.secrets.mask(`Could not ${task.doing}: it was taken by another write (${status})${words}`);
}

/** A redirect may have been answered after the write was carried out (303). */
function isDoubtful(status: number): boolean {
  return status >= 500 || status === 408 || (status >= 300 && status < 400);
}

function doubt(reply: Reply, task: Task): Unwritten {
  const { code, reason } = explainReply(reply, task);
  return {
    result: "uncertain",
    code,
    message: `${reason}; whether it was carried out is not known`,
    honoursKeys: true,
  };
}

/** Some servers acknowledge with `{id, version}` only. */
const SERVER_DECIDES = new Set(["version", "createdTimestamp", "lastUpdatedTimestamp", "secret"]);

function isWhole(answer: JsonObject, sent: JsonObject): boolean {
  return Object.keys(sent).every((key) => SERVER_DECIDES.has(key) || Object.hasOwn(answer, key));
}

/** What a reply that is no success means, for a person. */
export function explainReply(reply: Reply, task: Task): Failure {
  const tried = reply.attempts > 1 ? ` (${reply.attempts} attempts)` : "";
  if (!reply.answered) return failTask(task, reply.code, `${reply.why}${tried}`, hintFor(reply.code));
  const { status, body } = reply;
  const words = addWords(body, task.secrets);
  if (status === 401) {
    const why = "the tenant does not accept a fresh token (401): credentials or scope are wrong";
    return failTask(task, "api/unauthorized", why, `check the client and the scope "${task.asked}"`);
  }
  if (status === 403) {
    const why = `the client lacks the scope ${task.needs} (403)`;
    return failTask(task, "api/forbidden", why, `grant it in CXone; the configuration asks for "${task.asked}"`);
  }
  if (status === 404 || status === 405) {
    return failTask(task, "api/not-supported", `the tenant does not offer this (${status})`, "check the base URL");
  }
  if (status === 429) {
    const why = `the tenant's request quota stayed exhausted (429)${tried}`;
    return failTask(task, "api/throttled", why, hintFor("api/throttled"));
  }
  if (status >= 500 || status === 408) {
    return failTask(task, "api/server", `the tenant answered ${status}${words}${tried}`, hintFor("api/server"));
  }
  if (status >= 400) {
    return failTask(task, "api/rejected", `the tenant answered ${status}${words}`, "correct what it names");
  }
  const why = status >= 300 ? `the tenant answered a redirect (${status})` : `the tenant ${describeBody(body)}`;
  return failTask(task, "api/unexpected", why, "check the base URL and whatever stands between here and the tenant");
}

function hintFor(code: Failure["code"]): string {
  if (code === "api/throttled") return "run again later, or lower limits.requestsPerSecond";
  if (code === "api/server") return "run again when the tenant has recovered";
  if (code === "api/unauthorized") return "check the client id, the client secret and the scope of this family";
  if (code === "api/unexpected") return "check the base URL and the token path";
  if (code === "api/stopped") return "run again";
  return "check the base URL and the network, then run again";
}
