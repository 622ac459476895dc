import { randomUUID } from "node:crypto";
import { z } from "zod";
import { Refusal } from "./refusal.ts";

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

/** Webhooks by id. Several of one name are possible: SE's client registers its webhook again on every run (seed SE). */
export class WebhookStore {
  readonly #webhooksById = new Map<string, Webhook>();
  #writes = 0;

  constructor(seeded: readonly (WebhookInput & { readonly id?: string | undefined })[]) {
    for (const webhook of seeded) this.#put(webhook.id ?? makeId(), webhook);
  }

  all(): readonly Webhook[] {
    return [...this.#webhooksById.values()];
  }

  /** Throws 404. */
  get(id: string): Webhook {
    const webhook = this.#webhooksById.get(id);
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
    this.#webhooksById.delete(id);
    this.#writes += 1;
  }

  /** How many writes of the API were carried out. */
  writes(): number {
    return this.#writes;
  }

  #put(id: string, input: WebhookInput): Webhook {
    const webhook = { ...input, id };
    this.#webhooksById.set(id, webhook);
    return webhook;
  }
}

function makeId(): string {
  return `wh_${randomUUID().replaceAll("-", "").slice(0, 12)}`;
}
