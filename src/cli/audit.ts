import { keptFolderOf } from "../audit/kept.ts";
import { queryTrail, readTrail, type TrailFilter } from "../audit/read.ts";
import { listRuns, type RunSummary } from "../audit/runs.ts";
import { verifyTrail } from "../audit/verify.ts";
import { readVerifyKeyFile } from "../config/audit-keys.ts";
import { loadConfig } from "../config/load.ts";
import type { ResolvedConfig } from "../config/resolved.ts";
import { unknownTenant } from "../config/tenant-names.ts";
import { EXIT, type ExitCode, GitopsError } from "../errors.ts";
import { renderRun, renderRunList, renderTrailLog, renderVerdict } from "../render/trail.ts";
import type { OutputFormat } from "./options.ts";
import { type Io, printJson } from "./outside/io.ts";

export interface AuditOptions {
  readonly config?: string;
  readonly output: OutputFormat;
}

export interface AuditLogOptions extends AuditOptions {
  readonly run?: string;
  readonly resource?: string;
  readonly actor?: string;
  readonly tenant?: string;
  readonly since?: string;
  readonly until?: string;
  /** One line for each run instead of each entry. */
  readonly runs?: boolean;
}

export interface AuditVerifyOptions extends AuditOptions {
  /** A file with the public key, instead of the configured one. */
  readonly verifyKey?: string;
}

/** Prints the entries that fit the flags. */
export async function runAuditLog(io: Io, options: AuditLogOptions): Promise<ExitCode> {
  const { run, resource, actor, tenant } = options;
  if (resource !== undefined && !/^[^/]+\/[^/]+$/.test(resource)) {
    const hint = "Write it as the log prints it: Flow/main-menu.";
    throw new GitopsError("usage", `--resource "${resource}" is no kind/name`, { hint });
  }
  const since = readTime("--since", options.since);
  const until = readTime("--until", options.until);
  const filter: TrailFilter = {
    ...(run !== undefined && { run }),
    ...(resource !== undefined && { resource }),
    ...(actor !== undefined && { actor }),
    ...(tenant !== undefined && { tenant }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  };
  const { audit, tenantNames } = await findTrail(io, options);
  const entries = await Array.fromAsync(queryTrail(audit.file, filter));
  if (entries.length === 0 && tenant !== undefined) await refuseUnknownTenant(audit.file, tenantNames, tenant);
  if (options.runs === true) return printRuns(io, options, await listRuns(entries));
  if (options.output === "json") printJson(io, { entries });
  else io.print(renderTrailLog(entries));
  return EXIT.ok;
}

/** A tenant that neither the configuration nor the trail knows has no entries because it was misspelt. Throws `config/tenant`. */
async function refuseUnknownTenant(file: string, configured: readonly string[], name: string): Promise<void> {
  const known = new Set(configured);
  for await (const { tenant } of readTrail(file)) known.add(tenant);
  // Where nothing is known, there is no entry of any tenant.
  if (known.size > 0 && !known.has(name)) throw unknownTenant([...known], name, "The trail and the configuration have");
}

function printRuns(io: Io, options: AuditOptions, runs: readonly RunSummary[]): ExitCode {
  if (options.output === "json") printJson(io, { runs });
  else io.print(renderRunList(runs));
  return EXIT.ok;
}

/** Prints all that the trail says of one run. */
export async function runAuditShow(io: Io, run: string, options: AuditOptions): Promise<ExitCode> {
  const { file } = (await findTrail(io, options)).audit;
  const entries = await Array.fromAsync(queryTrail(file, { run }));
  if (entries.length === 0) {
    const hint = "`cxone-gitops audit log` lists the runs that it does hold.";
    throw new GitopsError("audit/not-found", `the audit trail holds no run "${run}"`, { hint });
  }
  if (options.output === "json") printJson(io, { run, entries });
  else io.print(renderRun(entries, { keptFolder: keptFolderOf(file), paint: io.paint }));
  return EXIT.ok;
}

/** Checks the whole chain, what it names, and its signature. Exit 1 names the first entry that does not fit. */
export async function runAuditVerify(io: Io, options: AuditVerifyOptions): Promise<ExitCode> {
  const { audit: trail } = await findTrail(io, options);
  const { verifyKey: keyFile } = options;
  const verifyKey = await (keyFile === undefined ? trail.resolveVerifyKey() : readVerifyKeyFile(keyFile, io.cwd));
  const verdict = await verifyTrail(trail.file, { verifyKey });
  if (options.output === "json") printJson(io, verdict);
  else io.print(renderVerdict(verdict));
  return verdict.ok ? EXIT.ok : EXIT.error;
}

async function findTrail(io: Io, options: AuditOptions): Promise<ResolvedConfig> {
  const { cwd, env, secrets } = io;
  const config = await loadConfig({ file: options.config, cwd, env, needCredentials: false, secrets });
  if (config.audit.git !== null) await (await import("./trail/trail-branch.ts")).syncTrailOrWarn(io, config);
  return config;
}

function readTime(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new GitopsError("usage", `${flag} "${text}" is no time`, {
    hint: "Write a date such as 2026-03-31 or 2026-03-31T14:00:00Z.",
  });
}
