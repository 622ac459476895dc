import type { Command } from "commander";
import { addColorOption, addPrintOptions } from "./options.ts";
import { portNumber, type Running, wholeNumber } from "./program-parts.ts";

/** Commands for trying things out: `emulator`, `demo`. */
export function addToolCommands(program: Command, { io, stopping, finish }: Running): void {
  addPrintOptions(program.command("emulator").description("run a CXone emulator until it is stopped"))
    .option("--port <number>", "the port to listen on; 0 lets the system choose", portNumber, 8700)
    .option("--host <address>", "the address to listen on", "127.0.0.1")
    .option("--seed <file>", "what is in it, as YAML (default: what the articles use)")
    .option("--latency <ms>", "milliseconds before every answer", wholeNumber)
    .option("--rate-limit <number>", "requests per second before it answers 429", wholeNumber)
    .action(async (options) => finish(await (await import("./emulator.ts")).runEmulator(io, options, stopping)));
  addColorOption(
    program.command("demo").description("see the whole story in a temporary folder, against an emulator"),
  ).action(async () => finish(await (await import("./demo.ts")).runDemo(io, stopping)));
}
