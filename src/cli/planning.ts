import { isUnrecorded } from "../engine/adopt.ts";
import { Lessons } from "../engine/lessons.ts";
import { type Observation, type ObserveOptions, observe, observeEach, type ReadOf, readOf } from "../engine/observe.ts";
import { findOrphans } from "../engine/orphans.ts";
import { makePlan } from "../engine/plan.ts";
import { type PlannedUnit, type PlanUnitOptions, planUnit } from "../engine/plan-unit.ts";
import { groupIntoUnits, type Unit } from "../engine/units.ts";
import { GitopsError } from "../errors.ts";
import type { Resource } from "../kinds/kind.ts";
import { KIND_ORDER } from "../kinds/registry.ts";
import { hasErrors } from "../model/finding.ts";
import { type DocumentRef, refKey } from "../model/live.ts";
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
    ...(scope.spared && { spared: scope.spared }),
  };
  const reader = withAbsences(session, scope.absent);
  const reading = { memory, described: resources, teachers: scope.teachers };
  const { observation, planned } = await planAsRead(reader, units, reading, { ...input, recording: options.recording });
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

/** Against what live documents are held, to learn what in them is secret. */
interface Reading {
  readonly memory: Memory;
  /** Everything that the manifests describe. Without it, nothing that is read may be kept for later runs. */
  readonly described?: readonly Resource[];
  /** Documents that are read for what they teach alone. */
  readonly teachers?: readonly Unit[] | undefined;
}

/** Reads what the units need, and learns which of what was read must not be shown. */
export async function observeUnits(session: Session, units: readonly Unit[], reading: Reading): Promise<Observation> {
  const { memory } = reading;
  const observation = await readUnits(session, memory, (options) => observe(units, options));
  const lessons = lessonsFor(session, reading);
  for (const unit of units) {
    const read = readOf(observation, unit.ref);
    await memory.documents.meet(unit.ref, read);
    if (read.state === "present") lessons.gather(unit, read.document);
    if (read.state === "unknown") lessons.miss();
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
  reading: Reading,
  { recording, ...options }: PlanUnitOptions & { readonly recording: PlanningOptions["recording"] },
): Promise<{ readonly observation: Observation; readonly planned: ReadonlyMap<Unit, PlannedUnit> }> {
  const { memory, teachers = [] } = reading;
  const planned = new Map<Unit, PlannedUnit>();
  const lessons = lessonsFor(session, reading);
  const isToRecord = (unit: Unit) =>
    recording !== undefined && unit.resources.some((one) => isUnrecorded(one, { ...memory, ...recording }));
  let untaught: Untaught | undefined;
  const learnFrom = new Map(teachers.map((unit) => [refKey(unit.ref), unit]));
  const look = async (unit: Unit, readOne: ReadOf) => {
    const read = readOne(unit.ref);
    await memory.documents.meet(unit.ref, read);
    if (read.state === "unknown") lessons.miss();
    const teacher = learnFrom.get(refKey(unit.ref));
    if (teacher !== undefined) {
      if (read.state === "present") lessons.gather(teacher, read.document);
      if (read.state === "unknown") untaught ??= { ref: unit.ref, reason: read.reason };
      memory.documents.forget(unit.ref);
      return "forget";
    }
    const one = planUnit(unit, readOne, options);
    planned.set(unit, one);
    if (read.state === "present") lessons.gather(unit, read.document, one.replaced);
    gatherNamed(unit, readOne, lessons);
    if (!staysAsItIs(unit, one) || isToRecord(unit)) return "keep";
    memory.documents.forget(unit.ref);
    return "forget";
  };
  const observation = await readUnits(session, memory, (observing) =>
    observeEach([...units, ...teachers.map(alone)], { ...observing, ahead: readAhead(session) }, look),
  );
  if (untaught !== undefined && !session.giveUp.signal.aborted) throw untaughtBy(untaught);
  lessons.learn(inOneOrder([...units, ...teachers]), session.io.secrets);
  return { observation, planned };
}

/** A document that was to tell what to mask, and why it did not. */
interface Untaught {
  readonly ref: DocumentRef;
  readonly reason: string;
}

/** What a narrow run cannot judge it neither shows nor records. */
function untaughtBy({ ref, reason }: Untaught): GitopsError {
  const message = `${ref.type} "${ref.id}" could not be read, which tells what to mask: ${reason}`;
  return new GitopsError("plan/untaught", message, { hint: "Mend that, and run again." });
}

/** The document without what its resources refer to. */
function alone(unit: Unit): Unit {
  return { ...unit, resources: [], leaving: [] };
}

/** What is learnt hangs on the order: a narrow run learns in that of a run about everything. */
function inOneOrder(units: readonly Unit[]): readonly Unit[] {
  const [resources, leaving] = [units.flatMap((unit) => unit.resources), units.flatMap((unit) => unit.leaving)];
  return groupIntoUnits(resources, KIND_ORDER, leaving);
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

function gatherNamed({ resources }: Unit, readOne: ReadOf, lessons: Lessons): void {
  for (const { ref } of resources.flatMap(({ references }) => references)) {
    const read = readOne(ref);
    if (read.state === "present") lessons.gatherNamed(ref, read.document);
  }
}

function lessonsFor({ beginKeeping }: Session, { memory, described }: Reading): Lessons {
  const { resources, keptByDocument } = memory;
  const remembered = groupIntoUnits(resources, KIND_ORDER);
  return new Lessons({ remembered, keptByDocument, described, keeping: beginKeeping() });
}

export function guardFor({ tenant }: Session, { allowLargeChange = false, allowProtected = false }: GuardOptions) {
  return { ...tenant.guard, allowLargeChange, allowProtected };
}
