import type { Logger } from "pino";
import { loadConfig } from "../config/load.ts";
import type { ResolvedConfig, ResolvedTenant } from "../config/resolved.ts";
import type { Clock } from "../engine/ports.ts";
import type { KindContext } from "../kinds/kind.ts";
import { KINDS } from "../kinds/registry.ts";
import { compareFindings } from "../model/finding.ts";
import { workTreeRevision } from "../model/revision.ts";
import { loadDocuments } from "../source/folder.ts";
import { type LoadedDocuments, parseFiles } from "../source/parse-files.ts";
import { type Validation, validateDocuments } from "../validate/validate.ts";
import { type DesiredSource, openSource } from "./desired/source.ts";
import type { CommonOptions } from "./options.ts";
import { openClock } from "./outside/clock.ts";
import { type Io, withSecrets } from "./outside/io.ts";
import { openLog } from "./outside/log.ts";
import type { Stopping } from "./outside/stopping.ts";

/** A run's surroundings, as far as every command needs them. */
export interface Workspace {
  readonly io: Io;
  readonly options: CommonOptions;
  readonly config: ResolvedConfig;
  readonly log: Logger;
  readonly clock: Clock;
  readonly stopping: Stopping;
  /** Where the manifests come from: settled by the first who asks, and the same for the rest of the run. */
  readonly source: () => Promise<DesiredSource>;
  /** The manifests, where they have been read for several tenants together. */
  readonly desired?: Desired;
}

export interface WorkspaceOptions {
  readonly needCredentials: boolean;
  readonly stopping: Stopping;
  /** True for what brings to a tenant what manifests ask for; `source.requireSigned` is about that. */
  readonly deploys?: boolean;
}

export async function openWorkspace(
  io: Io,
  options: CommonOptions,
  { needCredentials, stopping, deploys = false }: WorkspaceOptions,
): Promise<Workspace> {
  const { secrets, cwd, env } = io;
  for (const value of Object.values(env)) if (value !== undefined) secrets.suspect(value);
  const log = await openLog(io, options);
  const config = await loadConfig({ file: options.config, cwd, env, needCredentials, secrets });
  const source = openSource({ io, options, config, log, stop: stopping.soft, deploys });
  return { io, options, config, log, clock: openClock(stopping.hard), stopping, source };
}

/** The surroundings of one of several tenants: what is learnt of its secrets hides nothing of another's. */
export async function forTenant(workspace: Workspace, tenant: string): Promise<Workspace> {
  const options = { ...workspace.options, tenant };
  const io = withSecrets(workspace.io, workspace.io.secrets.fork());
  return { ...workspace, io, options, log: await openLog(io, options) };
}

/** The same surroundings, with the manifests of a revision. */
export function atRevision(workspace: Workspace, rev: string): Workspace {
  const { io, config, log, stopping } = workspace;
  const options = { ...workspace.options, rev };
  const source = openSource({ io, options, config, log, stop: stopping.soft, deploys: false });
  return { ...workspace, options, source };
}

export interface Desired {
  readonly loaded: LoadedDocuments;
  /** The commit that the manifests come from; `-dirty` when the folder or the configuration differs from it; null outside git. */
  readonly revision: string | null;
}

/** Reads the manifests: the folder's, or those of the run's commit. Git is asked, and its code loaded, for a commit only. */
export async function loadManifests({ io, source, desired }: Workspace): Promise<LoadedDocuments> {
  if (desired !== undefined) return desired.loaded;
  const settled = await source();
  if (settled.kind === "folder") return await loadDocuments(settled.folder, { cwd: io.cwd });
  const { readCommit } = await import("../source/git/git.ts");
  return parseFiles(await readCommit(settled.from));
}

/** The manifests, and which commit they are. */
export async function loadDesired(workspace: Workspace): Promise<Desired> {
  const { config, source, desired } = workspace;
  if (desired !== undefined) return desired;
  const loaded = await loadManifests(workspace);
  const settled = await source();
  if (settled.kind === "commit") return { loaded, revision: settled.from.commit };
  const { folder } = settled;
  const { describeRevision } = await import("../source/git/git.ts");
  // Another value of a variable is another desired, whatever the manifests say.
  const revision = await describeRevision(folder, config.file ?? undefined);
  return { loaded, revision: revision && workTreeRevision(revision.commit, revision.dirty) };
}

export type TenantView = Pick<ResolvedTenant, "name" | "variables">;

/** Everything that reading and validating the manifests of one tenant yields; of all tenants when it is null. */
export function validateDesired(
  { io, config }: Workspace,
  desired: Pick<Desired, "loaded">,
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
