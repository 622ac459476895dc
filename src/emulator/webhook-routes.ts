import type { FastifyInstance, FastifyRequest } from "fastify";
import { exchangeOf, viewOf } from "./exchange.ts";
import { listPage } from "./lists.ts";
import { WEBHOOK_ACCESS } from "./scopes.ts";
import { isSameWebhook, parseWebhook, showWebhook, type WebhookInput } from "./webhooks.ts";
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
    entry.changed = true;
    entry.documentId = created.name;
    return reply.code(201).send(showWebhook(created));
  });
  app.get("/api/v2/webhooks", access, (request) =>
    listPage(request, exchangeOf(request).world.webhooks.all(viewOf(request)), (webhook) => ({
      ...showWebhook(webhook),
    })),
  );
  app.get<ById>("/api/v2/webhooks/:id", access, (request) =>
    showWebhook(exchangeOf(request).world.webhooks.get(request.params.id, viewOf(request))),
  );
  app.put<ById>("/api/v2/webhooks/:id", access, (request) => {
    const { world, entry } = exchangeOf(request);
    const { id } = request.params;
    const input = readWebhook(request);
    const stored = world.webhooks.get(id);
    const replaced = world.webhooks.replace(id, input);
    entry.carriedOut = true;
    entry.changed = !isSameWebhook(stored, replaced);
    return showWebhook(replaced);
  });
  app.delete<ById>("/api/v2/webhooks/:id", access, (request, reply) => {
    const { world, entry } = exchangeOf(request);
    world.webhooks.delete(request.params.id);
    entry.carriedOut = true;
    entry.changed = true;
    return reply.code(204).send();
  });
}

function readWebhook(request: FastifyRequest): WebhookInput {
  return parseWebhook(bodyOf(request, "workflows"));
}
