import type { FastifyReply, FastifyRequest } from "fastify";
import type { DocumentType } from "./documents.ts";
import { exchangeOf, pathOf } from "./exchange.ts";
import type { Answer } from "./idempotency.ts";
import { isObject, type JsonObject, stableText, textAt } from "./json.ts";
import { Refusal } from "./refusal.ts";
import type { Family } from "./scopes.ts";

/** A write that was carried out: what to answer, and whether what is stored is another thing now. */
export interface Performed {
  readonly answer: Answer;
  readonly changed: boolean;
}

/** One write as a route describes it. */
export interface Write {
  readonly family: Family;
  /** Carries the write out, or throws a `Refusal` and leaves everything as it was. */
  readonly perform: () => Performed;
}

/**
 * Carries a write out at most once per `Idempotency-Key` (seed SF for a POST of a flow; for PUT and DELETE, and for workflows, an
 * assumption). A DELETE is replayed like any other: 204, also when what it names was created anew in the meantime.
 * The same request is one with the same method, path and body; the order of the body's keys does not count (assumption).
 */
export function writeOnce(request: FastifyRequest, reply: FastifyReply, { family, perform }: Write): FastifyReply {
  const { world, entry } = exchangeOf(request);
  const key = request.headers["idempotency-key"];
  const memory = world.keys[family];
  const body = isObject(request.body) ? request.body : {};
  const fingerprint = `${request.method} ${pathOf(request)} ${stableText(body)}`;
  const replayed = typeof key === "string" ? memory.recall(key, fingerprint) : undefined;
  const { answer, changed } = replayed === undefined ? perform() : { answer: replayed, changed: false };
  if (replayed === undefined) {
    entry.carriedOut = true;
    entry.changed = changed;
    if (typeof key === "string") memory.remember(key, fingerprint, answer);
  }
  if (request.method === "POST") entry.documentId = textAt(answer.body ?? {}, "id") ?? null;
  return reply.code(answer.status).send(answer.body);
}

/** Deletes a flow or workflow: 204, under the same key again 204, and 404 where there is none (assumption). */
export function deleteOnce(
  request: FastifyRequest,
  reply: FastifyReply,
  { type, id }: { readonly type: DocumentType; readonly id: string },
): FastifyReply {
  const { world } = exchangeOf(request);
  const perform = () => {
    world.documents[type].delete(id);
    return { answer: { status: 204 }, changed: true };
  };
  return writeOnce(request, reply, { family: type === "flow" ? "flows" : "workflows", perform });
}

/** The body as an object; throws the family's refusal for a bad document (422 in seed SF, 400 in seed SE). */
export function bodyOf(request: FastifyRequest, family: Family): JsonObject {
  if (isObject(request.body)) return request.body;
  throw refuseBody(family, "The body must be a JSON object");
}

export function refuseBody(family: Family, message: string): Refusal {
  return family === "flows" ? new Refusal(422, "InvalidFlow", message) : new Refusal(400, "InvalidBody", message);
}
