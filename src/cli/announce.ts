/** Tells those who want to know what a run came to. Whatever goes wrong here is a warning: the run is over, and stays what it was. */
import { subjectOf } from "../engine/resource-identity.ts";
import { messageOf } from "../errors.ts";
import { deliver } from "../notify/deliver.ts";
import { makeNotifications, showsNoEdits } from "../notify/make-notifications.ts";
import type { RunFacts } from "../notify/run-facts.ts";
import { resultOf } from "./metrics/metrics.ts";
import { identifyActor } from "./outside/actor.ts";
import { openClock } from "./outside/clock.ts";
import { readVersion } from "./package-files.ts";
import type { RunEnd, RunReport } from "./run-report.ts";
import type { Workspace } from "./workspace.ts";

/** Never throws. */
export async function announceRun(workspace: Workspace, report: RunReport, ended: RunEnd): Promise<void> {
  try {
    await announce(workspace, report, ended);
  } catch (thrown) {
    workspace.io.say(`nobody was notified of this run: ${messageOf(thrown)}\n`);
  }
}

async function announce(workspace: Workspace, report: RunReport, ended: RunEnd): Promise<void> {
  const { io, config, options } = workspace;
  const facts = await gatherFacts(workspace, report, ended);
  const made = makeNotifications(facts);
  const { told } = io.background;
  if (showsNoEdits(facts)) told.forget(report.tenant);
  const notifications = options.notify === false ? made.filter(({ type }) => type !== "drift.found") : made;
  if (notifications.length === 0) return;
  const undelivered = await deliver({
    receivers: await config.notifications.resolveReceivers(report.tenant),
    notifications,
    told,
    clock: openClock(io.background.stop),
    stop: io.background.stop,
    mask: (text) => io.secrets.mask(text),
    userAgent: `cxone-gitops/${readVersion()}`,
    onResult: (type, result) => io.metrics.notification(report.tenant, type, result),
  });
  for (const { host, failed, of, why } of undelivered) {
    const what = of === 1 ? "the notification" : `${failed} of ${of} notifications`;
    io.say(`${host} did not take ${what}: ${why}\n`);
  }
}

async function gatherFacts({ io, config }: Workspace, report: RunReport, ended: RunEnd): Promise<RunFacts> {
  const { tenant, plan, identity, outcomes, records } = report;
  const { actor, commit, pullRequest } = identity ?? (await identifyActor(io, config.directory));
  const latencies = new Map(records.map((record) => [subjectOf(record), record.latency_ms]));
  const { failure } = ended;
  return {
    tenant,
    command: io.commandName,
    run: identity?.run ?? null,
    actor,
    commit: identity?.commit ?? plan?.revision ?? commit,
    pullRequest,
    startedAt: new Date(ended.startedAt).toISOString(),
    endedAt: new Date(ended.endedAt).toISOString(),
    result: resultOf(ended.code),
    failure: failure === undefined ? null : { code: failure.code, message: failure.message },
    plan,
    outcomes: outcomes.map((outcome) => ({ ...outcome, latency_ms: latencies.get(subjectOf(outcome)) ?? null })),
  };
}
