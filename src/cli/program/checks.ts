import { type Command, Option } from "commander";
import { addTenantOptions, FINDING_FORMATS, filledText } from "../options.ts";
import { percentage, type Running } from "./parts.ts";

/** Commands that look and write nothing: `validate`, `test`, `graph`. */
export function addCheckCommands(program: Command, { io, stopping, finish }: Running): void {
  addTenantOptions(
    program.command("validate").description("check manifests offline; needs no credentials"),
    FINDING_FORMATS,
  ).action(async (options) => finish(await (await import("../validate.ts")).runValidate(io, options, stopping)));
  addTenantOptions(
    program.command("test").description("follow the calls of the FlowTests offline, and compare"),
    FINDING_FORMATS,
  )
    .option("--only <names...>", "run these FlowTests only")
    .addOption(new Option("--reporter <format>", "print the results on stdout in another form").choices(["junit"]))
    .option("--min-coverage <percent>", "exit 1 when the cases take fewer connections than this", percentage)
    .action(async (options) => finish(await (await import("../test.ts")).runTest(io, options, stopping)));
  addTenantOptions(
    program
      .command("graph")
      .argument("<name>", "metadata.name or id of a flow, workflow or e-mail node", filledText)
      .description("draw a flow or workflow, or how it differs from live or a git revision"),
  )
    .addOption(new Option("--kind <kind>", "only what is of this kind").choices(["Flow", "Workflow", "EmailNode"]))
    .addOption(new Option("--format <format>", "what to draw").choices(["mermaid", "svg", "html"]).default("mermaid"))
    .option("--against <what>", "draw what differs from `live`, or from a git revision", filledText)
    .action(async (name, options) => finish(await (await import("../graph.ts")).runGraph(io, name, options, stopping)));
}
