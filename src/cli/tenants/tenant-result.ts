import type { ExitCode } from "../../errors.ts";
import type { Outcome } from "../../model/outcome.ts";
import type { Plan } from "../../model/plan.ts";
import type { Report } from "../../render/report.ts";
import { annotate } from "../machine-reports.ts";
import { printJson } from "../outside/io.ts";
import type { Planned } from "../planning.ts";
import { withRequests } from "../request-report.ts";
import type { Workspace } from "../workspace.ts";

/** What a command came to for one tenant. Its text is printed while it works; every other form is made of this afterwards. */
export interface TenantResult {
  readonly code: ExitCode;
  readonly plan: Plan;
  /** What `--output json` prints. */
  readonly document: object;
  /** undefined of a command that writes nothing. */
  readonly outcomes?: readonly Outcome[];
  /** What a report is made of, where one was asked for. */
  readonly planned?: Planned & Pick<Report, "drift">;
}

/** Prints what a command came to for the one tenant that it was run for. Returns its exit code. */
export async function printResult({ io, options }: Workspace, result: TenantResult): Promise<ExitCode> {
  const { plan, planned, document, code } = result;
  const { output } = options;
  annotate(io, { findings: plan.findings, plan }, options);
  if (output === "json") printJson(io, withRequests(io, document));
  if (planned === undefined || (output !== "markdown" && output !== "html")) return code;
  // The renderers of reports are loaded by who asks for one.
  const { makeReport } = await import("../report.ts");
  const report = makeReport({ ...planned, secrets: io.secrets });
  if (output === "markdown") io.printMasked((await import("../../render/markdown/comment.ts")).renderMarkdown(report));
  else for (const piece of (await import("../../render/html/page.ts")).renderHtml(report)) io.printMasked(piece);
  return code;
}
