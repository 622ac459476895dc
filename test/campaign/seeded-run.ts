/**
 * One run of the campaign: a tenant, a folder and a history of rounds, all chosen by the seed. In each round the manifests change,
 * faults are armed, and the command works, and may be stopped, while they strike. Then the faults are cleared, the command runs
 * until the tenant is as desired, and everything is checked. Only the timing of processes is not decided by the seed.
 */
import { changeModels } from "./edit-models.ts";
import { dropModel, type Fact, findLost, keepFacts } from "./facts.ts";
import { chooseFaults } from "./faults.ts";
import { writeManifests } from "./manifests.ts";
import { keyOf, type Model } from "./models.ts";
import { findDifferences } from "./owned.ts";
import { Prng } from "./prng.ts";
import { factsOfRemoved, isLive } from "./removed.ts";
import { settle } from "./settle.ts";
import { Stage } from "./stage.ts";
import { makeStart, type Start } from "./start.ts";
import { chooseStep, FIRST_STEP } from "./steps.ts";
import { chooseStop, type StopPlan } from "./stops.ts";
import { type Struck, strike } from "./strike.ts";
import type { Tally } from "./tally.ts";
import { targetsOf, targetsWith, writesFor } from "./targets.ts";
import { readEntries, wasOurs } from "./trail-check.ts";
import { judgeHistory, judgeOpenIntents, judgeOwnEnds } from "./trail-verdicts.ts";

export interface RunOptions {
  /** Stops a process of every round like this. Without it the seed decides. */
  readonly stop?: StopPlan;
  /** Without it the seed decides. */
  readonly rounds?: number;
  /** Gets a line about everything that happens. */
  readonly tell?: (line: string) => void;
}

/** Never throws for what the product does: that is in the tally. */
export async function runSeed(seed: number, options: RunOptions = {}): Promise<Tally> {
  const start = makeStart(new Prng(seed).fork("start"));
  const stage = await Stage.open(seed, start.seed, options.tell ?? (() => {}));
  try {
    await new SeededRun(new Prng(seed), start, stage, options).work();
    return stage.tally;
  } finally {
    await stage.close();
  }
}

class SeededRun {
  readonly #prng: Prng;
  readonly #start: Start;
  readonly #stage: Stage;
  readonly #options: RunOptions;
  #models: readonly Model[];
  #facts: readonly Fact[];
  /** Those that have no manifest any more. */
  #removed: readonly Model[] = [];

  constructor(prng: Prng, start: Start, stage: Stage, options: RunOptions) {
    this.#prng = prng;
    this.#start = start;
    this.#stage = stage;
    this.#options = options;
    this.#models = start.models;
    this.#facts = start.facts;
  }

  async work(): Promise<void> {
    this.#stage.tally.add("runs");
    const prng = this.#prng.fork("rounds");
    const chosen = prng.pick([1, 1, 1, 1, 1, 2, 2, 2, 3, 3]);
    const rounds = this.#options.rounds ?? chosen;
    writeManifests(this.#stage.folder, this.#models);
    const isApplied = prng.chance(0.25);
    let goesOn = !isApplied || (await settle(this.#stage, FIRST_STEP));
    for (let round = 1; goesOn && round <= rounds; round += 1) {
      const roundPrng = this.#prng.fork(`round ${round}`);
      const changed = isApplied || round > 1 ? this.#change(roundPrng.fork("change")) : this.#models;
      goesOn = await this.#round(roundPrng, changed.length === 0 ? this.#models : changed);
    }
    await judgeHistory(this.#stage);
  }

  /** Changes the manifests, and returns those that are new or different. */
  #change(prng: Prng): readonly Model[] {
    const { tenant, folder } = this.#stage;
    const { models, changed, removed } = changeModels(prng, this.#models, this.#start.foreign);
    this.#models = models;
    this.#removed = [...this.#removed, ...removed];
    this.#facts = keepFacts([...this.#facts, ...factsOfRemoved(removed, models, tenant.state())], models);
    writeManifests(folder, models);
    return changed;
  }

  /** `busy`: what there is something to do about. Returns whether the run can go on: the tenant settled. */
  async #round(prng: Prng, busy: readonly Model[]): Promise<boolean> {
    this.#stage.tally.add("rounds");
    const struck = await this.#strike(prng, busy);
    judgeOwnEnds(this.#stage, struck);
    const isSettled = await settle(this.#stage, struck.step, struck);
    if (isSettled && struck.step.prunes) this.#checkPruned();
    // What a prune that was never finished has deleted is not known.
    if (isSettled || !struck.step.prunes) this.#checkForeign();
    if (isSettled) this.#checkDesired();
    return isSettled;
  }

  #strike(prng: Prng, busy: readonly Model[]): Promise<Struck> {
    const { tenant, tally, trailFile } = this.#stage;
    const targets = targetsOf(this.#models, this.#start.foreign);
    const rules = chooseFaults(prng.fork("faults"), {
      busy: targetsWith(busy, targets),
      targets,
      writes: writesFor(busy, tenant.state()),
      hasFlowVersions: this.#start.hasFlowVersions,
      remember: (fact) => {
        this.#facts = [...this.#facts, fact];
        tally.add("foreign edits");
      },
    });
    const canRestore = readEntries(trailFile).length > 0 && this.#removed.length === 0;
    const step = chooseStep(prng.fork("step"), canRestore);
    const stopPlan = this.#options.stop ?? maybeStop(prng.fork("stop"));
    return strike(prng.fork("take"), this.#stage, { step, rules, stopPlan });
  }

  /** What was ours, as the trail has it, and has no manifest any more is gone. All else has to be there still. */
  #checkPruned(): void {
    const state = this.#stage.tenant.state();
    const entries = readEntries(this.#stage.trailFile);
    const ours = this.#removed.filter((model) => wasOurs(entries, model));
    const left = ours.filter((model) => isLive(model, state));
    const details = left.map((model) => `${keyOf(model)} was not pruned`);
    this.#stage.note("differences from desired", details);
    this.#facts = ours.reduce(dropModel, this.#facts);
  }

  #checkForeign(): void {
    this.#stage.note("lost foreign edits", findLost(this.#facts, this.#stage.tenant.state()));
  }

  #checkDesired(): void {
    const orphans = this.#removed.flatMap((model) => (model.kind === "EmailNode" ? [model.node] : []));
    const differences = findDifferences(this.#models, new Set(orphans), this.#stage.tenant.state());
    this.#stage.note("differences from desired", differences);
    judgeOpenIntents(this.#stage);
  }
}

function maybeStop(prng: Prng): StopPlan | undefined {
  const stop = chooseStop(prng);
  return prng.chance(0.6) ? stop : undefined;
}
