/** How and when a process is stopped from outside. */
import { readFileSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import type { Prng } from "./prng.ts";
import type { Running } from "./process.ts";
import { type Arrival, type Gate, OPEN_GATE, type Tenant } from "./tenant.ts";

/**
 * `request`: when the n-th arrives, which is then never carried out. `answer`: when the n-th was carried out, before its answer.
 * `late`: when the n-th arrives, which is carried out only after the process is gone and the next one is at work. `time`: n
 * milliseconds after its first request. `trail`: when the trail has grown by n lines.
 */
const STOP_POINTS = ["request", "answer", "late", "time", "trail"] as const;
export type StopPoint = (typeof STOP_POINTS)[number];
export type StopSignal = "kill" | "terminate" | "terminate twice";

export interface StopPlan {
  readonly point: StopPoint;
  readonly count: number;
  /** Whether only writes are counted. */
  readonly writesOnly: boolean;
  readonly signal: StopSignal;
  /** `late`: how many requests of the next process come first. */
  readonly lateness: number;
}

export function chooseStop(prng: Prng): StopPlan {
  const point = prng.pick(STOP_POINTS);
  const writesOnly = point === "late" || prng.chance(0.6);
  const counts = { time: prng.int(0, 250), trail: prng.int(1, 7) };
  return {
    point,
    count: point === "time" || point === "trail" ? counts[point] : prng.int(1, writesOnly ? 3 : 16),
    writesOnly,
    signal:
      point === "late"
        ? "kill"
        : prng.weighted([[7, "kill"] as const, [2, "terminate"] as const, [1, "terminate twice"] as const]),
    lateness: prng.int(0, 15),
  };
}

export interface ArmedStop {
  /** Whether the signal was sent. */
  readonly fired: () => boolean;
  /** Ends watching. A request that is held up stays so until `release`. */
  disarm(): void;
  /** Lets a held request go on, and resolves when it was answered. */
  release(): Promise<void>;
}

/** Waits for the moment, and stops the process then. To be called right after it was started. */
export function armStop(plan: StopPlan, victim: Running, tenant: Tenant, trailFile: string): ArmedStop {
  let fired = false;
  const fire = () => {
    fired ||= sendSignal(victim, plan.signal);
  };
  if (plan.point === "time") {
    const timed = afterFirstRequest(plan.count, fire);
    tenant.setGate(timed.gate);
    const disarm = () => {
      timed.cancel();
      tenant.setGate(OPEN_GATE);
    };
    return { fired: () => fired, disarm, release: async () => {} };
  }
  if (plan.point === "trail") {
    const stopWatching = whenTrailGrows(trailFile, plan.count, fire);
    return { fired: () => fired, disarm: stopWatching, release: async () => {} };
  }
  const gate = new StopGate(plan, fire);
  tenant.setGate(gate);
  const disarm = () => {
    if (!gate.isHolding) tenant.setGate(OPEN_GATE);
  };
  return { fired: () => fired, disarm, release: () => gate.release() };
}

/** False when there was nobody left to stop. */
function sendSignal(victim: Running, signal: StopSignal): boolean {
  // The second signal waits for what the first makes the process say, or the two would be one.
  if (signal === "terminate twice") victim.onceSaid("once more to leave", () => victim.signal("SIGTERM"));
  return victim.signal(signal === "kill" ? "SIGKILL" : "SIGTERM");
}

/** Counts requests, and stops the process at the right one. */
class StopGate implements Gate {
  readonly #plan: StopPlan;
  readonly #fire: () => void;
  readonly #go = Promise.withResolvers<void>();
  readonly #answered = Promise.withResolvers<void>();
  #count = 0;
  #since = 0;
  #chosen: Arrival | undefined;
  #isHeld = false;

  constructor(plan: StopPlan, fire: () => void) {
    this.#plan = plan;
    this.#fire = fire;
  }

  readonly arrived = (arrival: Arrival): "pass" | "drop" => {
    if (this.#isHeld) this.#countLateness();
    const { point, count, writesOnly } = this.#plan;
    if (this.#chosen !== undefined || (writesOnly && !arrival.isWrite) || !canBeChosen(point, arrival)) return "pass";
    this.#count += 1;
    if (this.#count < count) return "pass";
    this.#chosen = arrival;
    if (point !== "request") return "pass";
    this.#fire();
    return "drop";
  };

  readonly entering = (arrival: Arrival): Promise<void> | undefined => {
    if (this.#plan.point !== "late" || arrival !== this.#chosen) return undefined;
    this.#isHeld = true;
    this.#fire();
    return this.#go.promise;
  };

  readonly answering = (arrival: Arrival): void => {
    if (arrival !== this.#chosen) return;
    if (this.#plan.point === "answer") this.#fire();
    this.#answered.resolve();
  };

  /** Whether a request waits for `release`. */
  get isHolding(): boolean {
    return this.#isHeld;
  }

  async release(): Promise<void> {
    this.#go.resolve();
    if (this.#isHeld) await this.#answered.promise;
    this.#isHeld = false;
  }

  #countLateness(): void {
    this.#since += 1;
    if (this.#since > this.#plan.lateness) this.#go.resolve();
  }
}

/** A write that comes late can be refused where there are versions or keys. Nothing could tell a webhook's from a new one. */
function canBeChosen(point: StopPoint, { path }: Arrival): boolean {
  return point !== "late" || !path.startsWith("/api/v2/webhooks");
}

function afterFirstRequest(
  milliseconds: number,
  then: () => void,
): { readonly gate: Gate; readonly cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const gate: Gate = {
    ...OPEN_GATE,
    arrived: () => {
      timer ??= setTimeout(then, milliseconds);
      return "pass";
    },
  };
  return { gate, cancel: () => clearTimeout(timer) };
}

function whenTrailGrows(trailFile: string, lines: number, then: () => void): () => void {
  const wanted = countLines(trailFile) + lines;
  const watcher = watch(dirname(trailFile), (_event, name) => {
    if (name === basename(trailFile) && countLines(trailFile) >= wanted) then();
  });
  return () => watcher.close();
}

function countLines(file: string): number {
  try {
    return readFileSync(file, "utf8").split("\n").length - 1;
  } catch {
    // There is no trail yet.
    return 0;
  }
}
