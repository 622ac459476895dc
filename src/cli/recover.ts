import { openTrail } from "../audit/file-store.ts";
import { readTrail } from "../audit/read.ts";
import { findUnfinished } from "../audit/runs.ts";
import type { TrailRecord } from "../engine/ports.ts";
import { closeIntent } from "../engine/recover.ts";
import { siblingsOf } from "../engine/units.ts";
import type { LiveRead } from "../model/live.ts";
import type { Planned, Workspace } from "./wiring.ts";

/** Whether earlier runs left intents for this tenant without an outcome. */
export async function hasUnfinished({ config }: Workspace, tenant: string): Promise<boolean> {
  const open = await findUnfinished(readTrail(config.audit.file));
  return open.some((intent) => intent.tenant === tenant);
}

/**
 * Looks at what earlier runs left open and gives each intent its outcome, under its own run. To be called while the tenant's run
 * lock is held: then no open intent belongs to a run that is still at work.
 */
export async function closeUnfinished(workspace: Workspace, { tenant, units, connection }: Planned): Promise<void> {
  const { io, config, clock, log } = workspace;
  const trail = openTrail({ file: config.audit.file, onWarning: (warning) => log.warn(warning, "audit trail") });
  for (const intent of await findUnfinished(readTrail(config.audit.file))) {
    if (intent.tenant !== tenant.name) continue;
    const unit = units.find(({ resources }) => resources.some((one) => isAbout(intent, one)));
    const resource = unit?.resources.find((one) => isAbout(intent, one));
    const siblings = unit === undefined || resource === undefined ? [] : siblingsOf(unit, resource);
    const read: LiveRead = unit === undefined ? { state: "absent" } : await connection.store.read(unit.ref);
    const { formatVersion, sequence, prevHash, hash, ...record } = intent;
    const closed: TrailRecord | undefined = closeIntent(record, resource, siblings, read, clock.now());
    if (closed === undefined) continue;
    await trail.append([closed]);
    const why = closed.error === null ? "" : `: ${closed.error.message}`;
    io.say(`run ${intent.run} left ${intent.kind} ${intent.name} open; ${closed.outcome}${why}\n`);
  }
}

function isAbout(intent: TrailRecord, { kind, name }: { kind: string; name: string }): boolean {
  return intent.kind === kind && intent.name === name;
}
