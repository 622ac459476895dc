/** What goes wrong at the tenant while a run is at work. */
import type { Fault, FaultMatch, FaultReport, FaultRule } from "../../src/emulator/faults.ts";
import { makeForeignEdit, makeOwnedEdit } from "./concurrent-edits.ts";
import type { Fact } from "./facts.ts";
import type { Prng } from "./prng.ts";
import type { Target } from "./targets.ts";

export interface FaultOptions {
  readonly targets: readonly Target[];
  /** Those of the targets where the run has something to do, and the writes that it will need; most faults strike there. */
  readonly busy: readonly Target[];
  readonly writes: readonly FaultMatch[];
  readonly hasFlowVersions: boolean;
  /** Gets what a concurrent edit has put there, once it has. */
  readonly remember: (fact: Fact) => void;
}

type Weighted<T> = readonly (readonly [weight: number, value: T])[];

/** Two to six rules. */
export function chooseFaults(prng: Prng, options: FaultOptions): readonly FaultRule[] {
  return Array.from({ length: prng.int(2, 6) }, () => chooseRule(prng, options));
}

function chooseRule(prng: Prng, options: FaultOptions): FaultRule {
  const editable = options.targets.filter(({ type }) => options.hasFlowVersions || type === "workflow");
  if (editable.length > 0 && prng.chance(0.25)) return chooseEdit(prng, options, editable);
  const isWrite = prng.chance(0.7);
  const match = isWrite ? chooseWrite(prng, options) : chooseRead(prng, options);
  const fault = prng.weighted(isWrite ? WRITE_FAULTS : READ_FAULTS)(prng);
  const after = prng.pick([0, 0, 0, 1, 2]);
  // A tenant that lags for longer than the configured window is none that the product promises anything for.
  if (fault.type === "lag") return { match, after, fault };
  const times = prng.weighted<number | "always">([
    [6, prng.int(1, 2)],
    [2, prng.int(3, 6)],
    [1, "always"],
  ]);
  return { match, times, after, fault };
}

const ANY_FAULTS: Weighted<(prng: Prng) => Fault> = [
  [4, tooManyRequests],
  [3, (prng) => ({ type: "status", status: prng.pick([500, 502, 503]) })],
  [3, () => ({ type: "reset" })],
  [2, (prng) => ({ type: "slow", milliseconds: prng.int(1, 150) })],
  [2, () => ({ type: "expired-token" })],
  [2, () => ({ type: "html" })],
];

const WRITE_FAULTS: Weighted<(prng: Prng) => Fault> = [
  ...ANY_FAULTS,
  [7, () => ({ type: "lost-answer" })],
  [4, () => ({ type: "conflict" })],
];

const READ_FAULTS: Weighted<(prng: Prng) => Fault> = [
  ...ANY_FAULTS,
  [3, () => ({ type: "short-page" })],
  [4, () => ({ type: "lag" })],
];

/** 429 with every form that `Retry-After` has. Whole seconds are rare, because somebody waits for them. */
function tooManyRequests(prng: Prng): Fault {
  const retryAfter = prng.weighted<number | { readonly httpDateIn: number } | undefined>([
    [3, 0],
    [1, 1],
    [3, 0.02],
    [2, { httpDateIn: 0 }],
    [1, { httpDateIn: 1 }],
    [3, undefined],
  ]);
  return { type: "status", status: 429, retryAfter };
}

/** Webhooks are struck more often than others: no version and no key keeps a careless client from writing them twice. */
function chooseWrite(prng: Prng, { writes }: FaultOptions): FaultMatch {
  const webhooks = writes.filter(({ path }) => path?.startsWith("/api/v2/webhooks"));
  return prng.pick(webhooks.length > 0 && prng.chance(0.4) ? webhooks : writes);
}

function chooseRead(prng: Prng, { busy, targets }: FaultOptions): FaultMatch {
  const path = targets.length === 0 ? "/api/v2/webhooks" : chooseTarget(prng, busy, targets).path;
  return prng.weighted<FaultMatch>([
    [3, { method: "GET", path }],
    [4, { method: "GET", path: "/api/v2/webhooks" }],
    [1, { method: "GET", path: "/api/v2/interactions/**" }],
    [1, { method: "POST", path: prng.pick(["/oauth/token", "/oauth2/token"]) }],
    [1, { path: "/api/**" }],
  ]);
}

/** Somebody edits a document just before a request to it. Without versions nothing can be edited at the same time without a loss. */
function chooseEdit(prng: Prng, { busy, remember }: FaultOptions, editable: readonly Target[]): FaultRule {
  const target = chooseTarget(
    prng,
    busy.filter((one) => editable.includes(one)),
    editable,
  );
  const edit = prng.chance(0.25) ? makeOwnedEdit(prng, target) : makeForeignEdit(prng, target, remember);
  const method = prng.pick(["PUT", "PUT", "PUT", "GET"]);
  const times = prng.pick([1, 1, 1, 3]);
  const after = prng.pick([0, 0, 1]);
  return { match: { method, path: target.path }, times, after, fault: { type: "concurrent-edit", edit } };
}

function chooseTarget(prng: Prng, busy: readonly Target[], targets: readonly Target[]): Target {
  return prng.pick(busy.length > 0 && prng.chance(0.8) ? busy : targets);
}

/** How often each kind of fault took place, by what it is called in the table. */
export function countFaults(reports: readonly FaultReport[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { rule, fired } of reports) {
    if (fired === 0) continue;
    const label = labelOf(rule.fault);
    counts.set(label, (counts.get(label) ?? 0) + fired);
  }
  return counts;
}

function labelOf(fault: Fault): string {
  if (fault.type !== "status") return fault.type;
  if (fault.status !== 429) return String(fault.status);
  const { retryAfter } = fault;
  if (retryAfter === undefined) return "429 without Retry-After";
  if (typeof retryAfter !== "number") return "429 with an HTTP date";
  return Number.isInteger(retryAfter) ? "429 with seconds" : "429 with a fraction";
}
