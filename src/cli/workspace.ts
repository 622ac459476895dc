import { resolve } from "node:path";
import type { Logger } from "pino";
import { loadConfig } from "../config/load.ts";
import type { ResolvedConfig, ResolvedTenant } from "../config/resolved.ts";
import type { Clock } from "../engine/ports.ts";
import type { KindContext } from "../kinds/kind.ts";
import { KINDS } from "../kinds/registry.ts";
import { compareFindings } from "../model/finding.ts";
import { loadDocuments } from "../source/folder.ts";
import { describeRevision, readRevision, resolveCommit } from "../source/git.ts";
import { type LoadedDocuments, parseFiles } from "../source/parse-files.ts";
import { type Validation, validateDocuments } from "../validate/validate.ts";
import { openClock } from "./clock.ts";
import type { Io } from "./io.ts";
import { openLog } from "./log.ts";
import type { CommonOptions } from "./options.ts";
import type { Stopping } from "./stopping.ts";

/** A run's surroundings, as far as every command needs them. */
export interface Workspace {
  readonly io: Io;
  readonly options: CommonOptions;
  readonly config: ResolvedConfig;
  readonly log: Logger;
  readonly clock: Clock;
  readonly stopping: Stopping;
}

export async function openWorkspace(
  io: Io,
  options: CommonOptions,
  { needCredentials, stopping }: { needCredentials: boolean; stopping: Stopping },
): Promise<Workspace> {
  const { secrets, cwd, env } = io;
  for (const value of Object.values(env)) if (value !== undefined) secrets.suspect(value);
  const log = openLog({ level: options.logLevel, secrets, color: options.color, status: io.status });
  const config = await loadConfig({ file: options.config, cwd, env, needCredentials, secrets });
  return { io, options, config, log, clock: openClock(stopping.hard), stopping };
}

export interface Desired {
  readonly loaded: LoadedDocuments;
  /** The commit that the manifests come from; `-dirty` when the folder differs from it; null outside git. */
  readonly revision: string | null;
}

/** Reads the manifests: the folder's, or those of `--rev`. */
export async function loadDesired({ io, options, config }: Workspace): Promise<Desired> {
  const { cwd } = io;
  const folder = options.manifests === undefined ? config.manifestsDirectory : resolve(cwd, options.manifests);
  if (options.rev !== undefined) {
    const files = await readRevision({ folder, rev: options.rev, cwd });
    return { loaded: parseFiles(files), revision: await resolveCommit(folder, options.rev) };
  }
  const loaded = await loadDocuments(folder, { cwd });
  const revision = await describeRevision(folder);
  return { loaded, revision: revision && `${revision.commit}${revision.dirty ? "-dirty" : ""}` };
}

export type TenantView = Pick<ResolvedTenant, "name" | "variables">;

/** Everything that reading and validating the manifests of one tenant yields; of all tenants when it is null. */
export function validateDesired(
  { io, config }: Workspace,
  desired: Desired,
  tenant: TenantView | null,
  lastApplied: KindContext["lastApplied"] = () => undefined,
): Validation {
  const validation = validateDocuments({
    documents: desired.loaded.documents,
    kinds: KINDS,
    tenant: tenant?.name ?? null,
    knownTenants: config.tenantNames.length === 0 ? null : config.tenantNames,
    variables: tenant?.variables ?? {},
    env: io.env,
    severities: config.rules,
    secrets: io.secrets,
    lastApplied,
  });
  return { ...validation, findings: [...desired.loaded.problems, ...validation.findings].sort(compareFindings) };
}
