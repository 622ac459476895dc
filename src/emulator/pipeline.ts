import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Exchange, exchangeOf, pathOf } from "./exchange.ts";
import { injectFault } from "./fault-hook.ts";
import { rateLimitHeaders, retryAfterSeconds } from "./rate-limit.ts";
import { Refusal } from "./refusal.ts";
import type { World } from "./world.ts";

export const ADMIN_PREFIX = "/__emulator/";

export interface PipelineOptions {
  readonly world: () => World;
  /** Ends every wait when the emulator closes. */
  readonly closing: AbortSignal;
}

/**
 * The way of every request to the emulated API: into the log, through the rate limit, after the latency; body; fault; token and scope;
 * route; then the faults that concern the answer. The order of limit, fault and token is an assumption: a gateway stands before the login.
 */
export function addPipeline(app: FastifyInstance, { world, closing }: PipelineOptions): void {
  app.decorateRequest("exchange", null);
  app.addHook("onRequest", async (request, reply) => {
    if (isAdmin(request)) return;
    request.exchange = openExchange(request, world());
    // Only what needs a token counts: the login is another service (assumption).
    if (request.routeOptions.config.access !== undefined) passRateLimit(request.exchange.world, reply);
    await wait(request.exchange.world.settings.latency, closing);
  });
  app.addHook("preHandler", async (request, reply) => {
    if (isAdmin(request)) return undefined;
    const ended = await injectFault(request, reply);
    if (ended === undefined) checkAccess(request);
    return ended;
  });
  app.addHook("onSend", async (request, reply, payload) => {
    if (isAdmin(request)) return payload;
    const { fault, entry } = exchangeOf(request);
    if (fault?.type === "slow") await wait(fault.milliseconds, closing);
    if (fault?.type === "lost-answer") request.raw.socket.destroy();
    else entry.status = reply.statusCode;
    return payload;
  });
}

function isAdmin(request: FastifyRequest): boolean {
  return request.url.startsWith(ADMIN_PREFIX);
}

function openExchange(request: FastifyRequest, world: World): Exchange {
  const key = request.headers["idempotency-key"];
  const path = pathOf(request);
  const entry = world.log.open({
    time: world.now(),
    method: request.method,
    path,
    query: request.url.slice(path.length + 1),
    idempotencyKey: typeof key === "string" ? key : null,
  });
  return { world, entry, fault: undefined };
}

/** 429 with `Retry-After` (seed SF, seed SE). What is left is counted when the request comes, not when the answer goes. */
function passRateLimit({ bucket, settings }: World, reply: FastifyReply): void {
  if (bucket === undefined) return;
  const waitMilliseconds = bucket.take();
  if (settings.rateLimitHeaders !== "none") reply.headers(rateLimitHeaders(bucket, settings.rateLimitHeaders));
  if (waitMilliseconds === 0) return;
  const headers = { "retry-after": retryAfterSeconds(waitMilliseconds) };
  throw new Refusal(429, "TooManyRequests", "The request quota of the organization is used up", { headers });
}

/**
 * 401 without a token that is known, not expired and of the right family (seed SF; the family is an assumption).
 * Without the scope 403 (seed SE), on flows 401 if so set: SF lists "missing `flows:write` scope" under 401.
 */
function checkAccess(request: FastifyRequest): void {
  const access = request.routeOptions.config.access;
  if (access === undefined) return;
  const { world } = exchangeOf(request);
  const [, text] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
  const token = text === undefined ? undefined : world.tokens.find(text);
  const headers = { "www-authenticate": "Bearer" };
  if (token === undefined)
    throw new Refusal(401, "Unauthorized", "The token is missing, unknown or expired", { headers });
  if (token.family !== access.family) {
    throw new Refusal(401, "Unauthorized", `This token is for ${token.family}, not for ${access.family}`, { headers });
  }
  if (token.scopes.has(access.scope)) return;
  const status = access.family === "flows" ? world.settings.missingFlowScopeStatus : 403;
  throw new Refusal(status, status === 401 ? "Unauthorized" : "Forbidden", `The token lacks the scope ${access.scope}`);
}

async function wait(milliseconds: number, closing: AbortSignal): Promise<void> {
  if (milliseconds <= 0 || closing.aborted) return;
  // Closing is no failure of the request that waits: it just goes on at once.
  await sleep(milliseconds, undefined, { signal: closing }).catch(() => undefined);
}
