import type { DeliveryReport } from "./deliveries.ts";
import type { DocumentStore } from "./documents.ts";
import type { FaultReport } from "./faults.ts";
import type { JsonObject } from "./json.ts";
import type { Attachment, Template } from "./seed.ts";
import { type ShownWebhook, showWebhook } from "./webhooks.ts";
import type { World } from "./world.ts";

/** Everything that a test may want to look at. No secret and no token is in it. */
export interface EmulatorState {
  readonly flows: Readonly<Record<string, JsonObject>>;
  readonly workflows: Readonly<Record<string, JsonObject>>;
  readonly templates: readonly Template[];
  readonly attachments: readonly Attachment[];
  readonly webhooks: readonly ShownWebhook[];
  /** How many writes were carried out, of each flow and workflow by id, and of all webhooks together. */
  readonly writes: {
    readonly flows: Readonly<Record<string, number>>;
    readonly workflows: Readonly<Record<string, number>>;
    readonly webhooks: number;
  };
  readonly deliveries: readonly DeliveryReport[];
  readonly faults: readonly FaultReport[];
}

export function describeWorld(world: World): EmulatorState {
  const { flow, workflow } = world.documents;
  return {
    flows: byId(flow),
    workflows: byId(workflow),
    templates: [...world.templatesById.values()],
    attachments: [...world.attachmentsById.values()],
    webhooks: world.webhooks.all().map(showWebhook),
    writes: { flows: flow.writes(), workflows: workflow.writes(), webhooks: world.webhooks.writes() },
    deliveries: world.deliveries.reports(),
    faults: world.faults.report(),
  };
}

function byId(store: DocumentStore): Readonly<Record<string, JsonObject>> {
  return Object.fromEntries(store.all().map((document) => [String(document.id), document]));
}
