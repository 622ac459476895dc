import pino, { type Logger } from "pino";
import type { CommonOptions } from "../options.ts";
import { type Io, maskTexts } from "./io.ts";

/**
 * The log on stderr: for people on a terminal, JSON lines elsewhere. Written synchronously, because a process that ends must
 * not take its last lines with it, and masked in every field, because a secret can stand in any.
 */
export async function openLog(io: Io, { logLevel, color }: Pick<CommonOptions, "logLevel" | "color">): Promise<Logger> {
  const format = io.showsLog ? await loadPretty(color && !io.env["NO_COLOR"]) : (line: string) => `${line}\n`;
  const mask = (line: string) => JSON.stringify(JSON.parse(line), maskTexts(io.secrets));
  return pino({ level: logLevel, base: null }, { write: (line: string) => io.log(format(mask(line))) });
}

async function loadPretty(colorize: boolean): Promise<(line: string) => string> {
  // By its default: of a CommonJS module that is all that is there wherever it runs.
  const { default: pretty } = await import("pino-pretty");
  return pretty.prettyFactory({ colorize, ignore: "pid,hostname" });
}
