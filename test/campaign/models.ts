/** What a run asks of its tenant, as plain choices. Manifests, seeded documents and the checks are each derived from these. */

export interface FlowModel {
  readonly kind: "Flow";
  readonly name: string;
  readonly id: string;
  readonly title: string;
  readonly prompt: string;
  /** Whether a property of the menu comes from the environment. */
  readonly holdsSecret: boolean;
  readonly queues: readonly Queue[];
}

export interface Queue {
  readonly number: number;
  readonly skill: string;
  readonly priority: number;
  /** What the caller must be besides pressing the key. */
  readonly language: string | null;
  /** A later queue that this one leads to; null for the end. */
  readonly next: number | null;
}

export interface WorkflowModel {
  readonly kind: "Workflow";
  readonly name: string;
  readonly id: string;
  readonly title: string;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly number: number;
  readonly seconds: number;
}

export interface MailModel {
  readonly kind: "EmailNode";
  readonly name: string;
  readonly workflow: string;
  readonly node: string;
  readonly template: string;
  /** null: the tenant's. */
  readonly variables: Readonly<Record<string, string>> | null;
  /** File ids; null: the tenant's. */
  readonly attachments: readonly string[] | null;
  readonly deliveryMode: string;
  readonly trackOpens: boolean;
  /** Whether the manifest decides the transitions that lead to the node, and those that leave it. */
  readonly ownsAfter: boolean;
  readonly ownsBefore: boolean;
}

export interface WebhookModel {
  readonly kind: "Webhook";
  readonly name: string;
  readonly title: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly enabled: boolean;
  readonly team: string;
}

export type Model = FlowModel | WorkflowModel | MailModel | WebhookModel;

/** The nodes of every workflow that mails stand between. */
export const FIRST_NODE = "begin";
export const LAST_NODE = "done";

export const TEMPLATES = ["tmpl_invoice", "tmpl_reminder", "tmpl_welcome"] as const;
export const ATTACHMENTS = ["att_terms", "att_logo", "att_map"] as const;

/** A model that nothing else is called like. */
export function keyOf({ kind, name }: Model): string {
  return `${kind}/${name}`;
}

export function mailsIn(models: readonly Model[], workflow: string): readonly MailModel[] {
  return models.filter((model) => model.kind === "EmailNode").filter((mail) => mail.workflow === workflow);
}
