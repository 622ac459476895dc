import type { FastifyReply, FastifyRequest } from "fastify";
import { exchangeOf, pathOf } from "./exchange.ts";
import type { Answer } from "./idempotency.ts";
import { isObject, type JsonObject, stableText } from "./json.ts";
import { Refusal } from "./refusal.ts";
import type { Family } from "./scopes.ts";

/** One write as a route describes it. */
export interface Write {
  readonly family: Family;
  /** Carries the write out, or throws a `Refusal` and leaves everything as it was. */
  readonly perform: () => Answer;
}

/**
 * Carries a write out at most once per `Idempotency-Key` (seed SF for a POST of a flow; for a PUT, and for workflows, an assumption).
 * The same request is one with the same method, path and body; the order of the body's keys does not count (assumption).
 */
export function writeOnce(request: FastifyRequest, reply: FastifyReply, { family, perform }: Write): FastifyReply {
  const { world, entry } = exchangeOf(request);
  const key = request.headers["idempotency-key"];
  const memory = world.keys[family];
  const body = isObject(request.body) ? request.body : {};
  const fingerprint = `${request.method} ${pathOf(request)} ${stableText(body)}`;
  const replayed = typeof key === "string" ? memory.recall(key, fingerprint) : undefined;
  if (replayed !== undefined) return reply.code(replayed.status).send(replayed.body);
  const answer = perform();
  entry.carriedOut = true;
  if (typeof key === "string") memory.remember(key, fingerprint, answer);
  return reply.code(answer.status).send(answer.body);
}

/** The body as an object; throws the family's refusal for a bad document (422 in seed SF, 400 in seed SE). */
export function bodyOf(request: FastifyRequest, family: Family): JsonObject {
  if (isObject(request.body)) return request.body;
  throw refuseBody(family, "The body must be a JSON object");
}

export function refuseBody(family: Family, message: string): Refusal {
  return family === "flows" ? new Refusal(422, "InvalidFlow", message) : new Refusal(400, "InvalidBody", message);
}
