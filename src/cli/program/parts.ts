import { InvalidArgumentError } from "commander";
import type { ExitCode } from "../../errors.ts";
import type { ListenAddress } from "../following/health-server.ts";
import type { Io } from "../outside/io.ts";
import type { Stopping } from "../outside/stopping.ts";

/** What a command's action gets besides its flags. */
export interface Running {
  readonly io: Io;
  readonly stopping: Stopping;
  /** What the process is to end with. */
  readonly finish: (code: ExitCode) => void;
}

export function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_535) throw new InvalidArgumentError("It must be at most 65535.");
  return port;
}

/** Milliseconds. The unit must be written: nobody should have to guess whether 10 is seconds or minutes. */
export function interval(text: string): number {
  const [, amount = "", unit = ""] = /^(\d{1,6})([smh]?)$/.exec(text) ?? [];
  if (amount === "") throw new InvalidArgumentError("It must be a number with a unit: 90s, 10m or 1h.");
  if (unit === "") throw new InvalidArgumentError(`Its unit is missing: write ${amount}s or ${amount}m.`);
  const milliseconds = Number(amount) * (unit === "h" ? 3_600_000 : unit === "m" ? 60_000 : 1000);
  if (milliseconds < 10_000) throw new InvalidArgumentError("It must be at least 10s.");
  if (milliseconds > 86_400_000) throw new InvalidArgumentError("It must be at most 24h.");
  return milliseconds;
}

/** `PORT`, `HOST:PORT` or `[IPV6]:PORT`; without a host only this machine is answered. */
export function listenAddress(text: string): ListenAddress {
  const [, bracketed, plain, port = ""] = /^(?:(?:\[([\da-fA-F:.%\w]+)\]|([\w.-]+)):)?(\d+)$/.exec(text) ?? [];
  if (port === "") throw new InvalidArgumentError("It must be PORT or HOST:PORT.");
  return { host: bracketed ?? plain ?? "127.0.0.1", port: portNumber(port) };
}

export function percentage(text: string): number {
  const percent = wholeNumber(text);
  if (percent > 100) throw new InvalidArgumentError("It must be at most 100.");
  return percent;
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}

/** For a flag that may stand several times. */
export function gather(word: string, words: readonly string[] = []): readonly string[] {
  return [...words, word];
}
