import { spawn } from "node:child_process";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath, pathToFileURL } from "node:url";

const PROBE = pathToFileURL(fileURLToPath(new URL("probe.js", import.meta.url))).href;

/** One process, from its start to its end. */
export interface Measured {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly wallMs: number;
  /** User and system time of all its threads, without that of processes that it started. */
  readonly cpuMs: number;
  readonly peakMb: number;
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
}

export interface MeasureOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs Node with these words, and says what it took. Throws when it ends by a signal. */
export async function measure(words: readonly string[], { cwd, env = {} }: MeasureOptions): Promise<Measured> {
  const started = performance.now();
  const child = spawn(process.execPath, ["--import", PROBE, ...words], {
    cwd,
    env: environment(cwd, env),
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const ended = new Promise<{ code: number | null; wallMs: number; endedAt: number }>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve({ code, wallMs: performance.now() - started, endedAt: Date.now() }));
  });
  const [, out, err, probe] = child.stdio;
  const [end, stdout, stderr, used] = await Promise.all([ended, readAll(out), readAll(err), readAll(probe)]);
  if (end.code === null || used === "")
    throw new Error(`${words.join(" ")} did not end by itself\n${stderr.slice(-2000)}`);
  const { peakKb, cpuUs }: { readonly peakKb: number; readonly cpuUs: number } = JSON.parse(used);
  return { ...end, stdout, stderr, cpuMs: cpuUs / 1000, peakMb: peakKb / 1024 };
}

function readAll(stream: unknown): Promise<string> {
  if (!(stream instanceof Readable)) throw new Error("a stream of the measured process is missing");
  return text(stream);
}

/** Runs Node with these words, with nothing added, and says how long it took. Throws when it fails. */
export async function timeStart(words: readonly string[], { cwd, env = {} }: MeasureOptions): Promise<number> {
  const started = performance.now();
  const child = spawn(process.execPath, words, { cwd, env: environment(cwd, env), stdio: "ignore" });
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("exit", resolve));
  if (code !== 0) throw new Error(`${words.join(" ")} exited ${code}`);
  return performance.now() - started;
}

/** Nothing of whoever runs the benchmark but where programs are. */
function environment(cwd: string, more: Readonly<Record<string, string>>): Record<string, string | undefined> {
  return { PATH: process.env["PATH"], HOME: cwd, ...more };
}
