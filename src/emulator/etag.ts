import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { exchangeOf } from "./exchange.ts";
import type { JsonObject } from "./json.ts";

/** A document with its `ETag`, or 304 when the caller has that one already (assumption); without either where the settings say so. */
export function answerTagged(document: JsonObject, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!exchangeOf(request).world.settings.etag) return reply.send(document);
  const etag = `"${createHash("sha256").update(JSON.stringify(document)).digest("hex").slice(0, 16)}"`;
  reply.header("etag", etag);
  return request.headers["if-none-match"] === etag ? reply.code(304).send() : reply.send(document);
}
