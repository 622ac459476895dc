import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The file that starts the command: the source as it is, or the bundle that `test/run.ts` has made of it. */
export const START =
  process.env["CXONE_GITOPS_START"] ?? fileURLToPath(new URL("../../src/cli/start.js", import.meta.url));

/** Hundreds of processes are started; each after the first finds its code compiled. */
export const COMPILE_CACHE = {
  NODE_COMPILE_CACHE: join(tmpdir(), `cxone-gitops-tests-${userInfo().username}`),
};

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** The file that stdout goes to, instead of into the result. */
  readonly stdoutTo?: string;
}

/** Runs the command as a process of its own, as a user would, and waits for its end. */
export function runCommand(args: readonly string[], options: RunOptions): Promise<Ran> {
  return runFile(START, args, options);
}

/** The same with another file that starts it. */
export function runFile(start: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env["PATH"], HOME: options.cwd, ...COMPILE_CACHE, ...options.env };
    const file = options.stdoutTo === undefined ? undefined : openSync(options.stdoutTo, "w");
    const child = spawn(process.execPath, [start, ...args], {
      cwd: options.cwd,
      env,
      stdio: ["pipe", file ?? "pipe", "pipe"],
    });
    if (file !== undefined) closeSync(file);
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject).on("close", (code) => resolve({ code, stdout, stderr }));
    child.stdin?.end(options.input ?? "");
  });
}
