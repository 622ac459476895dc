import type { FastifyInstance, FastifyRequest } from "fastify";
import { exchangeOf } from "./exchange.ts";
import { listPage } from "./lists.ts";
import { Refusal } from "./refusal.ts";
import { WEBHOOK_ACCESS } from "./scopes.ts";
import { showWebhook, type WebhookInput, webhookSchema } from "./webhooks.ts";
import { bodyOf } from "./write-once.ts";

interface ById {
  Params: { id: string };
}

/**
 * `/api/v2/webhooks`: POST as in seed SE, the rest assumptions. An `Idempotency-Key` means nothing here: the seed does not send one, so
 * a client must look for its webhook before it registers it again.
 */
export function addWebhookRoutes(app: FastifyInstance): void {
  const access = { config: { access: WEBHOOK_ACCESS } };
  app.post("/api/v2/webhooks", access, (request, reply) => {
    const { world, entry } = exchangeOf(request);
    const created = world.webhooks.create(readWebhook(request));
    entry.carriedOut = true;
    return reply.code(201).send(showWebhook(created));
  });
  app.get("/api/v2/webhooks", access, (request) =>
    listPage(request, exchangeOf(request).world.webhooks.all().map(showWebhook)),
  );
  app.get<ById>("/api/v2/webhooks/:id", access, (request) =>
    showWebhook(exchangeOf(request).world.webhooks.get(request.params.id)),
  );
  app.put<ById>("/api/v2/webhooks/:id", access, (request) => {
    const { world, entry } = exchangeOf(request);
    const replaced = world.webhooks.replace(request.params.id, readWebhook(request));
    entry.carriedOut = true;
    return showWebhook(replaced);
  });
  app.delete<ById>("/api/v2/webhooks/:id", access, (request, reply) => {
    const { world, entry } = exchangeOf(request);
    world.webhooks.delete(request.params.id);
    entry.carriedOut = true;
    return reply.code(204).send();
  });
}

function readWebhook(request: FastifyRequest): WebhookInput {
  const parsed = webhookSchema.safeParse(bodyOf(request, "workflows"));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => ({ message: `${issue.path.join(".")}: ${issue.message}` }));
  const message = problems.map((problem) => problem.message).join("; ");
  throw new Refusal(400, "InvalidWebhook", message, { errors: problems });
}
