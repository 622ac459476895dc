import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { withServerDefaults } from "./defaults.ts";
import { isSameContent } from "./documents.ts";
import { compileTemplate } from "./email-node-rules.ts";
import { answerTagged } from "./etag.ts";
import { exchangeOf, viewOf } from "./exchange.ts";
import { type JsonObject, objectsAt, textAt, valueAt } from "./json.ts";
import { listPage, refuseWithoutLists, summarize } from "./lists.ts";
import { Refusal, refuseDocument } from "./refusal.ts";
import { workflowAccess } from "./scopes.ts";
import type { Settings } from "./settings.ts";
import { checkWorkflow, isEmailNode } from "./workflow-rules.ts";
import type { World } from "./world.ts";
import { bodyOf, deleteOnce, writeOnce } from "./write-once.ts";

const SUMMARY_FIELDS = ["id", "name", "type", "version", "lastUpdatedTimestamp"];

interface ById {
  Params: { id: string };
}

/** `/api/v2/workflows`: GET by id and PUT as in seed SE; POST, the list and DELETE are assumptions. */
export function addWorkflowRoutes(app: FastifyInstance): void {
  const view = { config: { access: workflowAccess("view") } };
  const edit = { config: { access: workflowAccess("edit") } };
  app.get<ById>("/api/v2/workflows/:id", view, (request, reply) => {
    const { world } = exchangeOf(request);
    const workflow = world.documents.workflow.get(request.params.id, viewOf(request));
    return answerTagged(present(workflow, world.settings), request, reply);
  });
  app.get("/api/v2/workflows", view, (request) => {
    refuseWithoutLists(request);
    const workflows = exchangeOf(request).world.documents.workflow.all(viewOf(request));
    return listPage(request, workflows, (workflow) => summarize(workflow, SUMMARY_FIELDS));
  });
  app.put<ById>("/api/v2/workflows/:id", edit, (request, reply) => replaceWorkflow(request.params.id, request, reply));
  app.post("/api/v2/workflows", edit, createWorkflow);
  app.delete<ById>("/api/v2/workflows/:id", edit, (request, reply) =>
    deleteOnce(request, reply, { type: "workflow", id: request.params.id }),
  );
}

/** The whole document with the version that was read: 200 and the next version, 409 when it is stale (seed SE). */
function replaceWorkflow(id: string, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { world } = exchangeOf(request);
  const workflow = bodyOf(request, "workflows");
  const perform = () => {
    const stored = world.documents.workflow.get(id);
    refuseInvalid(workflow);
    if (textAt(workflow, "id") !== id) throw new Refusal(400, "InvalidWorkflow", `id must be ${id}, as in the path`);
    const version = valueAt(workflow, "version");
    if (typeof version !== "number") {
      throw new Refusal(400, "InvalidWorkflow", "version must be the number that was read last");
    }
    world.documents.workflow.refuseStale(id, version);
    compileTemplates(workflow, world);
    const replaced = world.documents.workflow.replace(id, workflow);
    world.deliveries.announceUpdate("workflow", replaced);
    return {
      answer: { status: 200, body: present(replaced, world.settings) },
      changed: !isSameContent(stored, replaced),
    };
  };
  return writeOnce(request, reply, { family: "workflows", perform });
}

function createWorkflow(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { world } = exchangeOf(request);
  const workflow = bodyOf(request, "workflows");
  const perform = () => {
    refuseInvalid(workflow);
    compileTemplates(workflow, world);
    const created = world.documents.workflow.create(textAt(workflow, "id") ?? "", workflow);
    return { answer: { status: 201, body: present(created, world.settings) }, changed: true };
  };
  return writeOnce(request, reply, { family: "workflows", perform });
}

function refuseInvalid(workflow: JsonObject): void {
  const problems = checkWorkflow(workflow);
  if (problems.length > 0) throw refuseDocument(400, "InvalidWorkflow", problems);
}

/** A write sets off the compilation of every template that the workflow refers to (seed SE). */
function compileTemplates(workflow: JsonObject, world: World): void {
  const emailNodes = objectsAt(workflow, "nodes").filter(isEmailNode);
  const problems = emailNodes.flatMap((node) => compileTemplate(node, world.templatesById));
  if (problems.length > 0) throw refuseDocument(400, "TemplateCompilationError", problems);
}

function present(workflow: JsonObject, settings: Settings): JsonObject {
  return settings.addDefaults ? withServerDefaults(workflow) : workflow;
}
