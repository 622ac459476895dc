import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import { EXIT, type ExitCode, isSuccess } from "../../errors.ts";
import type { ApplyOptions } from "../apply.ts";
import type { Io } from "../outside/io.ts";
import type { Stopping } from "../outside/stopping.ts";
import { openWorkspace } from "../workspace.ts";
import type { FollowState } from "./health.ts";
import { type ListenAddress, startHealthServer } from "./health-server.ts";
import { runPass } from "./pass.ts";
import { delayAfter } from "./schedule.ts";

export interface FollowOptions extends ApplyOptions {
  /** Between the end of one pass and the beginning of the next, in milliseconds. */
  readonly every: number;
  readonly listen?: ListenAddress;
}

/** What brings the next pass about before it is due. */
interface Trigger {
  /** True once for any number of times that it was pulled since. */
  take(): boolean;
  /** Is called when it is pulled. */
  onPull: () => void;
  close(): void;
}

/**
 * Reconciles again and again until it is told to stop. A pass that fails is said, counted and tried again later, after longer and longer
 * waits. SIGHUP begins a pass at once, or one more when one is under way. Throws only before the first pass: a configuration or a
 * command line that is wrong from the beginning does not mend itself.
 */
export async function runFollow(io: Io, options: FollowOptions, stopping: Stopping): Promise<ExitCode> {
  // From the beginning: without a listener the signal would end the process.
  const trigger = openTrigger();
  try {
    return await follow(io, options, stopping, trigger);
  } finally {
    trigger.close();
  }
}

async function follow(io: Io, options: FollowOptions, stopping: Stopping, trigger: Trigger): Promise<ExitCode> {
  const { log, clock } = await openWorkspace(io, options, { needCredentials: true, stopping });
  let state = beginning(options.every);
  const server =
    options.listen &&
    (await startHealthServer(options.listen, {
      state: () => state,
      metrics: () => io.metrics.text(),
      now: clock.now,
    }));
  if (server !== undefined) {
    await io.metrics.start();
    io.say(`health and metrics: ${server.url}\n`);
  }
  try {
    // What was asked for before the first pass is what that does.
    trigger.take();
    while (!stopping.soft.aborted) {
      state = { ...state, passSince: clock.now(), nextAt: null };
      const code = await runPass(io, options, stopping);
      state = afterPass(state, code, clock.now());
      if (stopping.soft.aborted) return isCut(code) ? code : EXIT.ok;
      const delayMs = delayAfter({
        intervalMs: options.every,
        failures: backingOff(state, code),
        random: clock.random,
      });
      state = { ...state, nextAt: clock.now() + delayMs };
      tell(log, state, delayMs);
      if (!trigger.take()) await sleep(delayMs, stopping.soft, trigger);
      trigger.take();
    }
    return EXIT.ok;
  } finally {
    await server?.close();
  }
}

function beginning(intervalMs: number): FollowState {
  return { intervalMs, passSince: null, nextAt: null, last: null, passes: 0, failures: 0, hasSucceeded: false };
}

function afterPass(state: FollowState, code: ExitCode, endedAt: number): FollowState {
  const hasSucceeded = isSuccess(code);
  return {
    ...state,
    passSince: null,
    last: { code, endedAt },
    passes: state.passes + 1,
    failures: hasSucceeded ? 0 : state.failures + 1,
    hasSucceeded: state.hasSucceeded || hasSucceeded,
  };
}

/** A plan that was refused waits for a commit, not for a server to recover: it is looked at as often as ever. */
function backingOff({ failures }: FollowState, code: ExitCode): number {
  return code === EXIT.refused ? 0 : failures;
}

function isCut(code: ExitCode): boolean {
  return code === EXIT.partial || code === EXIT.error;
}

function tell(log: Logger, { passes, failures, last }: FollowState, nextInMs: number): void {
  const facts = { pass: passes, exitCode: last?.code, failuresInARow: failures, nextInMs };
  if (failures > 0) log.warn(facts, "pass failed");
  else log.info(facts, "pass ended");
}

/** Ends early when the daemon is stopped or a pass is asked for. */
async function sleep(ms: number, stop: AbortSignal, trigger: Trigger): Promise<void> {
  const woken = new AbortController();
  const wake = () => woken.abort();
  trigger.onPull = wake;
  stop.addEventListener("abort", wake);
  if (stop.aborted) wake();
  await wait(ms, undefined, { signal: woken.signal }).catch(() => undefined);
  stop.removeEventListener("abort", wake);
  trigger.onPull = () => {};
}

function openTrigger(): Trigger {
  let isPulled = false;
  const onSignal = () => {
    isPulled = true;
    trigger.onPull();
  };
  const trigger: Trigger = {
    take() {
      const was = isPulled;
      isPulled = false;
      return was;
    },
    onPull: () => {},
    close: () => void process.off("SIGHUP", onSignal),
  };
  process.on("SIGHUP", onSignal);
  return trigger;
}
