/** Where the parts meet: which store, trail and clock the engine gets. */
import { createPublicKey, type KeyObject } from "node:crypto";
import { type FileTrail, openTrail, type TrailOptions } from "../audit/file-store.ts";
import type { ResolvedTenant } from "../config/resolved.ts";
import { selectTenant } from "../config/tenant.ts";
import { type CxoneConnection, connectTenant } from "../cxone/connect.ts";
import type { ApiEvent } from "../cxone/events.ts";
import { neighbourFolder } from "../cxone/quota/neighbour-files.ts";
import { GitopsError } from "../errors.ts";
import type { Keeping } from "../model/keeping.ts";
import type { Secrets } from "../model/secrets.ts";
import { type OpenedCache, openCache } from "./known-documents.ts";
import { learningStore } from "./learning-store.ts";
import { readVersion } from "./package-files.ts";
import { sayRequests } from "./request-report.ts";
import { runKindOf } from "./run-kind.ts";
import { type RunReport, reportRun } from "./run-report.ts";
import type { Workspace } from "./workspace.ts";

/** A run's dealings with one tenant. */
export interface Session extends Workspace {
  readonly tenant: ResolvedTenant;
  readonly connection: CxoneConnection;
  /** Gives up what is being read; what was begun as a write goes on. */
  readonly giveUp: AbortController;
  /** What metrics and notifications are made of when the run is over. */
  readonly report: RunReport;
  /** For what is read from here on and gathered as lessons. Nothing else that a run reads is kept for later ones. */
  beginKeeping(): Keeping | undefined;
  /** Brings the trail to what other machines have written, once; to be awaited before the trail is read. */
  syncTrail(): Promise<void>;
}

/** One that may write, and so has the trail that accounts for it. */
export interface WritingSession extends Session {
  readonly trail: FileTrail;
}

/** Runs the dealings of a command that writes with the tenant that the options name, and closes the connection after it. */
export async function withWritableTenant<T>(
  workspace: Workspace,
  work: (session: WritingSession) => Promise<T>,
): Promise<T> {
  const { config, log } = workspace;
  const signingKey = await config.audit.resolveSigningKey();
  refuseOddKeys(signingKey, await config.audit.resolveVerifyKey());
  const onWarning = (warning: object) => log.warn(warning, "audit trail");
  const trail = await openTrailOf(workspace, { onWarning, ...(signingKey && { signingKey }) });
  return withTenant(workspace, async (session) => {
    // Whom to tell is known before anything is written.
    await config.notifications.resolveReceivers(session.tenant.name);
    // Whoever writes checks the trail first, and syncs it there (`checkTrail`), again under the run lock.
    return work({ ...session, trail, syncTrail: () => Promise.resolve() });
  });
}

async function openTrailOf(workspace: Workspace, options: Omit<TrailOptions, "file">): Promise<FileTrail> {
  const { config, stopping } = workspace;
  const { git, file } = config.audit;
  if (git === null) return openTrail({ ...options, file });
  const { openGitTrail } = await import("./trail/trail-branch.ts");
  return openGitTrail(config.directory, git, { ...options, stop: stopping.hard });
}

/** What this run signs must be what the next one asks for, or the trail would lock itself. */
function refuseOddKeys(signingKey: KeyObject | undefined, verifyKey: KeyObject | undefined): void {
  if (verifyKey === undefined) return;
  if (signingKey === undefined) {
    throw new GitopsError(
      "config/invalid",
      "audit.verifyKey asks for a signed trail, and there is no audit.signingKey",
      {
        hint: "Set audit.signingKey where this runs; only commands that write need it.",
      },
    );
  }
  if (createPublicKey(signingKey).equals(verifyKey)) return;
  throw new GitopsError("config/invalid", "audit.verifyKey is not the public half of audit.signingKey", {
    hint: "Set the pair that belongs together; docs/configuration.md says how to change keys.",
  });
}

/** As `withWritableTenant`, for a command that only reads. */
export async function withTenant<T>(workspace: Workspace, work: (session: Session) => Promise<T>): Promise<T> {
  return reportRun(workspace, (report) => openSession(workspace, report, work));
}

async function openSession<T>(
  workspace: Workspace,
  report: RunReport,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { io, config, options, stopping } = workspace;
  const tenant = await selectTenant(config, options.tenant, { needCredentials: true });
  report.tenant = tenant.name;
  const giveUp = new AbortController();
  const cache = openCache(workspace, tenant);
  const connection = connect(workspace, tenant, giveUp.signal, cache);
  io.requests.set(tenant.name, connection.report);
  // The second signal leaves at once: what is under way is cut off, and the next run looks at what became of it.
  stopping.hard.addEventListener("abort", () => void connection.close());
  try {
    const beginKeeping = () => cache?.beginKeeping();
    return await work({
      ...workspace,
      tenant,
      connection,
      giveUp,
      report,
      beginKeeping,
      syncTrail: syncOnce(workspace),
    });
  } finally {
    await connection.close();
    await cache?.save();
    const requests = connection.report();
    io.requests.set(tenant.name, () => requests);
    io.metrics.waited(tenant.name, requests.timeMs.quota);
    sayRequests(io, tenant.name, requests, options);
  }
}

function syncOnce({ config, stopping }: Workspace): () => Promise<void> {
  let synced: Promise<void> | undefined;
  return async () => {
    if (config.audit.git === null) return;
    synced ??= import("./trail/trail-branch.ts").then(({ syncTrail }) => syncTrail(config, stopping.hard));
    await synced;
  };
}

function connect(
  { io, clock, log }: Workspace,
  tenant: ResolvedTenant,
  signal: AbortSignal,
  cache: OpenedCache | undefined,
): CxoneConnection {
  const { credentials, ...endpoints } = tenant;
  if (credentials === null) {
    throw new GitopsError("config/missing", `the tenant "${tenant.name}" has no credentials`, {
      hint: "Set `credentials` in the configuration.",
    });
  }
  const onEvent = (event: ApiEvent) => {
    log[event.type === "retry" || event.type === "paused" ? "info" : "debug"](event, event.type);
    io.metrics.request(tenant.name, maskEndpoint(event, io.secrets));
  };
  const sharing = {
    kind: runKindOf(io.commandName),
    folder: neighbourFolder(io.env),
    onTrouble: (why: string) => log.debug({ why }, "other runs on this machine cannot be seen"),
  };
  const parts = { clock, secrets: io.secrets, onEvent, signal, sharing, known: cache?.known, version: readVersion() };
  const connection = connectTenant({ tenant: { ...endpoints, ...credentials }, ...parts });
  return { ...connection, store: learningStore(connection.store, io.secrets, cache?.isClean) };
}

/** The path of a token is the configuration's, and may come from the environment. */
function maskEndpoint(event: ApiEvent, secrets: Secrets): ApiEvent {
  return "endpoint" in event ? { ...event, endpoint: secrets.mask(event.endpoint) } : event;
}

/** Reading is given up on the first signal; what follows may be a write, and is given up on the second only. */
export async function whileStoppable<T>({ stopping, giveUp }: Session, read: () => Promise<T>): Promise<T> {
  const { soft, hard } = stopping;
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
