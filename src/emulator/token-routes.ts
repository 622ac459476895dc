import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { exchangeOf } from "./exchange.ts";
import { isObject, textAt } from "./json.ts";
import type { Family } from "./scopes.ts";
import { OAuthError } from "./tokens.ts";

const FORM = "application/x-www-form-urlencoded";

/** The two logins: SF's at `/oauth/token`, SE's at `/oauth2/token`; both take a form (seed SF, seed SE). */
export function addTokenRoutes(app: FastifyInstance): void {
  app.post("/oauth/token", (request, reply) => answerLogin(request, reply, "flows"));
  app.post("/oauth2/token", (request, reply) => answerLogin(request, reply, "workflows"));
}

function answerLogin(request: FastifyRequest, reply: FastifyReply, family: Family): FastifyReply {
  try {
    const form = readForm(request);
    const answer = exchangeOf(request).world.tokens.grant({
      family,
      grantType: textAt(form, "grant_type"),
      clientId: textAt(form, "client_id"),
      clientSecret: textAt(form, "client_secret"),
      scope: textAt(form, "scope"),
    });
    return reply.header("cache-control", "no-store").send(answer);
  } catch (thrown) {
    if (!(thrown instanceof OAuthError)) throw thrown;
    return reply.code(thrown.status).send({ error: thrown.error, error_description: thrown.message });
  }
}

function readForm(request: FastifyRequest) {
  const isForm = request.headers["content-type"]?.startsWith(FORM) === true;
  if (!isForm || !isObject(request.body)) throw new OAuthError(400, "invalid_request", `The body must be ${FORM}`);
  return request.body;
}
