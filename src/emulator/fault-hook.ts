import type { FastifyReply, FastifyRequest } from "fastify";
import { exchangeOf, pathOf } from "./exchange.ts";
import type { Fault } from "./faults.ts";
import { isObject, textAt } from "./json.ts";
import { Refusal } from "./refusal.ts";
import { familyOf } from "./scopes.ts";
import { editDocument, hasDocument, type World } from "./world.ts";

const HTML_PAGE = "<!doctype html><html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>";

/**
 * Puts the fault that is due on a request, after its body was read and before its token is looked at. Most faults end the request here;
 * `lost-answer`, `slow`, `short-page` and `lag` are carried along and take effect later.
 */
export async function injectFault(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const exchange = exchangeOf(request);
  const fault = exchange.world.faults.take(request.method, pathOf(request));
  if (fault === undefined) return undefined;
  exchange.fault = fault;
  exchange.entry.fault = fault.type;
  return endWithFault(fault, request, reply, exchange.world);
}

function endWithFault(
  fault: Fault,
  request: FastifyRequest,
  reply: FastifyReply,
  world: World,
): FastifyReply | undefined {
  switch (fault.type) {
    case "status":
      return answerStatus(fault, reply, world.now());
    case "html":
      return reply.type("text/html; charset=utf-8").send(HTML_PAGE);
    case "conflict":
      throw new Refusal(409, "Conflict", "Somebody else's write came first");
    case "no-list":
      throw new Refusal(405, "MethodNotAllowed", `${request.method} is not allowed here`);
    case "reset":
      reply.hijack();
      request.raw.socket.resetAndDestroy();
      return reply;
    case "expired-token":
      world.tokens.forgetFamily(familyOf(pathOf(request)));
      return undefined;
    case "concurrent-edit":
      editBehindTheBack(fault, request, world);
      return undefined;
    default:
      return undefined;
  }
}

function answerStatus(fault: Fault & { type: "status" }, reply: FastifyReply, now: number): FastifyReply {
  const { status, retryAfter } = fault;
  if (typeof retryAfter === "number") reply.header("retry-after", String(retryAfter));
  else if (retryAfter) reply.header("retry-after", new Date(now + retryAfter.httpDateIn * 1000).toUTCString());
  const body = fault.body ?? { code: "Fault", message: `A fault rule answers ${status}` };
  return reply.code(status).type("application/json").send(JSON.stringify(body));
}

function editBehindTheBack(fault: Fault & { type: "concurrent-edit" }, request: FastifyRequest, world: World): void {
  const type = request.routeOptions.config.access?.documents;
  const id = isObject(request.params) ? textAt(request.params, "id") : undefined;
  if (type === undefined || id === undefined || !hasDocument(world, type, id)) return;
  editDocument(world, type, id, fault.edit);
}
