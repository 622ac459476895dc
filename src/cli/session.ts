/** Where the parts meet: which store, trail and clock the engine gets. */
import { createPublicKey, type KeyObject } from "node:crypto";
import { type FileTrail, openTrail } from "../audit/file-store.ts";
import type { ResolvedTenant } from "../config/resolved.ts";
import { selectTenant } from "../config/tenant.ts";
import { type CxoneConnection, connectTenant } from "../cxone/connect.ts";
import { GitopsError } from "../errors.ts";
import { readVersion } from "./version.ts";
import type { Workspace } from "./workspace.ts";

/** A run's dealings with one tenant. */
export interface Session extends Workspace {
  readonly tenant: ResolvedTenant;
  readonly connection: CxoneConnection;
  /** Gives up what is being read; what was begun as a write goes on. */
  readonly giveUp: AbortController;
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
  const trail = openTrail({ file: config.audit.file, onWarning, ...(signingKey && { signingKey }) });
  return withTenant(workspace, (session) => work({ ...session, trail }));
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
  const { config, options, stopping } = workspace;
  const tenant = await selectTenant(config, options.tenant, { needCredentials: true });
  const giveUp = new AbortController();
  const connection = connect(workspace, tenant, giveUp.signal);
  // The second signal leaves at once: what is under way is cut off, and the next run looks at what became of it.
  stopping.hard.addEventListener("abort", () => void connection.close());
  try {
    return await work({ ...workspace, tenant, connection, giveUp });
  } finally {
    await connection.close();
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
  const parts = { clock, secrets: io.secrets, onEvent, signal, version: readVersion() };
  return connectTenant({ tenant: { ...endpoints, ...credentials }, ...parts });
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
