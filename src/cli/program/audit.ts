import { type Command, Option } from "commander";
import { addPrintOptions, filledText } from "../options.ts";
import type { Running } from "./parts.ts";

/** `audit log`, `show` and `verify`. */
export function addAuditCommands(program: Command, { io, finish }: Running): void {
  const audit = program.command("audit").description("read and check the audit trail").helpCommand(false);
  const load = () => import("../audit.ts");
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
