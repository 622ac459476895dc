import type { DocumentRef } from "./live.ts";
import type { Action, Impact } from "./plan.ts";

/** What somebody can be told of. The names are an interface to others, and never change their meaning. */
export const NOTIFICATION_TYPES = [
  "flow.connections.updated",
  "workflow.updated",
  "webhook.updated",
  "drift.found",
  "run.failed",
] as const;
export type NotificationType = (typeof NOTIFICATION_TYPES)[number];

/** `standard`: signed as Standard Webhooks are. `slack`: text and blocks, as Slack's incoming webhooks take them. */
export const NOTIFICATION_FORMATS = ["standard", "slack"] as const;
export type NotificationFormat = (typeof NOTIFICATION_FORMATS)[number];

/** One thing that receivers are told once a run is over. */
export interface Notification {
  /** The same whenever the same thing is told again, so that a receiver can drop the second. */
  readonly id: string;
  readonly type: NotificationType;
  /** When it happened: ISO 8601, UTC. */
  readonly timestamp: string;
  readonly data: NotificationData;
}

/** The fields of a resource are those of the one that the message is about first; null where it is about none. */
export interface NotificationData {
  readonly tenant: string;
  readonly command: string;
  /** The run in the audit trail; null for one that wrote nothing. */
  readonly run: string | null;
  readonly commit: string | null;
  readonly pullRequest: string | null;
  readonly actor: string | null;
  readonly kind: string | null;
  readonly name: string | null;
  readonly id: string | null;
  readonly action: Action | null;
  readonly impact: Impact | null;
  /** Of all resources together, a clause each. */
  readonly effects: readonly string[];
  readonly document: DocumentRef | null;
  readonly version: string | number | null;
  readonly latency_ms: number | null;
  readonly resources: readonly NotifiedResource[];
  /** What ended a run that failed: one of the words for exit codes. null for every other message. */
  readonly result: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

export interface NotifiedResource {
  readonly kind: string;
  readonly name: string;
  readonly id: string;
  readonly action: Action;
  readonly impact: Impact | null;
  /** What applying git means for people. Empty where that mixes with a commit that is not deployed, and nobody can tell the two apart. */
  readonly effects: readonly string[];
  /** Where a difference comes from; null where that was not asked. */
  readonly origin: string | null;
  /** Who edited the document live last, and when (ISO 8601), where the tenant says so and it was not us; null otherwise. */
  readonly editedBy: string | null;
  readonly editedAt: string | null;
  /** What was edited live: JSON pointers into the owned part, `""` for all of it. */
  readonly editedFields: readonly string[];
  /** Why it was not written; null where nothing went wrong. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** Somebody who is told of things once a run is over. */
export interface Receiver {
  /** https, or http on loopback. It may hold a token, so it is never shown; `host` is. */
  readonly url: string;
  readonly host: string;
  /** What messages are signed with: base64, perhaps after `whsec_`. undefined leaves them unsigned. */
  readonly secret: string | undefined;
  readonly format: NotificationFormat;
  readonly types: readonly NotificationType[];
}
