/** Models out of nothing: the manifests that a run begins with, and those that it adds later. */
import {
  ATTACHMENTS,
  type FlowModel,
  type MailModel,
  type Model,
  TEMPLATES,
  type WebhookModel,
  type WorkflowModel,
} from "./models.ts";
import type { Prng } from "./prng.ts";

export const EVENTS = ["workflow.updated", "flow.updated"] as const;
export const LANGUAGES = [null, "de", "fr"] as const;

/**
 * The manifests of a run's beginning: a mixed lot, or only a few things of one kind, which nothing before them keeps from being
 * written. `foreign`: workflows of others that mails may go into.
 */
export function makeModels(prng: Prng, foreign: readonly string[]): readonly Model[] {
  const [flowCount, workflowCount, mailCount, webhookCount] = prng.weighted<
    () => readonly [number, number, number, number]
  >([
    [6, () => [prng.int(1, 3), prng.int(1, 2), prng.int(1, 4), prng.int(1, 2)]],
    [1, () => [prng.int(1, 3), 0, 0, 0]],
    [1, () => [0, prng.int(0, 1), prng.int(1, 3), 0]],
    [2, () => [0, 0, 0, prng.int(1, 3)]],
  ])();
  const flows = many(flowCount, () => makeFlow(prng));
  const workflows = many(workflowCount, () => makeWorkflow(prng));
  const places = [...workflows.map(({ id }) => id), ...foreign];
  const mails = many(mailCount, () => makeMail(prng, places));
  const webhooks = many(webhookCount, () => makeWebhook(prng));
  return [...flows, ...workflows, ...mails, ...webhooks];
}

/** One more model beside others. */
export function makeModel(prng: Prng, models: readonly Model[], foreign: readonly string[]): Model {
  if (models.every(({ kind }) => kind === "Webhook")) return makeWebhook(prng);
  const own = models.filter((model) => model.kind === "Workflow").map(({ id }) => id);
  return prng.weighted<() => Model>([
    [2, () => makeFlow(prng)],
    [1, () => makeWorkflow(prng)],
    [3, () => makeMail(prng, [...own, ...foreign])],
    [3, () => makeWebhook(prng)],
  ])();
}

function makeFlow(prng: Prng): FlowModel {
  const word = prng.word();
  const count = prng.int(1, 4);
  return {
    kind: "Flow",
    name: `menu-${word}`,
    id: `ivr_${word}`,
    title: `Menu ${word}`,
    prompt: `Welcome to ${prng.word()}`,
    holdsSecret: prng.chance(0.3),
    queues: many(count, (index) => ({
      number: index + 1,
      skill: prng.pick(["Billing", "Sales", "Support"]),
      priority: prng.int(1, 9),
      language: prng.pick(LANGUAGES),
      next: index + 1 < count && prng.chance(0.3) ? index + 2 : null,
    })),
  };
}

function makeWorkflow(prng: Prng): WorkflowModel {
  const word = prng.word();
  const steps = many(prng.int(0, 3), (index) => ({ number: index + 1, seconds: prng.int(1, 900) }));
  return { kind: "Workflow", name: `visits-${word}`, id: `wf_${word}`, title: `Visits ${word}`, steps };
}

function makeMail(prng: Prng, workflows: readonly string[]): MailModel {
  const word = prng.word();
  return {
    kind: "EmailNode",
    name: `mail-${word}`,
    workflow: prng.pick(workflows),
    node: `email_${word}`,
    template: prng.pick(TEMPLATES),
    variables: prng.chance(0.7) ? { first: `$contact.${prng.word()}` } : null,
    attachments: prng.chance(0.7) ? ATTACHMENTS.filter(() => prng.chance(0.5)) : null,
    deliveryMode: prng.pick(["standard", "digest"]),
    trackOpens: prng.chance(0.5),
    ownsAfter: prng.chance(0.6),
    ownsBefore: prng.chance(0.6),
  };
}

function makeWebhook(prng: Prng): WebhookModel {
  const word = prng.word();
  return {
    kind: "Webhook",
    name: `hook-${word}`,
    title: `Hook ${word}`,
    url: `http://127.0.0.1:9/${prng.word()}`,
    events: prng.chance(0.5) ? EVENTS : [prng.pick(EVENTS)],
    enabled: prng.chance(0.8),
    team: prng.word(),
  };
}

function many<T>(count: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
