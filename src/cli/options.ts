import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import { RECONCILE_POLICIES } from "../model/policy.ts";

/** The flags that every command about a tenant understands. */
export interface CommonOptions {
  readonly config?: string;
  readonly tenant?: string;
  readonly manifests?: string;
  readonly rev?: string;
  readonly repo?: string;
  readonly branch?: string;
  readonly repoDir?: string;
  readonly requireSigned?: boolean;
  readonly allowedSigners?: string;
  readonly output: OutputFormat;
  readonly logLevel: LogLevel;
  readonly color: boolean;
  readonly metricsFile?: string;
  /** false asks the tenant for every document, and keeps none. */
  readonly cache?: boolean;
  /** false leaves the edits that are found to a later run to tell. */
  readonly notify?: boolean;
}

export type OutputFormat = "text" | "json" | "sarif" | "markdown" | "html";
/** What every command can print on stdout. */
export const PLAIN_FORMATS: readonly OutputFormat[] = ["text", "json"];
/** What commands can print whose results are findings. */
export const FINDING_FORMATS: readonly OutputFormat[] = [...PLAIN_FORMATS, "sarif"];
/** What commands can print whose result is a plan that somebody reviews. */
export const PLAN_FORMATS: readonly OutputFormat[] = [...PLAIN_FORMATS, "markdown", "html"];
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** An empty value is a variable of the pipeline that is not set, and must not mean something else. */
export function filledText(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It is empty.");
  return text;
}

/** Flags about how to print, which every command has. */
export function addPrintOptions(command: Command, formats: readonly OutputFormat[] = PLAIN_FORMATS): Command {
  return addColorOption(
    command
      .addOption(new Option("--output <format>", "what to print on stdout").choices(formats).default("text"))
      .addOption(new Option("--log-level <level>", "how much to log on stderr").choices(LOG_LEVELS).default("warn")),
  );
}

export function addColorOption(command: Command): Command {
  return command.option("--no-color", "never colour the output (NO_COLOR does the same)");
}

/** Of commands about live that somebody may want to watch. */
export function addMetricsOption(command: Command): Command {
  return command.option("--metrics-file <file>", "write Prometheus metrics of the run there when it ends", filledText);
}

/** Of commands that read many documents. */
export function addCacheOption(command: Command): Command {
  return command.option("--no-cache", "ask the tenant for every document, and keep none for the next run");
}

/** Flags that overrule a plan's own guards. */
export interface GuardOptions {
  readonly allowLargeChange?: boolean;
  readonly allowProtected?: boolean;
}

/** Flags that make a run about a part of the tenant. */
export function addNarrowingOptions(command: Command): Command {
  return command
    .option("--only <kind/name>", "only this resource; * stands for any text; may stand several times", gatherNames)
    .option(
      "-l, --selector <labels>",
      "only what has these labels, as kubectl selects: team=billing,stage!=test",
      joinSelectors,
    )
    .option("--changed-since <revision>", "only what changed since this git revision and HEAD parted", filledText);
}

function gatherNames(text: string, names: readonly string[] = []): readonly string[] {
  return [...names, filledText(text)];
}

/** Each of several has to hold, as each part of one has to. */
function joinSelectors(text: string, before?: string): string {
  return before === undefined ? filledText(text) : `${before},${filledText(text)}`;
}

/** Flags that make a plan, and so go with it when it is saved. */
export function addPlanningOptions(command: Command): Command {
  return addNarrowingOptions(addGuardOptions(command))
    .option("--prune", "delete what is managed and no manifest describes any more")
    .option("--adopt", "record what is live as desired already, so that it is managed from now on");
}

export function addGuardOptions(command: Command): Command {
  return addProtectionOption(command).option(
    "--allow-large-change",
    "accept more updates or deletes than the tenant's guard allows",
  );
}

export function addProtectionOption(command: Command): Command {
  return command.option("--allow-protected", "accept updates of resources that are annotated as protected");
}

/** Of scheduled runs: what they may do by themselves. */
export function addPolicyOption(command: Command): Command {
  return command.addOption(
    new Option("--policy <policy>", "what may be done with nobody there (default: as configured, or repair)").choices(
      RECONCILE_POLICIES,
    ),
  );
}

/** Flags about a repository that is followed, and about who must have signed what is read. */
export function addSourceOptions(command: Command): Command {
  return command
    .option("--repo <url>", "read the manifests from a clone that follows this repository", filledText)
    .option("--branch <name>", "the branch that is followed (default: main)", filledText)
    .option("--repo-dir <dir>", "where clones are kept (default: .cxone-gitops/repos)", filledText)
    .option("--require-signed", "read nothing from a commit that is not signed with an allowed key")
    .option("--allowed-signers <file>", "who may sign with ssh, in the format of OpenSSH", filledText);
}

/** Flags about which manifests and which tenant. */
export function addTenantOptions(command: Command, formats: readonly OutputFormat[] = PLAIN_FORMATS): Command {
  return addManifestOptions(
    command.option(
      "--tenant <name>",
      "the tenant to work on, needed when there are several; most commands also take dev,prod or all",
      filledText,
    ),
    formats,
  );
}

/** Flags about which manifests. */
export function addManifestOptions(command: Command, formats: readonly OutputFormat[] = PLAIN_FORMATS): Command {
  return addPrintOptions(
    command
      .option("--config <file>", "the configuration (default: cxone-gitops.yaml)", filledText)
      .option("--manifests <dir>", "the folder of manifests, instead of the configured one", filledText)
      .option("--rev <revision>", "read the manifests from a git revision instead of the folder", filledText),
    formats,
  );
}
