import { type Observation, observe, readOf } from "../engine/observe.ts";
import { findOrphans } from "../engine/orphans.ts";
import { makePlan } from "../engine/plan.ts";
import { learnMaskedPlaces, learnReplacedSecrets } from "../engine/replaced-secrets.ts";
import { groupIntoUnits, membersOf, siblingsOf, type Unit } from "../engine/units.ts";
import type { Resource } from "../kinds/kind.ts";
import { KINDS } from "../kinds/registry.ts";
import { hasErrors } from "../model/finding.ts";
import { refKey } from "../model/live.ts";
import type { Plan } from "../model/plan.ts";
import type { ReconcilePolicy } from "../model/policy.ts";
import type { Secrets } from "../model/secrets.ts";
import { readHold } from "./holding.ts";
import type { GuardOptions } from "./options.ts";
import { openProgress } from "./outside/progress.ts";
import { type Session, whileStoppable } from "./session.ts";
import { type Memory, recall } from "./trail/memory.ts";
import { loadDesired, validateDesired } from "./workspace.ts";

/** A plan, and what applying it needs. */
export interface Planned {
  readonly plan: Plan;
  readonly units: readonly Unit[];
  readonly observation: Observation;
  readonly memory: Memory;
}

/** Flags that change what a plan says. */
export interface PlanningOptions extends GuardOptions {
  readonly prune?: boolean;
  /** What a scheduled run may do; without it nothing is held back. */
  readonly policy?: ReconcilePolicy;
}

export const KIND_ORDER: readonly string[] = KINDS.map((kind) => kind.name);

/**
 * Plans one tenant: the trail's memory, manifests, validation, live, plan. With errors in the manifests nothing is read from the
 * tenant, and the plan holds findings only.
 */
export async function planTenant(session: Session, options: PlanningOptions): Promise<Planned> {
  const { io, config, tenant } = session;
  const memory = await recall(session);
  const desired = await loadDesired(session);
  const { resources, findings } = validateDesired(session, desired, tenant, memory.lastApplied);
  const isSound = !hasErrors(findings);
  const units = isSound ? groupMembers(resources, memory.resources) : [];
  const observation = await observeUnits(session, units, memory);
  const plan = makePlan({
    tenant: tenant.name,
    revision: desired.revision,
    units,
    observation,
    findings,
    severities: config.rules,
    secrets: io.secrets,
    guard: guardFor(session, options),
    prune: options.prune ?? false,
    keptByDocument: memory.keptByDocument,
    lastApplied: memory.applied,
    ...(options.policy && { hold: await readHold(session, options.policy) }),
  });
  session.report.planned(plan);
  return { plan, units, observation, memory };
}

/** What manifests ask for and what is leaving, by document. `managed` is what the trail shows that we manage. */
export function groupMembers(resources: readonly Resource[], managed: readonly Resource[]): readonly Unit[] {
  return groupIntoUnits(resources, KIND_ORDER, findOrphans(managed, resources));
}

/** Reads what the units need, and learns which of what was read must not be shown. */
export async function observeUnits(
  session: Session,
  units: readonly Unit[],
  { justWritten, resources, keptByDocument }: Memory,
): Promise<Observation> {
  const { io, clock, tenant, connection } = session;
  const progress = openProgress(io, "reading");
  const windowMs = tenant.consistencyWindowMs;
  const options = { store: connection.store, clock, windowMs, justWritten, onRead: progress.step };
  const observation = await whileStoppable(session, () => observe(units, options)).finally(progress.end);
  // The manifests of before know of secrets that have left the manifests of now, and still stand live.
  for (const one of [...units, ...groupIntoUnits(resources, KIND_ORDER)]) learnFrom(one, observation, io.secrets);
  for (const { ref } of units) {
    const read = readOf(observation, ref);
    const learning = { secrets: io.secrets, document: refKey(ref) };
    if (read.state === "present") learnMaskedPlaces(keptByDocument.get(refKey(ref)), read.document, learning);
  }
  return observation;
}

function learnFrom(unit: Unit, observation: Observation, secrets: Secrets): void {
  const read = readOf(observation, unit.ref);
  if (read.state !== "present") return;
  for (const resource of membersOf(unit)) {
    learnReplacedSecrets(resource, siblingsOf(unit, resource), read.document, secrets);
  }
}

export function guardFor({ tenant }: Session, { allowLargeChange = false, allowProtected = false }: GuardOptions) {
  return { ...tenant.guard, allowLargeChange, allowProtected };
}
