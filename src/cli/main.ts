import { readFileSync } from "node:fs";
import type { ExitCode } from "../errors.ts";

/**
 * Runs one command line and returns its exit code; never throws. Everything beyond the version is loaded only when it is needed,
 * because every CI step pays for what is loaded here.
 */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    process.stdout.write(`${readVersion()}\n`);
    return 0;
  }
  const { runProgram } = await import("./program.ts");
  return runProgram(argv, readVersion());
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return String(version);
}
