/**
 * Runs workflows as GitHub would, as far as ours need: jobs after those they need, a fresh checkout for each, every `run` text by bash as it
 * is written, our action step by step. Of GitHub's own actions only what they leave behind is done here.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { asText, type Contexts, interpolate } from "./expressions.ts";
import { holds, runStep, type Stage } from "./steps.ts";
import { type Job, readOwnWorkflow, type Workflow } from "./workflow.ts";

export interface Run {
  /** Below it everything of the run is kept. */
  readonly folder: string;
  /** The repository that jobs check out, and push to. */
  readonly origin: string;
  /** The commit that the event is about. */
  readonly sha: string;
  readonly event: object;
  readonly github: Readonly<Record<string, unknown>>;
  /** Of a workflow that another one calls. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly vars: Readonly<Record<string, string>>;
  /** The secrets of each environment. */
  readonly secrets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What every step finds in its environment, besides what the runner sets. */
  readonly env: Readonly<Record<string, string>>;
}

export interface JobResult {
  readonly job: string;
  readonly tenant: string | undefined;
  readonly result: "success" | "failure" | "skipped";
  readonly outputs: Readonly<Record<string, string>>;
  /** What the job's steps printed, and its summary. */
  readonly log: string;
  readonly summary: string;
  readonly workspace: string;
}

/** `done` are the results of jobs that ran earlier, in the same run. */
export async function runWorkflow(
  workflow: Workflow,
  run: Run,
  done: readonly JobResult[] = [],
): Promise<readonly JobResult[]> {
  const results = [...done];
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const before = results.filter((result) => result.job === job.needs);
    for (const tenant of isWanted(job, run, before) ? tenantsOf(job, run, before) : [null]) {
      const start = { name, job, tenant: tenant ?? undefined, run, before };
      if (tenant === null) results.push(skipped(name));
      else results.push(job.uses === undefined ? await runJob(start) : await callWorkflow(start, job.uses));
    }
  }
  return results;
}

function skipped(job: string): JobResult {
  return { job, tenant: undefined, result: "skipped", outputs: {}, log: "", summary: "", workspace: "" };
}

function needsOf(before: readonly JobResult[]): Contexts {
  const [first] = before;
  if (first === undefined) return {};
  const result = before.find((one) => one.result === "failure")?.result ?? first.result;
  return { [first.job]: { result, outputs: before.at(-1)?.outputs } };
}

function contextsOf(run: Run, before: readonly JobResult[]): Contexts {
  return {
    github: { event: run.event, ...run.github },
    vars: run.vars,
    inputs: run.inputs ?? {},
    needs: needsOf(before),
  };
}

function isWanted(job: Job, run: Run, before: readonly JobResult[]): boolean {
  return holds(
    job.if,
    contextsOf(run, before),
    before.some(({ result }) => result !== "success"),
  );
}

function tenantsOf(job: Job, run: Run, before: readonly JobResult[]): readonly (string | undefined)[] {
  if (job.strategy === undefined) return [undefined];
  const tenants = interpolate(job.strategy.matrix.tenant, contextsOf(run, before));
  if (!Array.isArray(tenants) || tenants.length === 0) throw new Error("the matrix of a job that runs is empty");
  return tenants.map(String);
}

interface JobStart {
  readonly name: string;
  readonly job: Job;
  readonly tenant: string | undefined;
  readonly run: Run;
  readonly before: readonly JobResult[];
}

/** The called workflow's jobs, told as one. */
async function callWorkflow({ name, job, tenant, run, before }: JobStart, uses: string): Promise<JobResult> {
  const contexts = { ...contextsOf(run, before), matrix: { tenant } };
  const given = Object.entries(job.with ?? {});
  const inputs = given.map(([key, text]) => [key, asText(interpolate(String(text), contexts))]);
  const called = readOwnWorkflow(basename(uses));
  const results = await runWorkflow(called, { ...run, inputs: Object.fromEntries(inputs) });
  return {
    ...skipped(name),
    tenant,
    result: results.find(({ result }) => result !== "success")?.result ?? "success",
    log: results.map(({ log }) => log).join(""),
    summary: results.map(({ summary }) => summary).join(""),
  };
}

async function runJob({ name, job, tenant, run, before }: JobStart): Promise<JobResult> {
  const temp = join(run.folder, `${name}-${tenant ?? "all"}-${readdirSync(run.folder).length}`);
  const workspace = join(temp, "work");
  mkdirSync(workspace, { recursive: true });
  const base = { ...contextsOf(run, before), matrix: { tenant } };
  const environment = job.environment === undefined ? "" : asText(interpolate(job.environment, base));
  const steps: Stage["steps"] = {};
  const contexts = { ...base, secrets: run.secrets[environment] ?? {}, steps };
  const stage: Stage = { run, workspace, temp, contexts, env: {}, path: [], steps, log: [], hasFailed: false };
  for (const file of ["summary", "path"]) writeFileSync(join(temp, file), "");
  writeFileSync(join(temp, "event.json"), JSON.stringify(run.event));
  for (const step of job.steps) await runStep(step, stage, contexts);
  const outputs = Object.entries(job.outputs ?? {}).map(([key, text]) => [key, asText(interpolate(text, contexts))]);
  return {
    job: name,
    tenant,
    result: stage.hasFailed ? "failure" : "success",
    outputs: Object.fromEntries(outputs),
    log: stage.log.join(""),
    summary: readFileSync(join(temp, "summary"), "utf8"),
    workspace,
  };
}
