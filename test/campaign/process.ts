import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { START } from "../helpers/command.ts";
import { ENVIRONMENT } from "./secrets.ts";

/** Shared by the processes of a campaign, so that each starts in half the time. */
const COMPILE_CACHE = mkdtempSync(join(tmpdir(), "campaign-cache-"));
process.on("exit", () => rmSync(COMPILE_CACHE, { recursive: true, force: true }));

/** Far longer than any run takes: whoever is at work for so long hangs, and the campaign must not. */
const HANG_MS = 180_000;

export interface Ended {
  readonly args: readonly string[];
  /** null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly hung: boolean;
}

/** The command as a process of its own, under way. */
export interface Running {
  readonly ended: Promise<Ended>;
  /** False when it had ended already. */
  signal(signal: NodeJS.Signals): boolean;
  /** Calls back once when stderr holds the text. */
  onceSaid(text: string, callback: () => void): void;
}

export function startCommand(args: readonly string[], folder: string): Running {
  const env = { PATH: process.env["PATH"], HOME: folder, NODE_COMPILE_CACHE: COMPILE_CACHE, ...ENVIRONMENT };
  const child = spawn(process.execPath, [START, ...args], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  let hung = false;
  let waiting: { readonly text: string; readonly callback: () => void } | undefined;
  const timer = setTimeout(() => {
    hung = true;
    child.kill("SIGKILL");
  }, HANG_MS);
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    if (waiting === undefined || !stderr.includes(waiting.text)) return;
    waiting.callback();
    waiting = undefined;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject).on("close", (code) => {
      clearTimeout(timer);
      resolve({ args, code, stdout, stderr, hung });
    });
  });
  return {
    ended,
    signal: (signal) => child.kill(signal),
    onceSaid: (text, callback) => {
      waiting = { text, callback };
    },
  };
}
