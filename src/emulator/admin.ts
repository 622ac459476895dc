import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import * as z from "zod";
import { faultRuleSchema } from "./fault-schema.ts";
import { ADMIN_PREFIX } from "./pipeline.ts";
import { Refusal } from "./refusal.ts";
import { describeWorld } from "./state.ts";
import { editDocument, removeDocument, type World } from "./world.ts";

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

const documentType = z.enum(["flow", "workflow", "webhook"]);
const editSchema = z.strictObject({ type: documentType, id: z.string(), edit: z.record(z.string(), z.json()) });
const removeSchema = z.strictObject({ type: documentType, id: z.string() });
const faultsSchema = z.array(faultRuleSchema).min(1);

export interface AdminOptions {
  readonly world: () => World;
  readonly reset: () => void;
}

/**
 * `/__emulator/…`: the controls, for whoever runs the emulator as another process. Only callers on this machine are answered. No token,
 * log, fault, latency or rate limit applies. docs/emulator.md describes each call.
 */
export function addAdminRoutes(app: FastifyInstance, { world, reset }: AdminOptions): void {
  const options = { preHandler: refuseStrangers };
  app.get(`${ADMIN_PREFIX}log`, options, () => ({ entries: world().log.entries() }));
  app.delete(`${ADMIN_PREFIX}log`, options, (_request, reply) => {
    world().log.clear();
    return reply.code(204).send();
  });
  app.get(`${ADMIN_PREFIX}state`, options, () => describeWorld(world()));
  app.post(`${ADMIN_PREFIX}faults`, options, (request, reply) => {
    const rules = readBody([request.body].flat(), faultsSchema);
    for (const rule of rules) world().faults.add(rule);
    return reply.code(201).send({ added: rules.length });
  });
  app.delete(`${ADMIN_PREFIX}faults`, options, (_request, reply) => {
    world().faults.clear();
    return reply.code(204).send();
  });
  app.post(`${ADMIN_PREFIX}edit`, options, (request) => {
    const { type, id, edit } = readBody(request.body, editSchema);
    return editDocument(world(), type, id, edit);
  });
  app.post(`${ADMIN_PREFIX}remove`, options, (request) => {
    const { type, id } = readBody(request.body, removeSchema);
    return { removed: removeDocument(world(), type, id) };
  });
  app.post(`${ADMIN_PREFIX}reset`, options, (_request: FastifyRequest, reply: FastifyReply) => {
    reset();
    return reply.code(204).send();
  });
}

async function refuseStrangers(request: FastifyRequest): Promise<void> {
  if (LOOPBACK.test(request.ip)) return;
  throw new Refusal(403, "Forbidden", "The admin interface answers only to this machine");
}

function readBody<Body>(body: unknown, schema: z.ZodType<Body>): Body {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const said = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Refusal(400, "InvalidBody", said.join("; "));
}
