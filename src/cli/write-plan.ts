import { randomBytes } from "node:crypto";
import type { HeldLock } from "../audit/lock.ts";
import { findUnrecorded } from "../engine/adopt.ts";
import { applyPlan } from "../engine/apply.ts";
import { bindPlan, findMoved } from "../engine/bindings.ts";
import { Recorder, type RunIdentity } from "../engine/recorder.ts";
import type { WriteContext } from "../engine/write-context.ts";
import type { Outcome } from "../model/outcome.ts";
import { hasChanges, isBlocked, isRefused, type Plan } from "../model/plan.ts";
import { identifyActor } from "./outside/actor.ts";
import { openProgress } from "./outside/progress.ts";
import type { Planned } from "./planning.ts";
import { StalePlanError } from "./saved-plans/stale-plan.ts";
import type { WritingSession } from "./session.ts";
import { closeUnfinished } from "./trail/recover.ts";
import { withRunLock } from "./trail/run-lock.ts";
import { checkTrail } from "./trail/trail-check.ts";

/** A plan that may be written, and how. */
export interface WriteRequest {
  readonly planned: Planned;
  /** The trail's head when the plan was made: another one means that another run has written since. */
  readonly trailHead: string;
  readonly replan: () => Promise<Planned>;
  /** A person, or a file, approved exactly this plan; nothing else may be written instead. */
  readonly isExact: boolean;
  readonly adopt: boolean;
  readonly onOwnedEdit: WriteContext["onOwnedEdit"];
  /** The run that is put back, null for none. */
  readonly restores: string | null;
  /** The plan that is written instead of the one that was overtaken, before anything of it is sent. */
  readonly onPlannedAnew?: (plan: Plan) => void;
  readonly onRun?: (run: string) => void;
  readonly onOutcome?: (outcome: Outcome) => void;
}

export interface Written {
  /** null when there was nothing to write after all. */
  readonly run: string | null;
  readonly plan: Plan;
  readonly outcomes: readonly Outcome[];
  /** `kind/name` of what the trail has learnt without a write. */
  readonly recorded: readonly string[];
}

/**
 * Writes a plan: one run at a time for a tenant and its trail, and only on a trail that verifies. When another run has written
 * since the plan was made, it is made anew; throws `plan/stale` when that does something else than what was approved.
 */
export async function writePlan(session: WritingSession, request: WriteRequest): Promise<Written> {
  return withRunLock(session, async (lock) => {
    const isOvertaken = (await checkTrail(session)) !== request.trailHead;
    const planned = isOvertaken ? await planAnew(session, request) : request.planned;
    if (isOvertaken) request.onPlannedAnew?.(planned.plan);
    return writeNow(session, request, planned, lock);
  });
}

async function planAnew(session: WritingSession, { planned, replan, isExact }: WriteRequest): Promise<Planned> {
  await closeUnfinished(session);
  const anew = await replan();
  if (!isExact) return anew;
  const { secrets } = session.io;
  const [approved, now] = [planned, anew].map((one) => bindPlan({ ...one, secrets, key: "" }));
  const moved = findMoved(approved ?? [], now ?? []);
  if (moved.length > 0) throw new StalePlanError(moved);
  return anew;
}

async function writeNow(
  session: WritingSession,
  request: WriteRequest,
  planned: Planned,
  lock: HeldLock,
): Promise<Written> {
  const { plan } = planned;
  const nothing: Written = { run: null, plan, outcomes: [], recorded: [] };
  if (isBlocked(plan) || isRefused(plan)) return nothing;
  const unrecorded = findUnrecordedIn(planned, request);
  if (!hasChanges(plan) && unrecorded.length === 0) return nothing;
  const identity = await identifyRun(session, plan, request.restores);
  const { io, clock, trail } = session;
  request.onRun?.(identity.run);
  session.report.began(identity, plan);
  await new Recorder({ trail, clock, identity, secrets: io.secrets }).recordKnown(unrecorded);
  const outcomes = await carryOut(session, request, planned, identity, lock);
  return {
    run: identity.run,
    plan,
    outcomes,
    recorded: unrecorded.map(({ resource }) => `${resource.kind}/${resource.name}`),
  };
}

/** What the trail would learn from a run that writes nothing else. One that restores has old manifests to tell of, and so none. */
export function findUnrecordedIn(
  { plan, units, observation, memory }: Planned,
  { adopt, restores }: Pick<WriteRequest, "adopt" | "restores">,
) {
  if (restores !== null) return [];
  const { manifestByIdentity, keptByDocument } = memory;
  return findUnrecorded({ plan, units, observation, manifestByIdentity, keptByDocument, adopt });
}

async function carryOut(
  { io, clock, config, stopping, tenant, connection, trail, report }: WritingSession,
  { onOwnedEdit, onOutcome }: WriteRequest,
  { plan, units, observation }: Planned,
  identity: RunIdentity,
  lock: HeldLock,
): Promise<readonly Outcome[]> {
  const progress = openProgress(io, "applying");
  const { create, update, delete: remove } = plan.summary;
  let done = 0;
  return applyPlan({
    plan,
    units,
    observation,
    store: connection.store,
    trail: report.listen(trail),
    clock,
    identity,
    secrets: io.secrets,
    severities: config.rules,
    onOwnedEdit,
    mayWrite: () => lock.isHeld(),
    consistencyWindowMs: tenant.consistencyWindowMs,
    backoffMs: tenant.retry.baseMs,
    concurrency: inHand(tenant.limits),
    stop: stopping.soft,
    onOutcome(outcome) {
      done += 1;
      progress.step(done, create + update + remove);
      report.settled(outcome);
      onOutcome?.(outcome);
    },
  }).finally(progress.end);
}

/** How long the trail may take to put a document's intent or outcome on disk, with others in the same queue; milliseconds. */
const TRAIL_MS = 200;

/**
 * How many documents are written side by side: as many as there may be requests under way, and those for which the trail is being written
 * meanwhile, or the quota would lie idle. No more, because what is begun is finished when the run is asked to stop; and where only one request
 * may be under way, one document after the other.
 */
function inHand({ concurrency, requestsPerSecond }: WritingSession["tenant"]["limits"]): number {
  return concurrency + Math.min(concurrency - 1, Math.ceil((requestsPerSecond * TRAIL_MS) / 1000));
}

/** Who this run is, for the trail. */
async function identifyRun(
  { io, config, clock }: WritingSession,
  plan: Plan,
  restores: string | null,
): Promise<RunIdentity> {
  const { actor, commit, pullRequest } = await identifyActor(io, config.directory);
  const started = new Date(clock.now()).toISOString().replace(/[-:]|\.\d+/g, "");
  const run = `${started}-${randomBytes(4).toString("hex")}`;
  return { run, tenant: plan.tenant, actor, commit: plan.revision ?? commit, pullRequest, restores };
}
