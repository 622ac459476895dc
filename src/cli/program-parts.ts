import { InvalidArgumentError } from "commander";
import type { ExitCode } from "../errors.ts";
import type { Io } from "./io.ts";
import type { Stopping } from "./stopping.ts";

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

export function percentage(text: string): number {
  const percent = wholeNumber(text);
  if (percent > 100) throw new InvalidArgumentError("It must be at most 100.");
  return percent;
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}
