import pino, { type Logger } from "pino";
import { prettyFactory } from "pino-pretty";
import type { Secrets } from "../model/secrets.ts";
import { maskTexts } from "./io.ts";
import type { LogLevel } from "./options.ts";

/**
 * The log on stderr: for people on a terminal, JSON lines elsewhere. Written synchronously, because a process that ends must
 * not take its last lines with it, and masked in every field, because a secret can stand in any.
 */
export function openLog(options: { level: LogLevel; secrets: Secrets; color: boolean }): Logger {
  const { level, secrets, color } = options;
  const isTerminal = process.stderr.isTTY === true;
  const colorize = color && !process.env["NO_COLOR"];
  const format = isTerminal ? prettyFactory({ colorize, ignore: "pid,hostname" }) : (line: string) => `${line}\n`;
  const mask = (line: string) => JSON.stringify(JSON.parse(line), maskTexts(secrets));
  return pino({ level, base: null }, { write: (line) => void process.stderr.write(format(mask(line))) });
}
