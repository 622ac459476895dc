import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { COMPILE_CACHE, START } from "./command.ts";
import type { EmulatedWorld } from "./world.ts";

/** A command that goes on while the test does something to it. */
export interface Running {
  readonly child: ChildProcess;
  /** stdout and stderr so far. */
  output(): string;
  /** Resolves when a request of that method to that path has arrived; with `status`, when it has been answered so. */
  untilSent(method: string, path: string, status?: number): Promise<void>;
  untilSaid(text: RegExp): Promise<void>;
  /** Resolves when so many requests have arrived, or the command has ended before. */
  untilCount(requests: number): Promise<void>;
  /** Ends it with a signal and waits for its end; resolves with the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts the command in a world and does not wait for it. */
export function startRun(
  world: Pick<EmulatedWorld, "folder" | "env" | "emulator">,
  ...args: readonly string[]
): Running {
  const env = { PATH: process.env["PATH"], HOME: world.folder, ...COMPILE_CACHE, ...world.env };
  const child = spawn(process.execPath, [START, ...args], { cwd: world.folder, env });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      said += chunk;
    });
  }
  const until = async (isReached: () => boolean) => {
    while (!isReached()) {
      assert.equal(child.exitCode, null, said);
      await new Promise((tick) => setTimeout(tick, 5));
    }
  };
  return {
    child,
    output: () => said,
    untilSent: (method, path, status) =>
      until(() =>
        world.emulator
          .log()
          .some(
            (entry) =>
              entry.method === method && entry.path === path && (status === undefined || entry.status === status),
          ),
      ),
    untilSaid: (text) => until(() => text.test(said)),
    untilCount: (requests) => until(() => child.exitCode !== null || world.emulator.log().length >= requests),
    async end(signal) {
      if (child.exitCode !== null) return child.exitCode;
      const closed = once(child, "close");
      child.kill(signal);
      const [code]: unknown[] = await closed;
      return typeof code === "number" ? code : null;
    },
  };
}
