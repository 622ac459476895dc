import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { loadSeed, type Seed, SeedError } from "../emulator/seed.ts";
import { startEmulator } from "../emulator/server.ts";
import { EXIT, type ExitCode, GitopsError, messageOf } from "../errors.ts";
import type { OutputFormat } from "./options.ts";
import { type Io, printJson } from "./outside/io.ts";
import type { Stopping } from "./outside/stopping.ts";

export interface EmulatorCommandOptions {
  readonly port: number;
  readonly host: string;
  readonly seed?: string;
  readonly latency?: number;
  readonly rateLimit?: number;
  readonly output: OutputFormat;
}

/** Runs the emulator until the process is asked to end. */
export async function runEmulator(
  io: Io,
  options: EmulatorCommandOptions,
  { soft: stop }: Stopping,
): Promise<ExitCode> {
  const seed = options.seed === undefined ? undefined : await readSeed(io, options.seed);
  const { port, host, latency, rateLimit } = options;
  const emulator = await startEmulator({ port, host, seed, latency, rateLimit }).catch((thrown: unknown) => {
    throw new GitopsError("usage", `the emulator cannot listen on ${host}:${port}: ${messageOf(thrown)}`, {
      hint: "Choose another --port.",
    });
  });
  if (options.output === "json") printJson(io, { url: emulator.url, port: emulator.port });
  else io.print(`CXone emulator at ${emulator.url} (both API families). Stop it with Ctrl-C.\n`);
  await new Promise<void>((done) => {
    if (stop.aborted) done();
    stop.addEventListener("abort", () => done(), { once: true });
  });
  await emulator.close();
  return EXIT.ok;
}

async function readSeed(io: Io, file: string): Promise<Seed> {
  const path = resolve(io.cwd, file);
  const text = await readFile(path, "utf8").catch((thrown: unknown) => {
    throw new GitopsError("emulator/seed", `the seed cannot be read: ${messageOf(thrown)}`, {
      hint: "Check the path given with --seed.",
    });
  });
  try {
    return loadSeed(text, file);
  } catch (thrown) {
    if (thrown instanceof SeedError)
      throw new GitopsError("emulator/seed", thrown.message, { hint: "docs/emulator.md describes the format." });
    throw thrown;
  }
}
