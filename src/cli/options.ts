import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";

/** The flags that every command about a tenant understands. */
export interface CommonOptions {
  readonly config?: string;
  readonly tenant?: string;
  readonly manifests?: string;
  readonly rev?: string;
  readonly output: OutputFormat;
  readonly logLevel: LogLevel;
  readonly color: boolean;
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

/** Flags that overrule a plan's own guards. */
export interface GuardOptions {
  readonly allowLargeChange?: boolean;
  readonly allowProtected?: boolean;
}

/** Flags that make a plan, and so go with it when it is saved. */
export function addPlanningOptions(command: Command): Command {
  return addGuardOptions(command)
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

/** Flags about which manifests and which tenant. */
export function addTenantOptions(command: Command, formats: readonly OutputFormat[] = PLAIN_FORMATS): Command {
  return addPrintOptions(
    command
      .option("--config <file>", "the configuration (default: cxone-gitops.yaml)", filledText)
      .option("--tenant <name>", "the tenant to work on; needed when there are several", filledText)
      .option("--manifests <dir>", "the folder of manifests, instead of the configured one", filledText)
      .option("--rev <revision>", "read the manifests from a git revision instead of the folder", filledText),
    formats,
  );
}
