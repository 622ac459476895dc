import type { CreateWrite, RemoveResult, RemoveWrite, ReplaceWrite, WriteResult } from "../engine/ports.ts";
import { type JsonObject, objectFrom } from "../model/json.ts";
import type { Secrets } from "../model/secrets.ts";
import { conflictMessage, lookUpFrom, toLive, writtenFrom } from "./answers.ts";
import { checkBase } from "./base.ts";
import type { Family } from "./family.ts";
import { sendGuarded } from "./guarded.ts";
import { removeBase } from "./removal.ts";
import { type Failure, failTask, type Lookup, type Task, toError } from "./task.ts";
import { toPathSegment } from "./wire/address.ts";

/** Documents that are read one by one under `{collection}/{id}`. */
export interface ReadCalls {
  readonly family: Family;
  readonly secrets: Secrets;
  /** For messages: `flow`. */
  readonly noun: string;
  /** `/api/v2/flows` */
  readonly collection: string;
  /** Where an answer carries its id; the first key that is there counts. */
  readonly idKeys: readonly string[];
  readonly readScope: string;
  readonly readTimeoutMs: number;
}

/** Documents that are written there as well. */
export interface DocumentCalls extends ReadCalls {
  readonly writeScope: string;
  readonly writeTimeoutMs: number;
}

/** A document of which it is known what it was under an ETag. */
export interface KnownState {
  readonly etag: string;
  readonly document: JsonObject;
}

/** A read's answer, with what only a memory asks for. */
export interface Fetched {
  readonly found: Lookup;
  /** Of what was found, where the tenant gives one. */
  readonly etag: string | undefined;
  /** True when the tenant said that it is what is known. */
  readonly isNotModified: boolean;
}

/** Reads one document by its id. */
export async function lookUpDocument(calls: ReadCalls, id: string): Promise<Lookup> {
  return (await fetchDocument(calls, id)).found;
}

/** As `lookUpDocument`; the tenant need not send again what is known. */
export async function fetchDocument(calls: ReadCalls, id: string, known?: KnownState): Promise<Fetched> {
  const task = taskOf(calls, "read", id, calls.readScope);
  const segment = toPathSegment(id);
  if (segment === undefined) return { found: refuseId(task), etag: undefined, isNotModified: false };
  const reply = await calls.family.send({
    method: "GET",
    endpoint: `${calls.collection}/{id}`,
    path: `${calls.collection}/${segment}`,
    timeoutMs: calls.readTimeoutMs,
    ifNoneMatch: known?.etag,
  });
  if (known !== undefined && reply.answered && reply.status === 304) {
    return { found: toLive(known.document), etag: known.etag, isNotModified: true };
  }
  const found = lookUpFrom(reply, task, { id, idKeys: calls.idKeys, isOnlyRead: !("writeScope" in calls) });
  return { found, etag: reply.answered ? reply.headers.etag : undefined, isNotModified: false };
}

/** Creates one document. Never proven: an answer replayed for the key says nothing about what became of it since. */
export async function createDocument(calls: DocumentCalls, write: CreateWrite): Promise<WriteResult> {
  const { id } = write.ref;
  const task = taskOf(calls, "create", id, calls.writeScope);
  if (toPathSegment(id) === undefined) return { result: "rejected", error: toError(refuseId(task)) };
  const body = withoutTenantFields(write.document);
  const reply = await calls.family.send({
    method: "POST",
    endpoint: calls.collection,
    path: calls.collection,
    timeoutMs: calls.writeTimeoutMs,
    body,
    idempotencyKey: write.idempotencyKey,
  });
  return writtenFrom(reply, task, {
    document: body,
    expected: { id, idKeys: calls.idKeys },
    base: null,
  });
}

/** The tenant's own fields (API notes, "Workflows"). A document that is created again may bring those of its former life. */
const TENANT_FIELDS: readonly string[] = ["version", "createdTimestamp", "lastUpdatedTimestamp"];

export function withoutTenantFields(document: JsonObject): JsonObject {
  return objectFrom(Object.entries(document).filter(([key]) => !TENANT_FIELDS.includes(key)));
}

/**
 * Replaces one document while it is still the base. Where the tenant keeps versions it checks that itself; where it keeps
 * none, the document is read again just before, each time that it is sent, which leaves a gap of about one request and no smaller one is
 * to be had.
 * `body` is what goes over the wire: the whole document.
 */
export async function replaceDocument(
  calls: DocumentCalls,
  write: ReplaceWrite,
  body: JsonObject,
): Promise<WriteResult> {
  const { id } = write.ref;
  const task = taskOf(calls, "update", id, calls.writeScope);
  const segment = toPathSegment(id);
  if (segment === undefined) return { result: "rejected", error: toError(refuseId(task)) };
  const call = {
    method: "PUT",
    endpoint: `${calls.collection}/{id}`,
    path: `${calls.collection}/${segment}`,
    timeoutMs: calls.writeTimeoutMs,
    body,
    idempotencyKey: write.idempotencyKey,
  } as const;
  const look = async () => checkBase(await lookUpDocument(calls, id), write.base, task);
  const sent = await sendGuarded(calls.family, call, write.base.version === null ? look : undefined);
  if ("obstacle" in sent) return sent.obstacle;
  const { reply } = sent;
  if (reply.answered && reply.status === 404) return explainMissing(await lookUpDocument(calls, id), task, calls);
  if (reply.answered && reply.status === 405) return { result: "rejected", error: toError(cannotChange(task, calls)) };
  return writtenFrom(reply, task, {
    document: body,
    expected: { id, idKeys: calls.idKeys },
    base: write.base.version,
  });
}

/** Deletes one document while it is still the base. */
export async function removeDocument(calls: DocumentCalls, write: RemoveWrite): Promise<RemoveResult> {
  const { id } = write.ref;
  const task = taskOf(calls, "delete", id, calls.writeScope);
  const segment = toPathSegment(id);
  if (segment === undefined) return { result: "rejected", error: toError(refuseId(task)) };
  const { family, noun, collection, writeTimeoutMs: timeoutMs } = calls;
  const look = () => lookUpDocument(calls, id);
  return removeBase({ family, task, noun, collection, segment, timeoutMs, look }, write);
}

/** A 404 for a PUT means either that the document is gone, or that there is no such endpoint; only a look can tell. */
function explainMissing(live: Lookup, task: Task, calls: DocumentCalls): WriteResult {
  if (live.state === "present") return { result: "rejected", error: toError(cannotChange(task, calls)) };
  return { result: "conflict", message: conflictMessage(task, 404, "") };
}

function cannotChange(task: Task, calls: DocumentCalls): Failure {
  const hint = `change it in CXone, or delete it there and let the next run create it`;
  return failTask(task, "api/not-supported", `this tenant cannot change ${calls.noun}s`, hint);
}

export function refuseId(task: Task): Failure {
  return failTask(task, "api/rejected", "this id cannot be part of an address", "correct the id in the manifest");
}

function taskOf(calls: ReadCalls, verb: string, id: string, needs: string): Task {
  return { doing: `${verb} ${calls.noun} "${id}"`, needs, asked: calls.family.scope, secrets: calls.secrets };
}
