/** The ways in which a round lets the command work on the tenant while things go wrong. One more way is one more line in `STEPS`. */
import type { Prng } from "./prng.ts";
import type { Ended, Running } from "./process.ts";

export interface StepContext {
  readonly prng: Prng;
  /** The latest run that the trail tells of; undefined when there is none. */
  readonly lastRun: string | undefined;
  /** Starts the command in the run's folder. */
  start(args: readonly string[]): Running;
  /** Offers a process to be stopped. Of a step's processes only the first one offered may be. */
  mayBeStopped(running: Running): void;
}

export interface Step {
  readonly name: string;
  /** Resolves with how its processes ended. */
  readonly take: (context: StepContext) => Promise<readonly Ended[]>;
  /** What the command is called with until the tenant is settled. */
  readonly settleWith: readonly string[];
  /** Whether what no manifest describes any more is deleted, and a plan asked for it too. */
  readonly prunes: boolean;
  /** False for what brings the tenant somewhere else than to what the manifests ask for. */
  readonly leadsToDesired: boolean;
}

const LARGE = "--allow-large-change";
const APPLY = ["apply", "--auto-approve", LARGE] as const;
const RECONCILE = ["reconcile", LARGE] as const;

const APPLY_ONCE: Step = {
  name: "apply",
  take: (context) => runOne(context, APPLY),
  settleWith: APPLY,
  prunes: false,
  leadsToDesired: true,
};

/** Two at once in one folder, as when two pipelines overlap. */
const APPLY_TWICE: Step = {
  ...APPLY_ONCE,
  name: "two applies at once",
  take: async ({ start, mayBeStopped }) => {
    const first = start(APPLY);
    mayBeStopped(first);
    const second = start(APPLY);
    return Promise.all([first.ended, second.ended]);
  },
};

const PRUNE: Step = {
  ...APPLY_ONCE,
  name: "apply --prune",
  take: (context) => runOne(context, [...APPLY, "--prune"]),
  settleWith: [...APPLY, "--prune"],
  prunes: true,
};

/** Either half may be the one that is stopped. */
const SAVED_PLAN: Step = {
  ...APPLY_ONCE,
  name: "saved plan",
  take: async ({ prng, start, mayBeStopped }) => {
    const stopsPlanning = prng.chance(0.1);
    const planning = start(["plan", "--out", "plan.json", LARGE]);
    if (stopsPlanning) mayBeStopped(planning);
    const planned = await planning.ended;
    if (planned.code !== 0) return [planned];
    const applying = start(["apply", "plan.json"]);
    if (!stopsPlanning) mayBeStopped(applying);
    return [planned, await applying.ended];
  },
};

const RECONCILE_ONCE: Step = {
  ...APPLY_ONCE,
  name: "reconcile",
  take: (context) => runOne(context, RECONCILE),
  settleWith: RECONCILE,
};

/** Puts back what the latest run replaced; the manifests still ask for it. */
const RESTORE: Step = {
  ...APPLY_ONCE,
  name: "restore",
  take: (context) => runOne(context, ["restore", context.lastRun ?? "", "--auto-approve", "--overwrite"]),
  leadsToDesired: false,
};

const STEPS: readonly (readonly [weight: number, step: Step])[] = [
  [6, APPLY_ONCE],
  [1, APPLY_TWICE],
  [2, PRUNE],
  [2, SAVED_PLAN],
  [2, RECONCILE_ONCE],
];

/** `canRestore`: there is a run to restore, and nothing that it would bring back was given up since. */
export function chooseStep(prng: Prng, canRestore: boolean): Step {
  return prng.weighted(canRestore ? [...STEPS, [2, RESTORE]] : STEPS);
}

/** The step that a run settles with before anything has gone wrong. */
export const FIRST_STEP = APPLY_ONCE;

async function runOne({ prng, start, mayBeStopped }: StepContext, args: readonly string[]): Promise<readonly Ended[]> {
  const running = start([...args, ...(prng.chance(0.2) ? ["--output", "json"] : [])]);
  mayBeStopped(running);
  return [await running.ended];
}
