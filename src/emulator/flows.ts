import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { withServerDefaults } from "./defaults.ts";
import { isSameContent } from "./documents.ts";
import { answerTagged } from "./etag.ts";
import { exchangeOf, viewOf } from "./exchange.ts";
import { checkFlow } from "./flow-rules.ts";
import { type JsonObject, textAt, valueAt } from "./json.ts";
import { listPage, refuseWithoutLists, summarize } from "./lists.ts";
import { Refusal, refuseDocument } from "./refusal.ts";
import { flowAccess } from "./scopes.ts";
import type { Settings } from "./settings.ts";
import { bodyOf, deleteOnce, writeOnce } from "./write-once.ts";

const SUMMARY_FIELDS = ["id", "name", "type", "version", "lastUpdatedTimestamp"];

interface ById {
  Params: { id: string };
}

/** `/api/v2/flows`: POST and GET by id as in seed SF; the list, PUT and DELETE are assumptions. */
export function addFlowRoutes(app: FastifyInstance): void {
  const read = { config: { access: flowAccess("read") } };
  const write = { config: { access: flowAccess("write") } };
  app.post("/api/v2/flows", write, createFlow);
  app.get("/api/v2/flows", read, (request) => {
    refuseWithoutLists(request);
    const { world } = exchangeOf(request);
    return listPage(request, world.documents.flow.all(viewOf(request)), (flow) =>
      summarize(hideVersion(flow, world.settings), SUMMARY_FIELDS),
    );
  });
  app.get<ById>("/api/v2/flows/:id", read, (request, reply) => {
    const { world } = exchangeOf(request);
    return answerTagged(
      present(world.documents.flow.get(request.params.id, viewOf(request)), world.settings),
      request,
      reply,
    );
  });
  app.put<ById>("/api/v2/flows/:id", write, (request, reply) => replaceFlow(request.params.id, request, reply));
  app.delete<ById>("/api/v2/flows/:id", write, (request, reply) =>
    deleteOnce(request, reply, { type: "flow", id: request.params.id }),
  );
}

/** 201 with the stored document (seed SF: any 2xx). Neither `version` nor `properties` are asked for: SF's client sends none. */
function createFlow(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { world } = exchangeOf(request);
  const flow = bodyOf(request, "flows");
  const perform = () => {
    refuseInvalid(flow);
    const created = world.documents.flow.create(textAt(flow, "id") ?? "", flow);
    return { answer: { status: 201, body: present(created, world.settings) }, changed: true };
  };
  return writeOnce(request, reply, { family: "flows", perform });
}

/** 200 with the new document; 409 for a stale version (assumption, by analogy with seed SE). */
function replaceFlow(id: string, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { world } = exchangeOf(request);
  const flow = bodyOf(request, "flows");
  const perform = () => {
    const stored = world.documents.flow.get(id);
    refuseInvalid(flow);
    if (textAt(flow, "id") !== id) throw new Refusal(422, "InvalidFlow", `id must be ${id}, as in the path`);
    if (world.settings.flowVersions) world.documents.flow.refuseStale(id, versionIn(flow));
    const replaced = world.documents.flow.replace(id, flow);
    world.deliveries.announceUpdate("flow", replaced);
    return {
      answer: { status: 200, body: present(replaced, world.settings) },
      changed: !isSameContent(stored, replaced),
    };
  };
  return writeOnce(request, reply, { family: "flows", perform });
}

function versionIn(flow: JsonObject): number {
  const version = valueAt(flow, "version");
  if (typeof version === "number") return version;
  throw new Refusal(422, "InvalidFlow", "version must be the number that was read last");
}

function refuseInvalid(flow: JsonObject): void {
  const problems = checkFlow(flow);
  if (problems.length > 0) throw refuseDocument(422, "InvalidFlow", problems);
}

function present(flow: JsonObject, settings: Settings): JsonObject {
  const shown = hideVersion(flow, settings);
  return settings.addDefaults ? withServerDefaults(shown) : shown;
}

/** Some tenants may send no `version` on flows (assumption). */
function hideVersion(flow: JsonObject, settings: Settings): JsonObject {
  if (settings.flowVersions) return flow;
  const { version: _, ...rest } = flow;
  return rest;
}
