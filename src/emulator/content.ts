import type { FastifyInstance } from "fastify";
import { answerTagged } from "./etag.ts";
import { exchangeOf } from "./exchange.ts";
import { Refusal } from "./refusal.ts";
import { ATTACHMENT_ACCESS, TEMPLATE_ACCESS } from "./scopes.ts";

/** What e-mail nodes refer to (seed SE); the fields of a template are an assumption, those of an attachment SE's `size` in bytes and ours. */
export function addContentRoutes(app: FastifyInstance): void {
  app.get<{ Params: { templateId: string } }>(
    "/api/v2/interactions/templates/:templateId",
    { config: { access: TEMPLATE_ACCESS } },
    (request, reply) => {
      const { templateId } = request.params;
      const template = exchangeOf(request).world.templatesById.get(templateId);
      if (template === undefined) throw new Refusal(404, "NotFound", `Template ${templateId} does not exist`);
      const { id, name, status } = template;
      return answerTagged({ id, name, status }, request, reply);
    },
  );
  app.get<{ Params: { fileId: string } }>(
    "/api/v2/interactions/attachments/:fileId",
    { config: { access: ATTACHMENT_ACCESS } },
    (request, reply) => {
      const { fileId } = request.params;
      const attachment = exchangeOf(request).world.attachmentsById.get(fileId);
      if (attachment === undefined) throw new Refusal(404, "NotFound", `Attachment ${fileId} does not exist`);
      return answerTagged({ ...attachment }, request, reply);
    },
  );
}
