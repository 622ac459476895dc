import { Command, CommanderError } from "commander";
import { EXIT, type ExitCode, GitopsError } from "../errors.ts";
import { Secrets } from "../model/secrets.ts";
import { reportFailure } from "./failure.ts";
import type { OutputFormat } from "./options.ts";
import { type Host, thisProcess } from "./outside/host.ts";
import { type Io, openIo } from "./outside/io.ts";
import { addAuditCommands } from "./program/audit.ts";
import { addChangeCommands } from "./program/changes.ts";
import { addCheckCommands } from "./program/checks.ts";
import type { Running } from "./program/parts.ts";
import { addToolCommands } from "./program/tools.ts";

/** Parses a command line and runs its command. */
export async function runProgram(
  argv: readonly string[],
  version: string,
  host: Host = thisProcess(),
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const [commandName = ""] = argv;
  const io = openIo(host, { secrets: new Secrets(), noColor: argv.includes("--no-color"), commandName });
  const finish = (code: ExitCode) => {
    exitCode = code;
  };
  const stopping = host.listen(io.say);
  stopping.soft.addEventListener("abort", io.background.giveUp);
  const program = buildProgram({ io, stopping, finish }, version);
  const metricsFile = awaitMetricsFile(io, program);
  const failed = await parse(io, program, argv);
  await io.background.settle();
  return metricsFile.write(failed ?? exitCode);
}

/** Returns the exit code of a command line that was no command, or whose command threw; otherwise its command has finished. */
async function parse(io: Io, program: Command, argv: readonly string[]): Promise<ExitCode | undefined> {
  try {
    await program.parseAsync(argv, { from: "user" });
    return undefined;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.ok;
    if (thrown instanceof CommanderError && thrown.code === "commander.help") return printGroupHelp(io, program, argv);
    return reportFailure(io, asUsage(thrown), formatOf(argv));
  }
}

/** Where a command is asked for a file of metrics, it is written when the command has ended, however it did. */
function awaitMetricsFile(io: Io, program: Command) {
  let write: ((code: ExitCode) => Promise<void>) | undefined;
  program.hook("preAction", async (_program, command) => {
    const file: unknown = command.getOptionValue("metricsFile");
    if (typeof file === "string") write = await (await import("./metrics/file.ts")).openMetricsFile(io, file);
  });
  return {
    async write(code: ExitCode): Promise<ExitCode> {
      await write?.(code);
      return code;
    },
  };
}

/** A group of commands named without one of them (`cxone-gitops`, `cxone-gitops audit`) asks what there is. */
function printGroupHelp(io: Io, program: Command, argv: readonly string[]): ExitCode {
  const group = program.commands.find((command) => argv.includes(command.name())) ?? program;
  io.print(group.helpInformation());
  return EXIT.ok;
}

/** Asked of the raw arguments, because a command line that does not parse must still fail in the form it asked for. */
function formatOf(argv: readonly string[]): OutputFormat {
  const asks = (format: OutputFormat) =>
    argv.some((word, index) => word === `--output=${format}` || (word === "--output" && argv[index + 1] === format));
  return (["json", "sarif"] as const).find(asks) ?? "text";
}

function asUsage(thrown: unknown): unknown {
  if (!(thrown instanceof CommanderError)) return thrown;
  const message = thrown.message.replace(/^error: /, "").replace(/\n/g, " ");
  return new GitopsError("usage", message, { hint: "Run it with -h to see what it takes." });
}

/**
 * The whole command line as commander knows it: every command with its flags, the same that `-h` prints. Nothing runs before a
 * command line is parsed with it.
 */
export function buildProgram(running: Running, version: string): Command {
  const { io } = running;
  const program = new Command("cxone-gitops")
    .description("Run NICE CXone IVR flows and e-mail nodes from git.")
    .version(version)
    .configureOutput({ writeOut: (text) => io.print(text), writeErr: () => {} })
    .exitOverride()
    .helpCommand(false);
  addCheckCommands(program, running);
  addChangeCommands(program, running);
  addAuditCommands(program, running);
  addToolCommands(program, running);
  return program;
}
