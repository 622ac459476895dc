import type { Command } from "commander";
import { addPlanningOptions, addProtectionOption, addTenantOptions, filledText, PLAN_FORMATS } from "./options.ts";
import type { Running } from "./program-parts.ts";

/** Commands about the difference between desired and live: `plan`, `apply`, `reconcile`, `restore`, `drift`. */
export function addChangeCommands(program: Command, { io, stopping, finish }: Running): void {
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
}
