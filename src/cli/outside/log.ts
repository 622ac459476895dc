import pino, { type Logger } from "pino";
import { prettyFactory } from "pino-pretty";
import type { CommonOptions } from "../options.ts";
import { type Io, maskTexts } from "./io.ts";

/**
 * The log on stderr: for people on a terminal, JSON lines elsewhere. Written synchronously, because a process that ends must
 * not take its last lines with it, and masked in every field, because a secret can stand in any.
 */
export function openLog(io: Io, { logLevel, color }: Pick<CommonOptions, "logLevel" | "color">): Logger {
  const colorize = color && !io.env["NO_COLOR"];
  const format = io.showsLog ? prettyFactory({ colorize, ignore: "pid,hostname" }) : (line: string) => `${line}\n`;
  const mask = (line: string) => JSON.stringify(JSON.parse(line), maskTexts(io.secrets));
  return pino({ level: logLevel, base: null }, { write: (line: string) => io.log(format(mask(line))) });
}
