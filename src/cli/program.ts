import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { EXIT, type ExitCode, GitopsError } from "../errors.ts";
import { Secrets } from "../model/secrets.ts";
import { reportFailure } from "./failure.ts";
import { type Io, openIo } from "./io.ts";
import {
  addColorOption,
  addPlanningOptions,
  addPrintOptions,
  addProtectionOption,
  addTenantOptions,
  FINDING_FORMATS,
  filledText,
  type OutputFormat,
  PLAN_FORMATS,
} from "./options.ts";
import { listenForSignals, type Stopping } from "./stopping.ts";

/** What a command's action gets besides its flags. */
interface Session {
  readonly io: Io;
  readonly stopping: Stopping;
}

/** Parses a command line and runs its command. */
export async function runProgram(argv: readonly string[], version: string): Promise<ExitCode> {
  const session = openSession(argv);
  let exitCode: ExitCode = EXIT.ok;
  const program = buildProgram(session, version, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.ok;
    if (thrown instanceof CommanderError && thrown.code === "commander.help")
      return printGroupHelp(session.io, program, argv);
    return reportFailure(session.io, asUsage(thrown), formatOf(argv));
  }
}

function openSession(argv: readonly string[]): Session {
  const io = openIo({ secrets: new Secrets(), noColor: argv.includes("--no-color") });
  return { io, stopping: listenForSignals(io.say) };
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
 * command line is parsed with it; what a command ends with goes to `finish`.
 */
export function buildProgram(session: Session, version: string, finish: (code: ExitCode) => void): Command {
  const { io, stopping } = session;
  const program = new Command("cxone-gitops")
    .description("Run NICE CXone IVR flows and e-mail nodes from git.")
    .version(version)
    .configureOutput({ writeOut: (text) => io.print(text), writeErr: () => {} })
    .exitOverride()
    .helpCommand(false);
  addTenantOptions(
    program.command("validate").description("check manifests offline; needs no credentials"),
    FINDING_FORMATS,
  ).action(async (options) => finish(await (await import("./validate.ts")).runValidate(io, options, stopping)));
  addTenantOptions(
    program.command("test").description("follow the calls of the FlowTests offline, and compare"),
    FINDING_FORMATS,
  )
    .option("--only <names...>", "run these FlowTests only")
    .addOption(new Option("--reporter <format>", "print the results on stdout in another form").choices(["junit"]))
    .option("--min-coverage <percent>", "exit 1 when the cases take fewer connections than this", percentage)
    .action(async (options) => finish(await (await import("./test.ts")).runTest(io, options, stopping)));
  addPlanningOptions(
    addTenantOptions(
      program.command("plan").description("read live and print what apply would change; writes nothing"),
      PLAN_FORMATS,
    ),
  )
    .option("--out <file>", "save the plan, so that exactly it can be applied", filledText)
    .option("--detailed-exitcode", "exit 2 when there are changes")
    .action(async (options) => finish(await (await import("./plan.ts")).runPlan(io, options, stopping)));
  addPlanningOptions(
    addTenantOptions(
      program
        .command("apply")
        .argument("[planfile]", "a saved plan: exactly it is applied, or nothing", filledText)
        .description("plan, ask, and bring live to what git asks for"),
    ),
  )
    .option("--auto-approve", "do not ask; needed where nobody can answer")
    .action(async (planFile, options) =>
      finish(await (await import("./apply.ts")).runApply(io, planFile, options, stopping)),
    );
  addPlanningOptions(
    addTenantOptions(
      program
        .command("reconcile")
        .description("plan and apply with nobody to ask; git wins over edits of what it owns"),
    ),
  ).action(async (options) => finish(await (await import("./reconcile.ts")).runReconcile(io, options, stopping)));
  addProtectionOption(
    addTenantOptions(
      program
        .command("restore")
        .argument("<run>", "the run, as the trail names it", filledText)
        .description("put back what a run replaced"),
    ),
  )
    .option("--prune", "delete what the run created")
    .option("--overwrite", "put back also what somebody has edited since")
    .option("--auto-approve", "do not ask; needed where nobody can answer")
    .action(async (run, options) =>
      finish(await (await import("./restore.ts")).runRestore(io, run, options, stopping)),
    );
  addTenantOptions(program.command("drift").description("exit 2 when live differs from desired"), PLAN_FORMATS).action(
    async (options) => finish(await (await import("./plan.ts")).runDrift(io, options, stopping)),
  );
  addTenantOptions(
    program
      .command("graph")
      .argument("<name>", "metadata.name or id of a flow, workflow or e-mail node", filledText)
      .description("draw a flow or workflow, or how it differs from live or a git revision"),
  )
    .addOption(new Option("--kind <kind>", "only what is of this kind").choices(["Flow", "Workflow", "EmailNode"]))
    .addOption(new Option("--format <format>", "what to draw").choices(["mermaid", "svg", "html"]).default("mermaid"))
    .option("--against <what>", "draw what differs from `live`, or from a git revision", filledText)
    .action(async (name, options) => finish(await (await import("./graph.ts")).runGraph(io, name, options, stopping)));
  addAuditCommands(program, session, finish);
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
  return program;
}

function addAuditCommands(program: Command, { io }: Session, finish: (code: ExitCode) => void): void {
  const audit = program.command("audit").description("read and check the audit trail").helpCommand(false);
  const load = () => import("./audit.ts");
  const configOption = () =>
    new Option("--config <file>", "the configuration (default: cxone-gitops.yaml)").argParser(filledText);
  addPrintOptions(audit.command("log").description("list entries").addOption(configOption()))
    .option("--run <run>", "only this run")
    .option("--resource <kind/name>", "only this resource")
    .option("--actor <actor>", "only what this person or job did")
    .option("--tenant <name>", "only this tenant")
    .option("--since <time>", "from this date or time on")
    .option("--until <time>", "up to this date or time")
    .option("--runs", "one line for each run instead of each entry")
    .action(async (options) => finish(await (await load()).runAuditLog(io, options)));
  addPrintOptions(
    audit.command("show").argument("<run>").description("show what one run did").addOption(configOption()),
  ).action(async (run, options) => finish(await (await load()).runAuditShow(io, run, options)));
  addPrintOptions(
    audit.command("verify").description("check that no entry was changed, removed or cut").addOption(configOption()),
  )
    .option("--verify-key <file>", "the public key that must have signed the trail's head", filledText)
    .action(async (options) => finish(await (await load()).runAuditVerify(io, options)));
}

function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_535) throw new InvalidArgumentError("It must be at most 65535.");
  return port;
}

function percentage(text: string): number {
  const percent = wholeNumber(text);
  if (percent > 100) throw new InvalidArgumentError("It must be at most 100.");
  return percent;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}
