import { randomUUID } from "node:crypto";
import type { DocumentType } from "./documents.ts";
import { type JsonObject, valueAt } from "./json.ts";
import type { Settings } from "./settings.ts";
import { signMessage } from "./webhook-signature.ts";
import type { Webhook, WebhookStore } from "./webhooks.ts";

/** Seed SF gives its own notifications 5 s. */
const TIMEOUT_MILLISECONDS = 5000;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** What became of one delivery. */
export interface DeliveryReport {
  readonly webhook: string;
  readonly event: string;
  readonly url: string;
  /** The receiver's status, or null when there was no answer. */
  readonly status: number | null;
  /** Why there was no answer, by the error's name: `TimeoutError`, `AbortError` when the emulator closed, else the network's. */
  readonly failure: string | null;
}

export interface DeliveriesOptions {
  readonly webhooks: WebhookStore;
  readonly now: () => number;
  readonly closing: AbortSignal;
  readonly deliverTo: Settings["deliverTo"];
}

/**
 * Sends `workflow.updated` (seed SE) and `flow.updated` (assumption) to the enabled webhooks that ask for them. Each is sent once,
 * without retries, and whatever happens to it touches nothing else (assumption; seed SF swallows failures of its notifications).
 */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #underWay = new Set<Promise<void>>();
  readonly #reports: DeliveryReport[] = [];

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  announceUpdate(type: DocumentType, document: JsonObject): void {
    const event = `${type}.updated`;
    const data = {
      id: valueAt(document, "id"),
      name: valueAt(document, "name"),
      version: valueAt(document, "version"),
    };
    for (const webhook of this.#options.webhooks.all()) {
      if (!webhook.enabled || !webhook.events.includes(event) || !this.#mayDeliverTo(webhook.url)) continue;
      const delivery = this.#deliver(webhook, event, data).finally(() => this.#underWay.delete(delivery));
      this.#underWay.add(delivery);
    }
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  reports(): readonly DeliveryReport[] {
    return [...this.#reports];
  }

  #mayDeliverTo(url: string): boolean {
    const { deliverTo } = this.#options;
    if (deliverTo !== "loopback") return deliverTo === "anywhere";
    return LOOPBACK.test(new URL(url).hostname);
  }

  async #deliver(webhook: Webhook, event: string, data: unknown): Promise<void> {
    const result = await this.#post(webhook, event, data).then(
      (status) => ({ status, failure: null }),
      (thrown: unknown) => ({ status: null, failure: thrown instanceof Error ? thrown.name : String(thrown) }),
    );
    this.#reports.push({ webhook: webhook.id, event, url: webhook.url, ...result });
  }

  async #post(webhook: Webhook, event: string, data: unknown): Promise<number> {
    const { now, closing } = this.#options;
    const time = now();
    const id = `msg_${randomUUID().replaceAll("-", "")}`;
    const timestamp = Math.floor(time / 1000);
    const body = JSON.stringify({ type: event, timestamp: new Date(time).toISOString(), data });
    const headers = new Headers(webhook.headers);
    headers.set("content-type", "application/json");
    headers.set("webhook-id", id);
    headers.set("webhook-timestamp", String(timestamp));
    if (webhook.secret !== undefined)
      headers.set("webhook-signature", signMessage({ id, timestamp, body }, webhook.secret));
    const signal = AbortSignal.any([closing, AbortSignal.timeout(TIMEOUT_MILLISECONDS)]);
    const response = await fetch(webhook.url, { method: "POST", headers, body, signal, redirect: "manual" });
    await response.body?.cancel();
    return response.status;
  }
}
