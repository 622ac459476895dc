import type { Trail, TrailRecord } from "../engine/ports.ts";
import type { RunIdentity } from "../engine/recorder.ts";
import { subjectOf } from "../engine/resource-identity.ts";
import { EXIT, type ExitCode, type GitopsError } from "../errors.ts";
import type { Outcome } from "../model/outcome.ts";
import type { Plan } from "../model/plan.ts";
import { asFailure } from "./failure.ts";
import type { Metrics } from "./metrics/metrics.ts";
import type { Workspace } from "./workspace.ts";

/** What a run came to for one tenant, for those who are told of it afterwards. Noting it must not change the run. */
export class RunReport {
  /** Empty until it is known. */
  tenant: string;
  /** The plan that was made last. */
  plan: Plan | undefined;
  /** undefined for a run that wrote nothing. */
  identity: RunIdentity | undefined;
  /** What the trail has of outcomes, in the order in which they came. */
  readonly records: TrailRecord[] = [];
  readonly outcomes: Outcome[] = [];
  readonly #metrics: Metrics;

  constructor(tenant: string, metrics: Metrics) {
    this.tenant = tenant;
    this.#metrics = metrics;
  }

  planned(plan: Plan): void {
    this.plan = plan;
    this.#metrics.plan(plan);
  }

  began(identity: RunIdentity, plan: Plan): void {
    this.identity = identity;
    this.plan = plan;
  }

  settled(outcome: Outcome): void {
    this.outcomes.push(outcome);
    this.#metrics.outcome(this.tenant, outcome);
  }

  /** The plan without what has been done of it; undefined when nothing was planned. */
  remaining(): Plan | undefined {
    if (this.plan === undefined) return undefined;
    const done = new Set(this.outcomes.filter(isDone).map(subjectOf));
    return { ...this.plan, changes: this.plan.changes.filter((change) => !done.has(subjectOf(change))) };
  }

  /** The trail, overheard: an entry is noted once it is on disk. */
  listen(trail: Trail): Trail {
    return {
      keep: (document) => trail.keep(document),
      append: async (records) => {
        await trail.append(records);
        for (const record of records.filter(({ type }) => type === "outcome")) {
          this.records.push(record);
          this.#metrics.write(this.tenant, record);
        }
      },
    };
  }
}

/** How a run ended. */
export interface RunEnd {
  readonly code: ExitCode;
  /** What ended it early. */
  readonly failure?: GitopsError;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Does a command's work for one tenant, and tells metrics and receivers of notifications how it ended, whichever way it did. */
export async function reportRun<T>(workspace: Workspace, work: (report: RunReport) => Promise<T>): Promise<T> {
  const { io, options, clock } = workspace;
  const report = new RunReport(options.tenant ?? "", io.metrics);
  const startedAt = clock.now();
  const end = (how: Pick<RunEnd, "code" | "failure">) => {
    const { commandName: command, metrics, background } = io;
    const ended = { ...how, startedAt, endedAt: clock.now() };
    const remaining = report.remaining();
    if (remaining !== undefined) metrics.plan(remaining);
    metrics.run({ tenant: report.tenant, command, ...ended });
    background.run(announceLater(workspace, report, ended));
  };
  try {
    const result = await work(report);
    end({ code: codeOf(result) });
    return result;
  } catch (thrown) {
    const failure = asFailure(thrown);
    end({ code: failure.exitCode, failure });
    throw thrown;
  }
}

/** Commands whose runs others are told of. Whoever only plans or draws looks at the result himself. */
const ANNOUNCED: readonly string[] = ["apply", "reconcile", "restore", "drift"];

/** What it takes to send is loaded by who has somebody to send to. */
async function announceLater(workspace: Workspace, report: RunReport, ended: RunEnd): Promise<void> {
  const { io, config } = workspace;
  if (!ANNOUNCED.includes(io.commandName) || !config.notifications.isAnyFor(report.tenant)) return;
  const { announceRun } = await import("./announce.ts");
  await announceRun(workspace, report, ended);
}

function isDone({ outcome }: Outcome): boolean {
  return outcome === "done" || outcome === "already-done";
}

/** What a command's work comes to says how it ended, or is the exit code itself; where it is neither, nothing was amiss. */
function codeOf(result: unknown): ExitCode {
  const code = typeof result === "object" && result !== null && "code" in result ? result.code : result;
  return Object.values(EXIT).find((known) => known === code) ?? EXIT.ok;
}
