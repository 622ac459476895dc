import { isUnrecorded } from "../engine/adopt.ts";
import { Lessons } from "../engine/lessons.ts";
import { type Observation, type ObserveOptions, observe, observeEach, type ReadOf, readOf } from "../engine/observe.ts";
import { findOrphans } from "../engine/orphans.ts";
import { makePlan } from "../engine/plan.ts";
import { type PlannedUnit, type PlanUnitOptions, planUnit } from "../engine/plan-unit.ts";
import { groupIntoUnits, type Unit } from "../engine/units.ts";
import type { Resource } from "../kinds/kind.ts";
import { KIND_ORDER } from "../kinds/registry.ts";
import { hasErrors } from "../model/finding.ts";
import type { Plan } from "../model/plan.ts";
import type { ReconcilePolicy } from "../model/policy.ts";
import { readHold } from "./holding.ts";
import { withAbsences } from "./narrowing/missing.ts";
import type { NarrowingOptions } from "./narrowing/narrowing-options.ts";
import { chooseScope, type Scope } from "./narrowing/scope.ts";
import type { GuardOptions } from "./options.ts";
import { openProgress } from "./outside/progress.ts";
import { type Session, whileStoppable } from "./session.ts";
import { beginRecall, type Memory } from "./trail/memory.ts";
import { loadDesired, validateDesired } from "./workspace.ts";

/** A plan, and what applying it needs. */
export interface Planned {
  readonly plan: Plan;
  readonly units: readonly Unit[];
  /** What was read, but of documents that stay as they are and of which the trail has nothing to learn. */
  readonly observation: Observation;
  readonly memory: Memory;
}

/** Flags that change what a plan says. */
export interface PlanningOptions extends GuardOptions, NarrowingOptions {
  readonly prune?: boolean;
  /** What a scheduled run may do; without it nothing is held back. */
  readonly policy?: ReconcilePolicy;
  /** What the trail is to learn without a write, when the plan is applied. A plan that is only shown teaches it nothing. */
  readonly recording?: { readonly adopt: boolean };
}

/**
 * Plans one tenant: the trail's memory, manifests, validation, live, plan. With errors in the manifests nothing is read from the
 * tenant, and the plan holds findings only.
 */
export async function planTenant(session: Session, options: PlanningOptions): Promise<Planned> {
  const { io, config, tenant } = session;
  const { lastApplied, remember } = await beginRecall(session);
  const desired = await loadDesired(session);
  const { resources, findings } = validateDesired(session, desired, tenant, lastApplied);
  const memory = await remember(resources);
  const scope: Scope = hasErrors(findings)
    ? { resources: [], leaving: [], findings }
    : await chooseScope(session, { desired, resources, findings, memory }, options);
  const units = groupIntoUnits(scope.resources, KIND_ORDER, scope.leaving);
  const input = {
    prune: options.prune ?? false,
    keptByDocument: memory.keptByDocument,
    lastApplied: memory.applied,
  };
  const reader = withAbsences(session, scope.absent);
  const { observation, planned } = await planAsRead(reader, units, memory, { ...input, recording: options.recording });
  const plan = makePlan({
    ...input,
    ...scope,
    tenant: tenant.name,
    revision: desired.revision,
    units,
    observation,
    planned,
    severities: config.rules,
    secrets: io.secrets,
    guard: guardFor(session, options),
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
export async function observeUnits(session: Session, units: readonly Unit[], memory: Memory): Promise<Observation> {
  const observation = await readUnits(session, memory, (options) => observe(units, options));
  const lessons = lessonsFor(memory);
  for (const unit of units) {
    const read = readOf(observation, unit.ref);
    await memory.documents.meet(unit.ref, read);
    if (read.state === "present") lessons.gather(unit, read.document);
  }
  lessons.learn(units, session.io.secrets);
  return observation;
}

/**
 * As `observeUnits`, and plans each unit while others are still read, so that of a document that stays as it is nothing is kept but what it
 * teaches about secrets.
 */
async function planAsRead(
  session: Session,
  units: readonly Unit[],
  memory: Memory,
  { recording, ...options }: PlanUnitOptions & { readonly recording: PlanningOptions["recording"] },
): Promise<{ readonly observation: Observation; readonly planned: ReadonlyMap<Unit, PlannedUnit> }> {
  const planned = new Map<Unit, PlannedUnit>();
  const lessons = lessonsFor(memory);
  const isToRecord = (unit: Unit) =>
    recording !== undefined && unit.resources.some((one) => isUnrecorded(one, { ...memory, ...recording }));
  const look = async (unit: Unit, readOne: ReadOf) => {
    const read = readOne(unit.ref);
    await memory.documents.meet(unit.ref, read);
    const one = planUnit(unit, readOne, options);
    planned.set(unit, one);
    if (read.state === "present") lessons.gather(unit, read.document, one.replaced);
    if (!staysAsItIs(unit, one) || isToRecord(unit)) return "keep";
    memory.documents.forget(unit.ref);
    return "forget";
  };
  const observation = await readUnits(session, memory, (reading) =>
    observeEach(units, { ...reading, ahead: readAhead(session) }, look),
  );
  lessons.learn(units, session.io.secrets);
  return { observation, planned };
}

/** How many documents may wait to be compared. The tenant is asked for as many at a time as it allows, and the next ones are in the queue. */
function readAhead({ tenant }: Session): number {
  return Math.max(256, 2 * tenant.limits.concurrency);
}

function staysAsItIs(unit: Unit, { changes }: PlannedUnit): boolean {
  return unit.leaving.length === 0 && changes.every(({ change }) => change.action === "unchanged");
}

function readUnits(
  session: Session,
  { justWritten }: Memory,
  read: (options: ObserveOptions) => Promise<Observation>,
): Promise<Observation> {
  const { io, clock, tenant, connection } = session;
  const progress = openProgress(io, "reading");
  const windowMs = tenant.consistencyWindowMs;
  const options = { store: connection.store, clock, windowMs, justWritten, onRead: progress.step };
  return whileStoppable(session, () => read(options)).finally(progress.end);
}

function lessonsFor({ resources, keptByDocument }: Memory): Lessons {
  return new Lessons({ remembered: groupIntoUnits(resources, KIND_ORDER), keptByDocument });
}

export function guardFor({ tenant }: Session, { allowLargeChange = false, allowProtected = false }: GuardOptions) {
  return { ...tenant.guard, allowLargeChange, allowProtected };
}
