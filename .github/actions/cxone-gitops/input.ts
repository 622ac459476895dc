/** What a step of the action was asked, and where it may write. */
import { appendFileSync } from "node:fs";

export interface Input {
  readonly command: string;
  /** Empty for none, as are all that follow. */
  readonly tenant: string;
  readonly args: readonly string[];
  readonly planFile: string;
  readonly report: string;
  /** The branch whose commits are applied. */
  readonly branch: string;
  /** Who wrote the comments that may be edited. */
  readonly author: string;
  /** The folder with the configuration. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Throws when a value is missing, or has lines where it must be one. */
export function readInput(env: Input["env"], cwd: string = process.cwd()): Input {
  const line = (name: string) => {
    const value = (env[name] ?? "").trim();
    if (/[\r\n]/.test(value)) throw new Error(`the input ${name.slice(6).toLowerCase()} has more than one line`);
    return value;
  };
  const command = line("INPUT_COMMAND");
  if (!/^[a-z]+$/.test(command)) throw new Error("the input command is not the name of a command");
  const args = (env["INPUT_ARGS"] ?? "").split(/\r?\n/).map((word) => word.trim());
  return {
    command,
    tenant: line("INPUT_TENANT"),
    args: args.filter((word) => word !== ""),
    planFile: line("INPUT_PLAN_FILE"),
    report: line("INPUT_REPORT"),
    branch: line("INPUT_BRANCH") || "main",
    author: line("INPUT_AUTHOR") || "github-actions[bot]",
    cwd,
    env,
  };
}

/** A variable that the runner sets. */
export function need({ env }: Pick<Input, "env">, name: string): string {
  const value = env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set`);
  return value;
}

/** Appends to the summary that GitHub shows of the job. */
export function summarize({ env }: Pick<Input, "env">, markdown: string): void {
  const file = env["GITHUB_STEP_SUMMARY"];
  if (file !== undefined && file !== "") appendFileSync(file, markdown.endsWith("\n") ? markdown : `${markdown}\n`);
}

/** Names and values must be of one line; callers see to it. */
export function setOutput({ env }: Pick<Input, "env">, name: string, value: string): void {
  const file = env["GITHUB_OUTPUT"];
  if (file !== undefined && file !== "") appendFileSync(file, `${name}=${value}\n`);
}

/** A text between fences that nothing in it can close. */
export function fence(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const marks = "`".repeat(longest + 1);
  return `${marks}${language}\n${text.replace(/\n?$/, "\n")}${marks}\n`;
}

/** Says what went wrong and lets the step fail. */
export function fail(thrown: unknown): void {
  process.stderr.write(`cxone-gitops action: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
}
