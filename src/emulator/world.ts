import { Deliveries } from "./deliveries.ts";
import { DocumentStore, type DocumentType } from "./documents.ts";
import type { DocumentEdit } from "./edit.ts";
import { FaultList, type FaultRule } from "./faults.ts";
import { IdempotencyMemory } from "./idempotency.ts";
import type { JsonObject } from "./json.ts";
import { RequestLog } from "./log.ts";
import { TokenBucket } from "./rate-limit.ts";
import type { EditableType, Family } from "./scopes.ts";
import type { Attachment, Seed, Template } from "./seed.ts";
import type { Settings } from "./settings.ts";
import { TokenStore } from "./tokens.ts";
import { showWebhook, WebhookStore } from "./webhooks.ts";

/** Everything that the emulated tenant remembers. A reset throws the whole world away and makes a new one from the seed. */
export interface World {
  readonly settings: Settings;
  readonly now: () => number;
  readonly tokens: TokenStore;
  readonly documents: Readonly<Record<DocumentType, DocumentStore>>;
  readonly keys: Readonly<Record<Family, IdempotencyMemory>>;
  readonly templatesById: ReadonlyMap<string, Template>;
  readonly attachmentsById: ReadonlyMap<string, Attachment>;
  readonly webhooks: WebhookStore;
  readonly deliveries: Deliveries;
  readonly faults: FaultList;
  readonly log: RequestLog;
  readonly bucket: TokenBucket | undefined;
}

export interface WorldOptions {
  readonly seed: Seed;
  readonly settings: Settings;
  readonly faults: readonly FaultRule[];
  readonly now: () => number;
  /** Aborted when the emulator closes. */
  readonly closing: AbortSignal;
}

export function makeWorld({ seed, settings, faults, now, closing }: WorldOptions): World {
  const webhooks = new WebhookStore(seed.webhooks);
  return {
    settings,
    now,
    tokens: new TokenStore({ clients: seed.clients, lifetimeSeconds: settings.tokenLifetimeSeconds, now }),
    documents: {
      flow: new DocumentStore("flow", now, seed.flows, settings.editors),
      workflow: new DocumentStore("workflow", now, seed.workflows, settings.editors),
    },
    keys: { flows: new IdempotencyMemory(now), workflows: new IdempotencyMemory(now) },
    templatesById: new Map(seed.templates.map((template) => [template.id, template])),
    attachmentsById: new Map(seed.attachments.map((attachment) => [attachment.fileId, attachment])),
    webhooks,
    deliveries: new Deliveries({ webhooks, now, closing, deliverTo: settings.deliverTo }),
    faults: new FaultList([...seed.faults, ...faults]),
    log: new RequestLog(),
    bucket: settings.rateLimit === undefined ? undefined : new TokenBucket(settings.rateLimit, now),
  };
}

export function hasDocument(world: World, type: EditableType, id: string): boolean {
  return type === "webhook" ? world.webhooks.has(id) : world.documents[type].find(id) !== undefined;
}

/**
 * A change from outside the API, as by a person in the vendor's editor: the version moves on and webhooks hear of it; a webhook has no
 * version, and nobody hears of its change. Returns what is stored, of a webhook what is shown of it. Throws 404, and 400 for an edit
 * that leaves no webhook.
 */
export function editDocument(world: World, type: EditableType, id: string, edit: DocumentEdit): JsonObject {
  if (type === "webhook") return { ...showWebhook(world.webhooks.edit(id, edit)) };
  const edited = world.documents[type].edit(id, edit);
  world.deliveries.announceUpdate(type, edited);
  return edited;
}

/** A deletion from outside the API. True when there was something to delete. */
export function removeDocument(world: World, type: EditableType, id: string): boolean {
  return type === "webhook" ? world.webhooks.remove(id) : world.documents[type].remove(id);
}
