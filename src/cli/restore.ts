import { type Observation, readOf } from "../engine/observe.ts";
import { makePlan } from "../engine/plan.ts";
import { learnReplacedSecrets } from "../engine/replaced-secrets.ts";
import { findVital, refuseEdits, refuseInhabited } from "../engine/restore-refusals.ts";
import { findLeftOut, findUnknown, type Restoration, restoredResource, wasCreated } from "../engine/restored.ts";
import { groupIntoUnits, type Unit } from "../engine/units.ts";
import { EXIT, type ExitCode, GitopsError } from "../errors.ts";
import { KIND_ORDER } from "../kinds/registry.ts";
import type { JsonObject } from "../model/json.ts";
import type { DocumentRef } from "../model/live.ts";
import { hasChanges, type Plan } from "../model/plan.ts";
import { showAndWrite } from "./apply.ts";
import type { CommonOptions, GuardOptions } from "./options.ts";
import type { Io } from "./outside/io.ts";
import type { Stopping } from "./outside/stopping.ts";
import { guardFor, observeUnits, type Planned } from "./planning.ts";
import { type Described, describeRestorations, forTenantOfRun } from "./restorations.ts";
import { type WritingSession, withWritableTenant } from "./session.ts";
import { printResult } from "./tenants/tenant-result.ts";
import { recall } from "./trail/memory.ts";
import { settleEarlierRuns } from "./trail/recover.ts";
import { openWorkspace } from "./workspace.ts";

export interface RestoreOptions extends CommonOptions, GuardOptions {
  readonly autoApprove?: boolean;
  readonly prune?: boolean;
  readonly overwrite?: boolean;
}

const REVERT_AS_WELL =
  "git still asks for what that run applied: revert the commit as well, or the next apply brings it back\n";

/**
 * Puts back what a run replaced: plans, asks, writes, and leaves a trail of its own. What could not be put back, because it was secret and so
 * not kept, is said, and makes the exit code 4.
 */
export async function runRestore(io: Io, run: string, options: RestoreOptions, stopping: Stopping): Promise<ExitCode> {
  const workspace = await forTenantOfRun(await openWorkspace(io, options, { needCredentials: true, stopping }), run);
  return withWritableTenant(workspace, async (session) => {
    const trailHead = await settleEarlierRuns(session);
    let isWhole = true;
    const replan = async () => {
      const planned = await planRestore(session, run, options);
      isWhole = planned.isWhole;
      return planned;
    };
    const planned = await replan();
    const isExact = options.autoApprove !== true;
    const request = { planned, trailHead, replan, adopt: false, isExact, onOwnedEdit: "stop" } as const;
    if (planned.plan.changes.length === 0) {
      io.say(`run ${run} wrote nothing that could be put back; \`audit show ${run}\` says what became of it\n`);
    }
    const result = await showAndWrite(session, options, { ...request, restores: run });
    const code = await printResult(session, result);
    if (code === EXIT.ok && hasChanges(planned.plan)) io.say(REVERT_AS_WELL);
    return code === EXIT.ok && !isWhole ? EXIT.partial : code;
  });
}

interface PlannedRestore extends Planned {
  /** False when something that the run replaced does not come back. */
  readonly isWhole: boolean;
}

/** A plan that puts a run back. Throws `audit/not-found` and `restore/impossible`. */
async function planRestore(session: WritingSession, run: string, options: RestoreOptions): Promise<PlannedRestore> {
  const { io, config, tenant } = session;
  const memory = await recall(session);
  const restorations = await describeRestorations(session, run, options, memory);
  const observation = await observeUnits(session, groupRestored(restorations, new Map()), { memory });
  for (const restoration of restorations) learnFrom(session, restoration, observation);
  const isWhole = !tellLeftOut(session, restorations, observation);
  const units = groupRestored(restorations, observation);
  const plan = makePlan({
    tenant: tenant.name,
    revision: null,
    units,
    observation,
    findings: [],
    severities: config.rules,
    secrets: io.secrets,
    // All of it is one run's doing, which a guard let pass once.
    guard: { ...guardFor(session, options), allowLargeChange: true, allowEmpty: true },
    prune: options.prune ?? false,
    leavingNote: `created by run ${run}; --prune deletes it`,
    refusals: [
      ...(options.prune === true ? refuseInhabited(restorations, memory.resources) : []),
      ...(options.overwrite === true ? [] : refuseEdits(restorations, observation)),
    ],
  });
  refuseLooseEnds(plan);
  return { plan, units, observation, memory, isWhole };
}

/** What a run replaced may lead to what a later run has taken away. Throws `restore/impossible`. */
function refuseLooseEnds({ findings }: Plan): void {
  const loose = findings.find(({ rule, severity }) => rule === "workflow/unknown-node" && severity === "error");
  if (loose === undefined) return;
  const message = `the run cannot be put back by itself: ${loose.message}`;
  const hint = "Where a later run has taken that node away, restore that run first: `cxone-gitops audit log --runs`.";
  throw new GitopsError("restore/impossible", message, { hint });
}

function groupRestored(restorations: readonly Restoration[], observation: Observation): readonly Unit[] {
  const restore = (restoration: Restoration) =>
    restoredResource(restoration, documentIn(observation, restoration.resource.target));
  const [created, changed] = [restorations.filter(wasCreated), restorations.filter((one) => !wasCreated(one))];
  return groupIntoUnits(changed.map(restore), KIND_ORDER, created.map(restore));
}

/**
 * Says what does not come back, because it was secret, and returns whether any of it is the run's doing. Throws `restore/impossible` where
 * that is vital.
 */
function tellLeftOut({ io }: WritingSession, restorations: readonly Described[], observation: Observation): boolean {
  let isAnyLost = false;
  for (const restoration of restorations) {
    const { kind, name, target } = restoration.resource;
    const live = documentIn(observation, target);
    const leftOut = findLeftOut(restoration, live);
    const vital = findVital(leftOut);
    if (vital !== undefined) {
      const message = `${kind} "${name}" cannot be put back: ${vital} held a secret, which was not kept`;
      throw new GitopsError("restore/impossible", message, { hint: "Put its manifest back in git, and apply that." });
    }
    if (leftOut.length > 0) io.say(`${kind} ${name} goes back without what was secret in it: ${leftOut.join(", ")}\n`);
    const unknown = findUnknown(restoration, live).filter((path) => !leftOut.includes(path));
    if (unknown.length > 0)
      io.say(`${kind} ${name}: not kept, because it was secret, and stays as it is live: ${unknown.join(", ")}\n`);
    // A secret that the run did not touch is as the run found it.
    if (leftOut.length > 0 || (restoration.replacedSecret && unknown.length > 0)) isAnyLost = true;
  }
  return isAnyLost;
}

function learnFrom({ io }: WritingSession, { resource, siblings }: Restoration, observation: Observation): void {
  const document = documentIn(observation, resource.target);
  if (document !== undefined) learnReplacedSecrets(resource, siblings, document, io.secrets);
}

function documentIn(observation: Observation, ref: DocumentRef): JsonObject | undefined {
  const read = readOf(observation, ref);
  return read.state === "present" ? read.document : undefined;
}
