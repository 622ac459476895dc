import { InvalidConfigError } from "../config/error.ts";
import { EXIT, type ExitCode, GitopsError, messageOf } from "../errors.ts";
import { renderFindings } from "../render/findings.ts";
import { renderMoved } from "../render/moved.ts";
import { printSarifFailure } from "./machine-reports.ts";
import type { OutputFormat } from "./options.ts";
import { type Io, printJson } from "./outside/io.ts";
import { withRequestsSent } from "./request-report.ts";
import { StalePlanError } from "./saved-plans/stale-plan.ts";

/** Says what ended a command early, in the form that its results would have had. Returns the exit code. */
export function reportFailure(io: Io, thrown: unknown, output: OutputFormat): ExitCode {
  const failure = asFailure(thrown);
  if (output === "json") printJson(io, withRequestsSent(io, failureDocument(failure)));
  if (output === "sarif") printSarifFailure(io, failure);
  io.say(describeFailure(io, failure));
  return failure.exitCode;
}

/** What a command that ended early prints as JSON. */
export function failureDocument(failure: GitopsError): object {
  const { code, message, hint = null, place = null } = failure;
  const findings = failure instanceof InvalidConfigError ? { findings: failure.findings } : {};
  const moved = failure instanceof StalePlanError ? { moved: failure.moved } : {};
  return { error: { code, message, hint, place, ...findings, ...moved } };
}

/** Anything that was thrown, as an error that can be told. */
export function asFailure(thrown: unknown): GitopsError {
  return thrown instanceof GitopsError ? thrown : asDefect(thrown);
}

export function describeFailure(io: Pick<Io, "paint">, failure: GitopsError): string {
  if (failure instanceof InvalidConfigError) return renderFindings(failure.findings, io.paint);
  const details = failure instanceof StalePlanError ? renderMoved(failure.moved, io.paint) : "";
  const { place, hint, code } = failure;
  const where =
    place === undefined
      ? ""
      : `${[place.file, place.line, place.column].filter((part) => part !== undefined).join(":")}: `;
  return `error: ${where}${failure.message} (${code})\n${details}${hint === undefined ? "" : `    ${hint}\n`}`;
}

/** What was not foreseen is our defect, and says so: with the stack, for the report that we ask for. */
function asDefect(thrown: unknown): GitopsError {
  const stack = thrown instanceof Error && thrown.stack !== undefined ? `\n${thrown.stack}` : "";
  return new GitopsError("internal", `a defect in cxone-gitops: ${messageOf(thrown)}${stack}`, {
    hint: `Please report it with this text (Node ${process.versions.node} on ${process.platform}).`,
    exitCode: EXIT.error,
  });
}
