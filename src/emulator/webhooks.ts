import { randomUUID } from "node:crypto";
import * as z from "zod";
import { applyEdit, type DocumentEdit } from "./edit.ts";
import { type JsonObject, stableText } from "./json.ts";
import { Refusal, refuseDocument } from "./refusal.ts";
import { Shelf, type View } from "./shelf.ts";

/** What a caller sends (seed SE). Only `name`, `url` and `events` are asked for: SE's complete example sends no secret (assumption for the rest). */
export const webhookSchema = z.object({
  name: z.string().min(1),
  url: z.url({ protocol: /^https?$/ }),
  events: z.array(z.string().min(1)).min(1),
  enabled: z.boolean().default(true),
  headers: z.record(z.string(), z.string()).default({}),
  secret: z.string().min(1).optional(),
});

export type WebhookInput = Readonly<z.infer<typeof webhookSchema>>;

export interface Webhook extends WebhookInput {
  readonly id: string;
}

/** A webhook as it is answered: never with its secret (assumption). */
export type ShownWebhook = Omit<Webhook, "secret">;

export function showWebhook(webhook: Webhook): ShownWebhook {
  const { secret: _, ...shown } = webhook;
  return shown;
}

/** Throws 400, saying everything that is wrong with it. */
export function parseWebhook(document: JsonObject): WebhookInput {
  const parsed = webhookSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => ({ message: `${issue.path.join(".")}: ${issue.message}` }));
  throw refuseDocument(400, "InvalidWebhook", problems);
}

/** True when they are the same, secrets included. */
export function isSameWebhook(left: Webhook, right: Webhook): boolean {
  return stableText(toDocument(left)) === stableText(toDocument(right));
}

function toDocument({ secret, ...shown }: Webhook): JsonObject {
  return secret === undefined ? shown : { ...shown, secret };
}

/** Webhooks by id. Several of one name are possible: SE's client registers its webhook again on every run (seed SE). */
export class WebhookStore {
  readonly #shelf: Shelf<Webhook>;
  #writes = 0;

  constructor(seeded: readonly (WebhookInput & { readonly id?: string | undefined })[]) {
    const webhooks = seeded.map((webhook) => ({ ...webhook, id: webhook.id ?? makeId() }));
    this.#shelf = new Shelf(webhooks.map((webhook) => [webhook.id, webhook]));
  }

  all(view: View = "latest"): readonly Webhook[] {
    return this.#shelf.all(view);
  }

  has(id: string): boolean {
    return this.#shelf.find(id) !== undefined;
  }

  /** Throws 404. */
  get(id: string, view: View = "latest"): Webhook {
    const webhook = this.#shelf.find(id, view);
    if (webhook === undefined) throw new Refusal(404, "NotFound", `Webhook ${id} does not exist`);
    return webhook;
  }

  create(input: WebhookInput): Webhook {
    this.#writes += 1;
    return this.#put(makeId(), input);
  }

  /** Without a secret in it the old one stays: a caller cannot send back what it was never shown (assumption). Throws 404. */
  replace(id: string, input: WebhookInput): Webhook {
    const stored = this.get(id);
    this.#writes += 1;
    return this.#put(id, { ...input, secret: input.secret ?? stored.secret });
  }

  /** Throws 404. */
  delete(id: string): void {
    this.get(id);
    this.#shelf.delete(id);
    this.#writes += 1;
  }

  /** A change from outside the API, not counted as a write; the id stays. Throws 404, and 400 when a webhook is not what comes of it. */
  edit(id: string, edit: DocumentEdit): Webhook {
    return this.#put(id, parseWebhook(applyEdit(toDocument(this.get(id)), edit)));
  }

  /** A deletion from outside the API, not counted as a write. True when it was there. */
  remove(id: string): boolean {
    return this.#shelf.delete(id);
  }

  /** How many writes of the API were carried out. */
  writes(): number {
    return this.#writes;
  }

  #put(id: string, input: WebhookInput): Webhook {
    const webhook = { ...input, id };
    this.#shelf.set(id, webhook);
    return webhook;
  }
}

function makeId(): string {
  return `wh_${randomUUID().replaceAll("-", "").slice(0, 12)}`;
}
