import pino, { type Logger } from "pino";
import { prettyFactory } from "pino-pretty";
import type { Secrets } from "../model/secrets.ts";
import { maskTexts } from "./io.ts";
import type { LogLevel } from "./options.ts";
import type { StatusLine } from "./progress.ts";

/**
 * The log on stderr: for people on a terminal, JSON lines elsewhere. Written synchronously, because a process that ends must
 * not take its last lines with it, and masked in every field, because a secret can stand in any.
 */
export function openLog(options: {
  readonly level: LogLevel;
  readonly secrets: Secrets;
  readonly color: boolean;
  readonly status: StatusLine | undefined;
}): Logger {
  const { level, secrets, color, status } = options;
  const isTerminal = process.stderr.isTTY === true;
  const colorize = color && !process.env["NO_COLOR"];
  const format = isTerminal ? prettyFactory({ colorize, ignore: "pid,hostname" }) : (line: string) => `${line}\n`;
  const mask = (line: string) => JSON.stringify(JSON.parse(line), maskTexts(secrets));
  const write = (line: string) => {
    status?.clear();
    process.stderr.write(format(mask(line)));
  };
  return pino({ level, base: null }, { write });
}
