/** Where the parts meet: the only file that knows which store, trail and clock the engine gets. */
import { randomBytes } from "node:crypto";
import { userInfo } from "node:os";
import { resolve } from "node:path";
import type { Logger } from "pino";
import { describeActor } from "../audit/identity.ts";
import { loadConfig } from "../config/load.ts";
import type { ResolvedConfig, ResolvedTenant } from "../config/resolved.ts";
import { selectTenant } from "../config/tenant.ts";
import { type CxoneConnection, connectTenant } from "../cxone/connect.ts";
import { type Observation, observe } from "../engine/observe.ts";
import { makePlan } from "../engine/plan.ts";
import type { Clock } from "../engine/ports.ts";
import type { RunIdentity } from "../engine/recorder.ts";
import { groupIntoUnits, type Unit } from "../engine/units.ts";
import { GitopsError } from "../errors.ts";
import { KINDS } from "../kinds/registry.ts";
import { compareFindings, hasErrors } from "../model/finding.ts";
import type { Plan } from "../model/plan.ts";
import { loadDocuments } from "../source/folder.ts";
import { describeRevision, gitUser, readRevision, resolveCommit } from "../source/git.ts";
import { type LoadedDocuments, parseFiles } from "../source/parse-files.ts";
import { type Validation, validateDocuments } from "../validate/validate.ts";
import { openClock } from "./clock.ts";
import type { Io } from "./io.ts";
import { openLog } from "./log.ts";
import type { CommonOptions, GuardOptions } from "./options.ts";
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
  const log = openLog({ level: options.logLevel, secrets, color: options.color });
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

/** Everything that reading and validating the manifests of one tenant yields. */
export function validateDesired(workspace: Workspace, desired: Desired, tenant: TenantView | null): Validation {
  const { io, config } = workspace;
  const validation = validateDocuments({
    documents: desired.loaded.documents,
    kinds: KINDS,
    tenant: tenant?.name ?? null,
    knownTenants: config.tenantNames.length === 0 ? null : config.tenantNames,
    variables: tenant?.variables ?? {},
    env: io.env,
    severities: config.rules,
    secrets: io.secrets,
  });
  return { ...validation, findings: [...desired.loaded.problems, ...validation.findings].sort(compareFindings) };
}

export type TenantView = Pick<ResolvedTenant, "name" | "variables">;

/** A plan, and what applying it needs. */
export interface Planned {
  readonly plan: Plan;
  readonly tenant: ResolvedTenant;
  readonly units: readonly Unit[];
  readonly observation: Observation;
  readonly connection: CxoneConnection;
}

/**
 * Plans one tenant: manifests, validation, live, plan. With errors in the manifests nothing is read from the tenant, and the plan
 * holds findings only. The caller closes the connection.
 */
export async function planTenant(workspace: Workspace, overrides: GuardOptions): Promise<Planned> {
  const { io, options, config } = workspace;
  const tenant = await selectTenant(config, options.tenant, { needCredentials: true });
  const desired = await loadDesired(workspace);
  const { resources, findings } = validateDesired(workspace, desired, tenant);
  const isSound = !hasErrors(findings);
  const units = isSound
    ? groupIntoUnits(
        resources,
        KINDS.map((kind) => kind.name),
      )
    : [];
  const giveUp = new AbortController();
  const connection = connect(workspace, tenant, giveUp.signal);
  // The second signal leaves at once: what is under way is cut off, and the next run looks at what became of it.
  workspace.stopping.hard.addEventListener("abort", () => void connection.close());
  const observation = await whileStoppable(workspace.stopping, giveUp, () => observe(units, connection.store));
  const { revision } = desired;
  const inputs = { tenant: tenant.name, revision, units, observation, findings };
  const { allowLargeChange = false, allowProtected = false } = overrides;
  const guard = { ...tenant.guard, allowLargeChange, allowProtected };
  const plan = makePlan({ ...inputs, severities: config.rules, secrets: io.secrets, guard });
  return { plan, tenant, units, observation, connection };
}

/** Reading is given up on the first signal; what follows may be a write, and is given up on the second only. */
async function whileStoppable<T>(
  { soft, hard }: Stopping,
  giveUp: AbortController,
  read: () => Promise<T>,
): Promise<T> {
  const onStop = () => giveUp.abort();
  soft.addEventListener("abort", onStop);
  hard.addEventListener("abort", onStop);
  if (soft.aborted) onStop();
  try {
    return await read();
  } finally {
    soft.removeEventListener("abort", onStop);
  }
}

function connect({ io, clock, log }: Workspace, tenant: ResolvedTenant, signal: AbortSignal): CxoneConnection {
  const { credentials, ...endpoints } = tenant;
  if (credentials === null) {
    throw new GitopsError("config/missing", `the tenant "${tenant.name}" has no credentials`, {
      hint: "Set `credentials` in the configuration.",
    });
  }
  const onEvent = (event: { type: string }) => log[event.type === "request" ? "debug" : "info"](event, event.type);
  return connectTenant({ tenant: { ...endpoints, ...credentials }, clock, secrets: io.secrets, onEvent, signal });
}

/** Who this run is, for the trail. */
export async function identifyRun({ io, config, clock }: Workspace, plan: Plan): Promise<RunIdentity> {
  const { actor, commit, pullRequest } = describeActor(io.env, await gitUser(config.directory), userInfo().username);
  const started = new Date(clock.now()).toISOString().replace(/[-:]|\.\d+/g, "");
  const run = `${started}-${randomBytes(4).toString("hex")}`;
  return { run, tenant: plan.tenant, actor, commit: plan.revision ?? commit, pullRequest };
}
