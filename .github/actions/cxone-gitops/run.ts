/** Runs a command of cxone-gitops for a step: its report goes to the job's summary, its exit code to the step's outputs. */
import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { whyTooLate } from "./applied.ts";
import { reportOfFailure } from "./failure-report.ts";
import { fence, type Input, setOutput, summarize } from "./input.ts";

/** Commands that can say their result as markdown. */
const REPORTING = ["plan", "drift"];
/** What the command itself ends with when it refuses a plan. */
const REFUSED = 3;
/** Everything is well, or there are changes: neither is a failure of the step. */
const FINE = [0, 2];
/** A job's summary holds 1 MiB; more of a text than this nobody reads there. */
const MOST_IN_SUMMARY = 60_000;

/** Resolves with what the step is to end with. */
export async function runCommand(input: Input): Promise<number> {
  const { command, tenant, planFile, report, cwd } = input;
  const isReporting = report !== "" && REPORTING.includes(command);
  if (command === "apply" && planFile !== "" && tenant !== "") {
    const why = whyTooLate(input);
    if (why !== undefined) return refuse(input, why);
  }
  const { code, stdout } = await start(input, wordsOf(input, isReporting), !isReporting);
  setOutput(input, "exit-code", String(code));
  if (command === "plan" && planFile !== "" && existsSync(resolve(cwd, planFile)))
    setOutput(input, "plan-file", resolve(cwd, planFile));
  if (isReporting) {
    const text = stdout === "" ? reportOfFailure(input) : stdout;
    writeFileSync(resolve(cwd, report), text);
    summarize(input, text);
  } else if (stdout !== "") {
    const words = tenant === "" ? command : `${command}, tenant ${tenant}`;
    summarize(input, `### ${words}\n\n${fence(stdout.slice(0, MOST_IN_SUMMARY), "text")}`);
  }
  return FINE.includes(code) ? 0 : code;
}

function refuse(input: Input, why: string): number {
  setOutput(input, "exit-code", String(REFUSED));
  summarize(input, `### apply, tenant ${input.tenant}\n\n${why}\n`);
  process.stderr.write(`cxone-gitops action: ${why}\n`);
  return REFUSED;
}

/** The command line, word by word. */
export function wordsOf({ command, tenant, args, planFile }: Input, isReporting: boolean): readonly string[] {
  return [
    command,
    ...args,
    ...(tenant === "" ? [] : [`--tenant=${tenant}`]),
    ...(command === "plan" && planFile !== "" ? [`--out=${planFile}`] : []),
    ...(isReporting ? ["--output=markdown"] : []),
    ...(command === "apply" && planFile !== "" ? ["--", planFile] : []),
  ];
}

function start(
  { cwd, env }: Input,
  words: readonly string[],
  isShown: boolean,
): Promise<{ readonly code: number; readonly stdout: string }> {
  return new Promise((end, reject) => {
    const child = spawn("cxone-gitops", words, { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
    // A job that is cancelled gives its processes a few seconds: a run that writes uses them to record what is under way.
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      if (isShown) process.stdout.write(text);
    });
    child.on("error", reject).on("close", (code) => end({ code: code ?? 1, stdout }));
  });
}
