/** How manifests change between two applies. Every edit makes a difference that a tenant can see. */
import { EVENTS, LANGUAGES, makeModel } from "./generate.ts";
import {
  ATTACHMENTS,
  type FlowModel,
  keyOf,
  type MailModel,
  type Model,
  mailsIn,
  type Queue,
  TEMPLATES,
  type WebhookModel,
  type WorkflowModel,
} from "./models.ts";
import type { Prng } from "./prng.ts";

export interface ChangedModels {
  readonly models: readonly Model[];
  /** Those that were edited or added. */
  readonly changed: readonly Model[];
  /** Manifests that were taken out. What they described is still live. */
  readonly removed: readonly Model[];
}

/** Two to five edits, additions and removals. `foreign`: workflows of others that a new mail may go into. */
export function changeModels(prng: Prng, before: readonly Model[], foreign: readonly string[]): ChangedModels {
  let models = before;
  for (let left = prng.int(2, 5); left > 0; left -= 1) {
    models = prng.weighted<() => readonly Model[]>([
      [6, () => editOne(prng, models)],
      [2, () => [...models, makeModel(prng, models, foreign)]],
      [1, () => removeOne(prng, models)],
    ])();
  }
  const keys = new Set(models.map(keyOf));
  const changed = models.filter((model) => !before.includes(model));
  return { models, changed, removed: before.filter((model) => !keys.has(keyOf(model))) };
}

function editOne(prng: Prng, models: readonly Model[]): readonly Model[] {
  const chosen = prng.pick(models);
  return models.map((model) => (model === chosen ? editModel(prng, model) : model));
}

/** A workflow that mails hang in stays, so that they do. One of each kind stays as well, to have something to edit. */
function removeOne(prng: Prng, models: readonly Model[]): readonly Model[] {
  const removable = models.filter((model) => {
    const isLast = models.filter(({ kind }) => kind === model.kind).length === 1;
    return !isLast && (model.kind !== "Workflow" || mailsIn(models, model.id).length === 0);
  });
  if (removable.length === 0) return models;
  const chosen = prng.pick(removable);
  return models.filter((model) => model !== chosen);
}

/** The model with one thing in it different. */
export function editModel(prng: Prng, model: Model): Model {
  switch (model.kind) {
    case "Flow":
      return editFlow(prng, model);
    case "Workflow":
      return editWorkflow(prng, model);
    case "EmailNode":
      return editMail(prng, model);
    case "Webhook":
      return editWebhook(prng, model);
  }
}

function editFlow(prng: Prng, flow: FlowModel): FlowModel {
  const { queues } = flow;
  const last = queues.at(-1)?.number ?? 0;
  const added = { number: last + 1, skill: "New", priority: 1, language: null, next: null };
  const edits: (readonly [number, () => FlowModel])[] = [
    // From a small set, so that a title also comes back to what it was.
    [2, () => ({ ...flow, title: another(prng, ["Menu A", "Menu B", "Menu C"], flow.title) })],
    [2, () => ({ ...flow, prompt: `Hello ${prng.word()}` })],
    [1, () => ({ ...flow, holdsSecret: true, prompt: `Hello ${prng.word()}` })],
  ];
  if (queues.length < 7) edits.push([3, () => ({ ...flow, queues: [...queues, added] })]);
  if (queues.length > 0) edits.push([3, () => ({ ...flow, queues: editQueue(prng, queues) })]);
  if (queues.length > 1) edits.push([2, () => ({ ...flow, queues: withoutQueue(prng, queues) })]);
  return prng.weighted(edits)();
}

function editQueue(prng: Prng, queues: readonly Queue[]): readonly Queue[] {
  const chosen = prng.pick(queues);
  const later = queues.map(({ number }) => number).filter((number) => number > chosen.number);
  const edited = prng.weighted<() => Queue>([
    [2, () => ({ ...chosen, priority: another(prng, [1, 2, 3], chosen.priority) })],
    [2, () => ({ ...chosen, language: another(prng, LANGUAGES, chosen.language) })],
    [2, () => ({ ...chosen, next: prng.pick([null, ...later]), skill: prng.word() })],
  ])();
  return queues.map((queue) => (queue === chosen ? edited : queue));
}

/** Whoever led to it leads to the end. */
function withoutQueue(prng: Prng, queues: readonly Queue[]): readonly Queue[] {
  const { number: gone } = prng.pick(queues);
  return queues
    .filter(({ number }) => number !== gone)
    .map((queue) => (queue.next === gone ? { ...queue, next: null } : queue));
}

function editWorkflow(prng: Prng, workflow: WorkflowModel): WorkflowModel {
  const { steps } = workflow;
  const [first, ...rest] = steps;
  const added = { number: (steps.at(-1)?.number ?? 0) + 1, seconds: prng.int(1, 900) };
  const edits: (readonly [number, () => WorkflowModel])[] = [
    [2, () => ({ ...workflow, title: another(prng, ["Visits A", "Visits B", "Visits C"], workflow.title) })],
    [2, () => ({ ...workflow, steps: [...steps, added] })],
  ];
  if (first !== undefined) {
    edits.push([2, () => ({ ...workflow, steps: [{ ...first, seconds: first.seconds + prng.int(1, 9) }, ...rest] })]);
    edits.push([1, () => ({ ...workflow, steps: rest })]);
  }
  return prng.weighted(edits)();
}

function editMail(prng: Prng, mail: MailModel): MailModel {
  const { attachments } = mail;
  const file = prng.pick(ATTACHMENTS);
  const toggled = attachments?.includes(file)
    ? attachments.filter((one) => one !== file)
    : [...(attachments ?? []), file];
  return prng.weighted<() => MailModel>([
    [3, () => ({ ...mail, template: another(prng, TEMPLATES, mail.template) })],
    [2, () => ({ ...mail, variables: { ...mail.variables, more: `$workflow.${prng.word()}` } })],
    [2, () => ({ ...mail, attachments: toggled })],
    [2, () => ({ ...mail, trackOpens: !mail.trackOpens })],
    [1, () => ({ ...mail, deliveryMode: another(prng, ["standard", "digest", "urgent"], mail.deliveryMode) })],
    [1, () => ({ ...mail, trackOpens: !mail.trackOpens, ownsAfter: !mail.ownsAfter })],
    [1, () => ({ ...mail, trackOpens: !mail.trackOpens, ownsBefore: !mail.ownsBefore })],
  ])();
}

/** A webhook never comes back to what it was: nothing tells a repeated write from a doubled one there. */
function editWebhook(prng: Prng, webhook: WebhookModel): WebhookModel {
  return prng.weighted<() => WebhookModel>([
    [2, () => ({ ...webhook, url: `http://127.0.0.1:9/${prng.word()}` })],
    [1, () => ({ ...webhook, events: prng.chance(0.5) ? EVENTS : [prng.pick(EVENTS)], team: prng.word() })],
    [1, () => ({ ...webhook, enabled: !webhook.enabled, team: prng.word() })],
    [1, () => ({ ...webhook, team: prng.word() })],
  ])();
}

function another<T>(prng: Prng, choices: readonly T[], old: T): T {
  return prng.pick(choices.filter((choice) => choice !== old));
}
