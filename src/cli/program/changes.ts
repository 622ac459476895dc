import type { Command } from "commander";
import { Option } from "commander";
import { MAIL_FORMS } from "../importing/forms.ts";
import {
  addCacheOption,
  addManifestOptions,
  addMetricsOption,
  addNarrowingOptions,
  addPlanningOptions,
  addPolicyOption,
  addProtectionOption,
  addSourceOptions,
  addTenantOptions,
  filledText,
  PLAN_FORMATS,
} from "../options.ts";
import { gather, interval, listenAddress, type Running } from "./parts.ts";

const FROM_REPOSITORIES: readonly string[] = ["plan", "apply", "reconcile", "drift"];
const CACHED: readonly string[] = ["plan", "apply", "reconcile", "restore", "import", "diff", "drift"];
const WATCHED: readonly string[] = ["plan", "apply", "reconcile", "restore", "drift"];

/** Commands about the difference between desired and live: `plan`, `apply`, `reconcile`, `restore`, `diff`, `drift`. */
export function addChangeCommands(program: Command, { io, stopping, finish }: Running): void {
  addPlanningOptions(
    addTenantOptions(
      program.command("plan").description("read live and print what apply would change; writes nothing"),
      PLAN_FORMATS,
    ),
  )
    .option("--out <file>", "save the plan, so that exactly it can be applied", filledText)
    .option("--detailed-exitcode", "exit 2 when there are changes")
    .action(async (options) => finish(await (await import("../plan.ts")).runPlan(io, options, stopping)));
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
      finish(await (await import("../apply.ts")).runApply(io, planFile, options, stopping)),
    );
  addPolicyOption(
    addPlanningOptions(
      addTenantOptions(
        program
          .command("reconcile")
          .description("plan and apply with nobody to ask, as far as its policy goes; by default git wins"),
      ),
    ),
  )
    .option("--every <interval>", "stay, and do it again so long after each end: 90s, 10m, 1h", interval)
    .option("--listen <address>", "with --every: answer /healthz, /readyz and /metrics at [HOST:]PORT", listenAddress)
    .action(async (options) =>
      finish(await (await import("../reconcile-command.ts")).runReconcileCommand(io, options, stopping)),
    );
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
      finish(await (await import("../restore.ts")).runRestore(io, run, options, stopping)),
    );
  addTenantOptions(
    program
      .command("import")
      .argument("[documents...]", "what to import, as TYPE/ID (default: all that the tenant can list)")
      .description("write manifests that say what is live; sends nothing"),
  )
    .option("--kind <kind>", "import as this kind only; may stand several times", gather)
    .addOption(new Option("--as <form>", "how mails come in (default: workflows)").choices(MAIL_FORMS))
    .option("--use-variables", "write texts that equal one variable of the tenant as a reference to it")
    .option("--check", "say what would be written, and write nothing; exit 2 when there is something")
    .option("--auto-approve", "edit manifests that are there without asking")
    .option("--drift", "take live edits over into the manifests that there are")
    .option(
      "--branch <name>",
      "with --drift: commit them on this new branch, and leave the work tree alone",
      filledText,
    )
    .option(
      "--author <author>",
      'with --branch: whom the commit is by, "Name <email>" (default: git\'s user)',
      filledText,
    )
    .action(async (documents, options) =>
      finish(await (await import("../import.ts")).runImport(io, documents, options, stopping)),
    );
  addManifestOptions(
    program.command("diff").description("compare live of two tenants, apart from what git makes different"),
  )
    .requiredOption("--between <tenants...>", "the two tenants, the one to go out from first")
    .option("--detailed-exitcode", "exit 2 when they differ")
    .action(async (options) => finish(await (await import("../diff.ts")).runDiff(io, options, stopping)));
  addNarrowingOptions(
    addTenantOptions(
      program.command("drift").description("exit 2 when live differs from desired, and say who changed what"),
      PLAN_FORMATS,
    ),
  )
    .option("--detailed-exitcode", "exit 2 when there is drift, as it does without the flag")
    .option("--no-notify", "tell no receiver of the edits that are found, because a `reconcile` after it does")
    .action(async (options) => finish(await (await import("../plan.ts")).runDrift(io, options, stopping)));
  for (const command of program.commands) if (FROM_REPOSITORIES.includes(command.name())) addSourceOptions(command);
  for (const command of program.commands) if (CACHED.includes(command.name())) addCacheOption(command);
  for (const command of program.commands) if (WATCHED.includes(command.name())) addMetricsOption(command);
}
