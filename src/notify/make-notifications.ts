import { changesByIdentity, subjectOf } from "../engine/resource-identity.ts";
import { sha256 } from "../model/digest.ts";
import { refKey } from "../model/live.ts";
import type { Notification, NotificationData, NotificationType, NotifiedResource } from "../model/notification.ts";
import { type Change, type Impact, isBlocked } from "../model/plan.ts";
import type { RunFacts, TimedOutcome } from "./run-facts.ts";

/** What a document of each type is told as. */
const TYPE_OF_DOCUMENT: Readonly<Record<string, NotificationType>> = {
  flow: "flow.connections.updated",
  workflow: "workflow.updated",
  webhook: "webhook.updated",
};

const FAILURES: readonly string[] = ["error", "refused", "partial"];
/** A person said no, and knows it. */
const NO_FAILURES: readonly string[] = ["apply/not-approved"];
/** Commands that look for edits; a plan that is about to be applied is no such look. */
const LOOK_FOR_EDITS: readonly string[] = ["drift", "reconcile"];
const IMPACTS: readonly Impact[] = ["caller-visible", "recipient-visible", "cosmetic"];

/** Everything that there is to tell of a run: each document that it changed, edits that it found, and that it failed. Nothing of the rest. */
export function makeNotifications(facts: RunFacts): readonly Notification[] {
  return [...tellChanged(facts), ...tellDrift(facts), ...tellFailure(facts)];
}

/** One for each document, for it is written once, however many resources share it. */
function tellChanged(facts: RunFacts): readonly Notification[] {
  const changes = changesByIdentity(facts.plan?.changes ?? []);
  const changed = facts.outcomes.filter(isOurDoing);
  return [...Map.groupBy(changed, ({ document }) => refKey(document)).values()].flatMap((outcomes) => {
    const lead = outcomes.find(({ id, document }) => id === document.id) ?? outcomes[0];
    const type = lead && TYPE_OF_DOCUMENT[lead.document.type];
    if (lead === undefined || type === undefined) return [];
    const resources = [lead, ...outcomes.filter((one) => one !== lead)].map((outcome) =>
      toResource(outcome, changes.get(subjectOf(outcome))),
    );
    const { document, version, latency_ms } = lead;
    return [
      message(facts, type, [facts.run, refKey(document)], { ...about(resources), document, version, latency_ms }),
    ];
  });
}

/** What was found to be as desired already, without a request to write, was somebody else's doing. */
function isOurDoing({ outcome, attempts }: TimedOutcome): boolean {
  return outcome === "done" || (outcome === "already-done" && attempts > 0);
}

/** The same edits, told by another run, are the same message: a receiver that drops doubles hears of them once. */
function tellDrift(facts: RunFacts): readonly Notification[] {
  if (!LOOK_FOR_EDITS.includes(facts.command)) return [];
  const edited = (facts.plan?.changes ?? []).filter(isEdited);
  if (edited.length === 0) return [];
  const edits = edited.map((change) => [subjectOf(change), change.liveVersion, change.patch]);
  return [message(facts, "drift.found", [edits], about(edited.map(toEdited)))];
}

/** True of a run that has compared everything, and found nothing edited live. */
export function showsNoEdits({ command, plan }: RunFacts): boolean {
  if (!LOOK_FOR_EDITS.includes(command) || plan === undefined || plan.narrowed !== undefined) return false;
  return !isBlocked(plan) && !plan.changes.some(isEdited);
}

/** What a restore of ours put back is nobody's edit. */
function isEdited({ drift }: Change): boolean {
  return drift?.restored === null && (drift.origin === "edited-live" || drift.origin === "both");
}

/** Where a commit is not deployed as well, nobody can tell which of the effects would undo the edit: none is given for one. */
function toEdited(change: Change): NotifiedResource {
  const resource = toResource(change, change);
  return change.drift?.origin === "both" ? { ...resource, effects: [] } : resource;
}

function tellFailure(facts: RunFacts): readonly Notification[] {
  const { result, failure, outcomes } = facts;
  if (!FAILURES.includes(result) || NO_FAILURES.includes(failure?.code ?? "")) return [];
  const changes = changesByIdentity(facts.plan?.changes ?? []);
  const failed = outcomes.filter(({ outcome }) => outcome !== "done" && outcome !== "already-done");
  const resources = failed.map((outcome) => toResource(outcome, changes.get(subjectOf(outcome))));
  const about = { resources, result, error: failure ?? findReason(facts) };
  return [message(facts, "run.failed", [facts.command, facts.startedAt], about)];
}

/** Why a plan could not be written, where nothing was thrown. */
function findReason({ plan }: RunFacts): NotificationData["error"] {
  const error = plan?.findings.find(({ severity }) => severity === "error");
  if (error !== undefined) return { code: error.rule, message: error.message };
  const [refusal] = plan?.refusals ?? [];
  return refusal === undefined ? null : { code: refusal.reason, message: refusal.message };
}

function toResource(
  one: Pick<Change, "kind" | "name" | "id" | "action"> & Partial<Pick<TimedOutcome, "error">>,
  change: Change | undefined,
): NotifiedResource {
  const { kind, name, id, action, error } = one;
  const { impact = null, effects = [], drift = null } = change ?? {};
  const told = error ? { code: error.code, message: error.message } : null;
  const edited = {
    origin: drift?.origin ?? null,
    editedBy: drift?.by ?? null,
    editedAt: drift?.at ?? null,
    // What a restore of ours put back is nobody's edit.
    editedFields: drift?.restored === null ? drift.live : [],
  };
  return { kind, name, id, action, impact, effects, ...edited, error: told };
}

/** The fields of the resource that comes first, and what all of them mean together. */
function about(resources: readonly NotifiedResource[]): Partial<NotificationData> {
  const [lead] = resources;
  const impact = IMPACTS.find((one) => resources.some((resource) => resource.impact === one)) ?? null;
  const effects = resources.flatMap((resource) => resource.effects);
  if (lead === undefined || resources.length === 0) return {};
  const { kind, name, id, action } = lead;
  return { kind, name, id, action, impact, effects, resources };
}

const NOTHING = {
  kind: null,
  name: null,
  id: null,
  action: null,
  impact: null,
  effects: [],
  document: null,
  version: null,
  latency_ms: null,
  resources: [],
  result: null,
  error: null,
} as const;

function message(
  facts: RunFacts,
  type: NotificationType,
  what: readonly unknown[],
  details: Partial<NotificationData>,
): Notification {
  const { tenant, command, run, commit, pullRequest, actor } = facts;
  const id = `msg_${sha256(JSON.stringify([tenant, type, ...what])).slice(0, 32)}`;
  const data = { tenant, command, run, commit, pullRequest, actor, ...NOTHING, ...details };
  return { id, type, timestamp: facts.endedAt, data };
}
