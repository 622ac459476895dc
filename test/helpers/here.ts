/**
 * The command in the test's own process: the same command line, environment and streams as in a process of its own, without the price of
 * starting one. What is about processes (signals, terminals, kills) starts one with `runCommand`.
 */

import { readVersion } from "../../src/cli/package-files.ts";
import { runProgram } from "../../src/cli/program.ts";
import type { Ran } from "./command.ts";

export interface HereOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

const never = new AbortController().signal;

export async function runHere(args: readonly string[], { cwd, env = {} }: HereOptions): Promise<Ran> {
  const stdout = collectText();
  const stderr = collectText();
  const stopping = { soft: never, hard: never };
  const host = { cwd, env, stdin: {}, stdout, stderr, listen: () => stopping };
  const code = await runProgram(args, readVersion(), host);
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function collectText() {
  const pieces: string[] = [];
  return { write: (text: string) => pieces.push(text), on() {}, text: () => pieces.join("") };
}
