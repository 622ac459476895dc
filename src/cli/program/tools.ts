import { Argument, type Command, Option } from "commander";
import { SHELLS } from "../completion/script-words.ts";
import { addColorOption, addPrintOptions, filledText } from "../options.ts";
import { PIPELINES } from "../scaffold/pipelines.ts";
import { portNumber, type Running, wholeNumber } from "./parts.ts";

/** Commands for trying things out and for the shell: `emulator`, `init`, `demo`, `completion`. */
export function addToolCommands(program: Command, { io, stopping, finish }: Running): void {
  addPrintOptions(program.command("emulator").description("run a CXone emulator until it is stopped"))
    .option("--port <number>", "the port to listen on; 0 lets the system choose", portNumber, 8700)
    .option("--host <address>", "the address to listen on", "127.0.0.1")
    .option("--seed <file>", "what is in it, as YAML (default: what the articles use)")
    .option("--latency <ms>", "milliseconds before every answer", wholeNumber)
    .option("--rate-limit <number>", "requests per second before it answers 429", wholeNumber)
    .action(async (options) => finish(await (await import("../emulator.ts")).runEmulator(io, options, stopping)));
  addInitCommand(program, { io, finish });
  addColorOption(
    program.command("demo").description("see the whole story in a temporary folder, against an emulator"),
  ).action(async () => finish(await (await import("../demo.ts")).runDemo(io, stopping)));
  program
    .command("completion")
    .addArgument(new Argument("<shell>", "the shell that is to complete").choices(SHELLS))
    .description("print a script that completes commands, flags and their choices")
    .action(async (shell) => {
      const { readWords } = await import("../completion/words.ts");
      finish((await import("../completion.ts")).runCompletion(io, shell, readWords(program)));
    });
}

function addInitCommand(program: Command, { io, finish }: Pick<Running, "io" | "finish">): void {
  addPrintOptions(
    program
      .command("init")
      .argument("[dir]", "the folder to fill (default: the working directory)", filledText)
      .description("begin a repository of manifests: configuration, a first manifest, pipelines"),
  )
    .option("--org <name>", "the tenant's organisation: the first part of its host names", filledText)
    .option("--tenant <name>", "what to call the tenant (default: dev)", filledText)
    .addOption(
      new Option(
        "--pipelines <for>",
        "whose pipelines to write (default: those that are there, or github; below a repository's top none)",
      ).choices(PIPELINES),
    )
    .option("--action-ref <action>", "the action that the GitHub workflows use, as OWNER/REPOSITORY@HASH", filledText)
    .action(async (dir, options) => finish(await (await import("../init.ts")).runInit(io, dir ?? ".", options)));
}
