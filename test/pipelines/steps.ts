/** The steps of a job, one after the other, as a runner of GitHub Actions takes them. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asText, type Contexts, evaluate, type Functions, interpolate, isTrue } from "./expressions.ts";
import { useForeign } from "./foreign-actions.ts";
import type { Run } from "./runner.ts";
import { runBash } from "./shell.ts";
import { ACTION_FOLDER, readAction, type Step } from "./workflow.ts";

/** In this checkout, or as another repository names it. */
const OWN_ACTION = /^(\.|[\w-]+\/cxone-gitops)\/\.github\/actions\/cxone-gitops(@|$)/;

/** What a step sees and leaves. */
export interface Stage {
  readonly run: Run;
  readonly workspace: string;
  readonly temp: string;
  readonly contexts: Contexts;
  readonly env: Record<string, string>;
  readonly path: string[];
  readonly steps: Record<string, { outputs: Record<string, string> }>;
  readonly log: string[];
  hasFailed: boolean;
}

function statusFunctions(hasFailed: boolean): Functions {
  return { success: () => !hasFailed, failure: () => hasFailed, always: () => true, cancelled: () => false };
}

/** A condition that asks for no status asks for success. */
export function holds(condition: string | undefined, contexts: Contexts, hasFailed: boolean): boolean {
  if (condition === undefined) return !hasFailed;
  const value = isTrue(evaluate(condition, contexts, statusFunctions(hasFailed)));
  return value && (!hasFailed || /\b(success|failure|always|cancelled)\(/.test(condition));
}

export async function runStep(step: Step, stage: Stage, contexts: Contexts): Promise<void> {
  if (!holds(step.if, contexts, stage.hasFailed)) return;
  const env = Object.fromEntries(
    Object.entries(step.env ?? {}).map(([key, value]) => [key, asText(interpolate(String(value), contexts))]),
  );
  const given = Object.fromEntries(
    Object.entries(step.with ?? {}).map(([key, value]) => [key, asText(interpolate(String(value), contexts))]),
  );
  const own = { ...stage, env: { ...stage.env, ...env } };
  if (step.run !== undefined) await runScript(step, own, contexts);
  else if (OWN_ACTION.test(step.uses ?? "")) await runAction(step, own, given);
  else if (!useForeign(step.uses ?? "", stage, given)) own.hasFailed = true;
  stage.hasFailed ||= own.hasFailed && step["continue-on-error"] !== true;
}

/** Steps of an action have contexts of their own: its inputs, and each other's outputs. */
async function runAction(step: Step, stage: Stage, given: Readonly<Record<string, string>>): Promise<void> {
  const { inputs, outputs, runs } = readAction();
  for (const name of Object.keys(given))
    if (!Object.hasOwn(inputs, name)) throw new Error(`the action has no input ${name}`);
  const values = Object.entries(inputs).map(([name, input]) => [name, given[name] ?? input.default ?? ""]);
  const steps: Stage["steps"] = {};
  const contexts = { inputs: Object.fromEntries(values), steps, github: stage.contexts["github"] };
  const own = { ...stage, steps, env: { ...stage.env, GITHUB_ACTION_PATH: ACTION_FOLDER }, hasFailed: false };
  for (const inner of runs.steps) await runStep(inner, own, contexts);
  stage.hasFailed = own.hasFailed;
  if (step.id === undefined) return;
  const left = Object.entries(outputs).map(([name, { value }]) => [name, asText(interpolate(value, contexts))]);
  stage.steps[step.id] = { outputs: Object.fromEntries(left) };
}

async function runScript(step: Step, stage: Stage, contexts: Contexts): Promise<void> {
  const { run, temp, workspace } = stage;
  if (/\$\{\{/.test(step.run ?? "")) throw new Error(`an expression stands inside a script: ${step.run}`);
  const output = join(temp, "output");
  writeFileSync(output, "");
  const { code, text } = await runBash(step.run ?? "", {
    cwd: join(workspace, asText(interpolate(step["working-directory"] ?? ".", contexts))),
    path: stage.path,
    env: {
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_ACTOR: "ada",
      GITHUB_SHA: run.sha,
      GITHUB_REPOSITORY: asText(run.github["repository"]),
      GITHUB_SERVER_URL: "https://github.example.com",
      GITHUB_RUN_ID: "4711",
      GITHUB_WORKSPACE: workspace,
      GITHUB_EVENT_PATH: join(temp, "event.json"),
      GITHUB_STEP_SUMMARY: join(temp, "summary"),
      GITHUB_OUTPUT: output,
      GITHUB_PATH: join(temp, "path"),
      RUNNER_TEMP: join(temp, "runner"),
      ...run.env,
      ...stage.env,
    },
  });
  stage.log.push(text);
  stage.hasFailed = code !== 0;
  const added = readFileSync(join(temp, "path"), "utf8")
    .split("\n")
    .filter((line) => line !== "");
  stage.path.splice(0, stage.path.length, ...added.toReversed());
  if (step.id !== undefined) stage.steps[step.id] = { outputs: readOutputs(readFileSync(output, "utf8")) };
}

/** `name=value`, or `name<<END` with lines up to END. */
function readOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const [, long, end, lines, short, value] of text.matchAll(
    /^(?:([\w-]+)<<(\w+)\n([\s\S]*?)^\2$|([\w-]+)=(.*)$)/gm,
  )) {
    if (long !== undefined && end !== undefined) outputs[long] = (lines ?? "").replace(/\n$/, "");
    else if (short !== undefined) outputs[short] = value ?? "";
  }
  return outputs;
}
