/**
 * One run of the campaign: a tenant, a folder and a history of rounds, all chosen by the seed. In each round the manifests change,
 * faults are armed, and the command works, and may be stopped, while they strike. Then the faults are cleared, the command runs
 * until the tenant is as desired, and everything is checked. Only the timing of processes is not decided by the seed.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { configFor } from "../helpers/world.ts";
import { changeModels } from "./edit-models.ts";
import { dropModel, type Fact, findLost, keepFacts } from "./facts.ts";
import { chooseFaults, countFaults } from "./faults.ts";
import { writeManifests } from "./manifests.ts";
import { keyOf, type Model } from "./models.ts";
import { findDefects, findShownSecrets } from "./output-check.ts";
import { findDifferences } from "./owned.ts";
import { Prng } from "./prng.ts";
import { type Ended, type Running, startCommand } from "./process.ts";
import { factsOfRemoved, isLive } from "./removed.ts";
import { makeStart, type Start } from "./start.ts";
import { chooseStep, FIRST_STEP, type Step } from "./steps.ts";
import { type ArmedStop, armStop, chooseStop, type StopPlan } from "./stops.ts";
import { Tally, type ViolationKind } from "./tally.ts";
import { targetsOf, targetsWith, writesFor } from "./targets.ts";
import { OPEN_GATE, openTenant, type Tenant } from "./tenant.ts";
import { findLeaks, findOpenIntents, findUnaccounted, readEntries, wasOurs } from "./trail-check.ts";
import { findDoubled, findUnannounced } from "./writes-check.ts";

export interface RunOptions {
  /** Stops a process of every round like this. Without it the seed decides. */
  readonly stop?: StopPlan;
  /** Without it the seed decides. */
  readonly rounds?: number;
  /** Gets a line about everything that happens. */
  readonly tell?: (line: string) => void;
}

/** A run that does not settle within so many applies never will. */
const MAX_RERUNS = 8;

const PLAN = ["plan", "--detailed-exitcode", "--allow-large-change"] as const;

/** Never throws for what the product does: that is in the tally. */
export async function runSeed(seed: number, options: RunOptions = {}): Promise<Tally> {
  const start = makeStart(new Prng(seed).fork("start"));
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `campaign-${seed}-`)));
  const trailFile = join(folder, ".cxone-gitops", "audit.jsonl");
  mkdirSync(dirname(trailFile), { mode: 0o700 });
  const tenant = await openTenant(start.seed, trailFile);
  try {
    writeFileSync(join(folder, "cxone-gitops.yaml"), configFor(tenant.url));
    const run = new SeededRun(seed, { start, folder, trailFile, tenant, options });
    await run.work();
    return run.tally;
  } finally {
    await tenant.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Surroundings {
  readonly start: Start;
  readonly folder: string;
  readonly trailFile: string;
  readonly tenant: Tenant;
  readonly options: RunOptions;
}

/** What a round's processes met, and how they ended. */
interface Struck {
  readonly step: Step;
  readonly ended: readonly Ended[];
  readonly stop: ArmedStop | undefined;
  readonly stopPlan: StopPlan;
  /** Whether somebody may have undone what an apply did, or kept it from seeing what there was to do. */
  readonly mayBeUndone: boolean;
}

class SeededRun {
  readonly tally = new Tally();
  readonly #seed: number;
  readonly #prng: Prng;
  readonly #at: Surroundings;
  #models: readonly Model[];
  #facts: readonly Fact[];
  /** Those that have no manifest any more. */
  #removed: readonly Model[] = [];

  constructor(seed: number, surroundings: Surroundings) {
    this.#seed = seed;
    this.#prng = new Prng(seed);
    this.#at = surroundings;
    this.#models = surroundings.start.models;
    this.#facts = surroundings.start.facts;
  }

  async work(): Promise<void> {
    this.tally.add("runs");
    const prng = this.#prng.fork("rounds");
    const chosen = prng.weighted([
      [5, 1],
      [3, 2],
      [2, 3],
    ]);
    const rounds = this.#at.options.rounds ?? chosen;
    writeManifests(this.#at.folder, this.#models);
    let goesOn = !prng.chance(0.25) || (await this.#settle(FIRST_STEP));
    const isFresh = this.tally.count("processes") === 0;
    for (let round = 1; goesOn && round <= rounds; round += 1) {
      goesOn = await this.#round(this.#prng.fork(`round ${round}`), isFresh && round === 1);
    }
    await this.#checkHistory();
  }

  /** Whether the run can go on: the tenant settled. */
  async #round(prng: Prng, isFirst: boolean): Promise<boolean> {
    this.tally.add("rounds");
    const changed = isFirst ? [] : this.#change(prng.fork("change"));
    const struck = await this.#strike(prng, changed.length === 0 ? this.#models : changed);
    this.#checkOwnEnds(struck);
    const settled = await this.#settle(struck.step, struck);
    if (settled && struck.step.prunes) this.#checkPruned();
    if (settled || !struck.step.prunes) this.#checkTenant(settled);
    return settled;
  }

  /** Changes the manifests, and returns those that are new or different. */
  #change(prng: Prng): readonly Model[] {
    const { tenant, folder, start } = this.#at;
    const { models, changed, removed } = changeModels(prng, this.#models, start.foreign);
    this.#models = models;
    this.#removed = [...this.#removed, ...removed];
    this.#facts = keepFacts([...this.#facts, ...factsOfRemoved(removed, models, tenant.state())], models);
    writeManifests(folder, models);
    return changed;
  }

  async #strike(prng: Prng, changed: readonly Model[]): Promise<Struck> {
    const { tenant, start } = this.#at;
    const targets = targetsOf(this.#models, start.foreign);
    const rules = chooseFaults(prng.fork("faults"), {
      busy: targetsWith(changed, targets),
      targets,
      writes: writesFor(changed, tenant.state()),
      hasFlowVersions: start.hasFlowVersions,
      remember: (fact) => {
        this.#facts = [...this.#facts, fact];
        this.tally.add("foreign edits");
      },
    });
    for (const rule of rules) tenant.world.faults.add(rule);
    this.#tell(`faults: ${JSON.stringify(rules)}`);
    const lastRun = readEntries(this.#at.trailFile).at(-1)?.run;
    const step = chooseStep(prng.fork("step"), lastRun !== undefined && this.#removed.length === 0);
    const stopPlan = this.#chooseStop(prng.fork("stop"));
    const { ended, stop } = await this.#take(step, prng.fork("take"), stopPlan);
    stop?.disarm();
    const counts = countFaults(tenant.world.faults.report());
    for (const [label, count] of counts) this.tally.add(`fault: ${label}`, count);
    tenant.world.faults.clear();
    return {
      step,
      ended,
      stop,
      stopPlan: stopPlan.plan,
      mayBeUndone: counts.has("concurrent-edit") || counts.has("lag"),
    };
  }

  #chooseStop(prng: Prng): { readonly plan: StopPlan; readonly isWanted: boolean } {
    const { stop } = this.#at.options;
    return stop === undefined ? { plan: chooseStop(prng), isWanted: prng.chance(0.6) } : { plan: stop, isWanted: true };
  }

  async #take(
    { name, take }: Step,
    prng: Prng,
    { plan, isWanted }: { readonly plan: StopPlan; readonly isWanted: boolean },
  ): Promise<{ readonly ended: readonly Ended[]; readonly stop: ArmedStop | undefined }> {
    const { tenant, trailFile } = this.#at;
    this.tally.add(`step: ${name}`);
    this.#tell(`step: ${name}${isWanted ? `, to be stopped: ${JSON.stringify(plan)}` : ""}`);
    let stop: ArmedStop | undefined;
    const ended = await take({
      prng,
      lastRun: readEntries(trailFile).at(-1)?.run,
      start: (args) => this.#start(args),
      mayBeStopped: (running) => {
        if (isWanted) stop ??= armStop(plan, running, tenant, trailFile);
      },
    });
    for (const one of ended) this.#checkOutput(one);
    if (stop?.fired()) this.tally.add(plan.signal === "kill" ? `kill: ${plan.point}` : "terminations");
    return { ended, stop };
  }

  /** A process that came to its own end leaves nothing open: what it announced has an outcome. */
  #checkOwnEnds({ ended, stop, stopPlan }: Struck): void {
    const wasCutOff = stop?.fired() === true && stopPlan.signal === "terminate twice";
    const ownRuns = ended
      .filter(({ code }) => code !== null && !wasCutOff)
      .flatMap(({ stdout }) => /(?:Applying as run |"run": "|\(run )([^\s")]+)/.exec(stdout)?.[1] ?? []);
    const open = findOpenIntents(readEntries(this.#at.trailFile)).filter(({ run }) => ownRuns.includes(run));
    this.#note(
      "unfinished intents",
      open.map(({ kind, name }) => `${kind} ${name}, by a run that ended by itself`),
    );
  }

  /** Applies until there is nothing left to do. False when that never comes. */
  async #settle(step: Step, struck?: Struck): Promise<boolean> {
    const { tenant } = this.#at;
    const wentWell = struck?.ended.every(({ code }) => code === 0) === true && !struck.stop?.fired();
    const isClean = wentWell && step.leadsToDesired;
    let reruns = 0;
    for (let mustApply = !isClean; reruns < MAX_RERUNS; ) {
      if (mustApply) {
        reruns += 1;
        const { code } = await this.#run(step.settleWith);
        await struck?.stop?.release();
        tenant.setGate(OPEN_GATE);
        if (code !== 0) continue;
      }
      const { code, stdout } = await this.#run([...PLAN, ...(step.prunes ? ["--prune"] : [])]);
      if (code === 0) {
        this.tally.addReruns(reruns);
        return true;
      }
      if (struck?.stop?.fired() !== true && struck?.mayBeUndone !== true)
        this.#note("false successes", [`apply ended with 0, and then: ${stdout.trim()}`]);
      mustApply = true;
    }
    this.#note("not settled", [`still not after ${MAX_RERUNS} applies`]);
    return false;
  }

  /** What was ours, as the trail has it, and has no manifest any more is gone. All else has to be there still. */
  #checkPruned(): void {
    const state = this.#at.tenant.state();
    const entries = readEntries(this.#at.trailFile);
    const ours = this.#removed.filter((model) => wasOurs(entries, model));
    const left = ours.filter((model) => isLive(model, state));
    this.#note(
      "differences from desired",
      left.map((model) => `${keyOf(model)} was not pruned`),
    );
    this.#facts = ours.reduce(dropModel, this.#facts);
  }

  #checkTenant(settled: boolean): void {
    const state = this.#at.tenant.state();
    this.#note("lost foreign edits", findLost(this.#facts, state));
    if (!settled) return;
    this.#note("differences from desired", findDifferences(this.#models, this.#orphanNodes(), state));
    const open = findOpenIntents(readEntries(this.#at.trailFile));
    this.#note(
      "unfinished intents",
      open.map(({ run, kind, name }) => `${kind} ${name} of ${run}`),
    );
  }

  #orphanNodes(): ReadonlySet<string> {
    return new Set(this.#removed.flatMap((model) => (model.kind === "EmailNode" ? [model.node] : [])));
  }

  /** What is told by the whole history of a run. */
  async #checkHistory(): Promise<void> {
    const { tenant, trailFile, folder } = this.#at;
    const entries = readEntries(trailFile);
    this.#note("doubled writes", findDoubled(tenant));
    this.#note("unaccounted writes", [...findUnaccounted(entries, tenant.carriedOut), ...findUnannounced(tenant)]);
    this.#note("secrets shown", findLeaks(folder, tenant.tokens));
    const { code, stdout } = await this.#run(["audit", "verify"]);
    if (code !== 0) this.#note("trails that do not verify", [stdout.trim()]);
    this.tally.add("requests", tenant.world.log.entries().length);
    this.tally.add("writes", tenant.carriedOut.length);
  }

  async #run(args: readonly string[]): Promise<Ended> {
    const ended = await this.#start(args).ended;
    this.#checkOutput(ended);
    return ended;
  }

  #start(args: readonly string[]): Running {
    this.tally.add("processes");
    return startCommand(args, this.#at.folder);
  }

  #checkOutput(ended: Ended): void {
    this.#tell(`${ended.args.join(" ")} → ${ended.code ?? "stopped by a signal"}\n${ended.stdout}${ended.stderr}`);
    this.#note("secrets shown", findShownSecrets(ended, this.#at.tenant.tokens));
    this.#note("defects shown", findDefects(ended));
    if (ended.hung) this.#note("not settled", [`${ended.args.join(" ")} hung`]);
  }

  #note(kind: ViolationKind, details: readonly string[]): void {
    for (const detail of details) {
      this.tally.addViolation({ seed: this.#seed, kind, detail });
      this.#tell(`VIOLATION ${kind}: ${detail}`);
    }
  }

  #tell(line: string): void {
    this.#at.options.tell?.(line);
  }
}
