import type { TrailEntry } from "../../audit/entry.ts";
import { maskLive } from "../../engine/mask.ts";
import type { TrailRecord } from "../../engine/ports.ts";
import { readUntil, wasLately } from "../../engine/read-until.ts";
import { closeIntent } from "../../engine/recover.ts";
import { learnReplacedSecrets } from "../../engine/replaced-secrets.ts";
import { sharersOf } from "../../engine/resource-identity.ts";
import type { Resource } from "../../kinds/kind.ts";
import { hasErrors } from "../../model/finding.ts";
import { type LiveRead, refKey } from "../../model/live.ts";
import type { Session, WritingSession } from "../session.ts";
import { loadDesired, validateDesired } from "../workspace.ts";
import { describeKept } from "./kept-manifests.ts";
import { type Memory, recall } from "./memory.ts";
import { withRunLock } from "./run-lock.ts";
import { trailReadingOf } from "./run-reading.ts";
import { checkTrail } from "./trail-check.ts";

/** Intents of earlier runs for this tenant that have no outcome. */
export async function listUnfinished({ config, tenant, syncTrail }: Session): Promise<readonly TrailEntry[]> {
  await syncTrail();
  const { unfinished } = await trailReadingOf(config).facts();
  return unfinished.list().filter((intent) => intent.tenant === tenant.name);
}

/**
 * Accounts for what earlier runs left open, before anything is planned. Waits until no run is at work on the tenant. Returns the
 * trail's head.
 */
export async function settleEarlierRuns(session: WritingSession): Promise<string> {
  const head = await checkTrail(session);
  if ((await listUnfinished(session)).length === 0) return head;
  return withRunLock(session, async () => {
    await checkTrail(session);
    await closeUnfinished(session);
    return checkTrail(session);
  });
}

/**
 * Looks at what earlier runs left open and gives each intent its outcome, under its own run. To be called while the tenant's run
 * lock is held: then no open intent belongs to a run that is still at work.
 */
export async function closeUnfinished(session: WritingSession): Promise<void> {
  const intents = await listUnfinished(session);
  if (intents.length === 0) return;
  const memory = await recall(session);
  const described = await Promise.all(
    intents.map(async (intent) => ({
      intent,
      resource: await describeKept(session, intent.manifest, memory.lastApplied),
    })),
  );
  const known = [...(await desiredOrNone(session, memory)), ...described.flatMap(({ resource }) => resource ?? [])];
  for (const { intent, resource } of described) {
    // Who shared the document with it: what else the run was about, and what we managed there before.
    const siblings = resource === undefined ? [] : sharersOf(resource, [...memory.resources, ...known]);
    await closeOne(session, recordOf(intent), resource, siblings);
  }
}

/** What the manifests of now describe; they may be another run's, and need not be sound. */
async function desiredOrNone(session: WritingSession, { lastApplied }: Memory): Promise<readonly Resource[]> {
  const desired = await loadDesired(session).catch(() => undefined);
  if (desired === undefined) return [];
  const { resources, findings } = validateDesired(session, desired, session.tenant, lastApplied);
  return hasErrors(findings) ? [] : resources;
}

async function closeOne(
  { io, clock, connection, tenant, trail }: WritingSession,
  intent: TrailRecord,
  resource: Resource | undefined,
  siblings: readonly Resource[],
): Promise<void> {
  const { consistencyWindowMs } = tenant;
  const close = (read: LiveRead) => closeIntent(intent, resource, siblings, read, clock.now());
  // A write that was sent just before the run ended may still arrive, or not be readable yet.
  const read = await readUntil({
    ref: intent.document,
    isSettled: (found) => close(found)?.outcome === "done",
    store: connection.store,
    clock,
    windowMs: wasLately(intent.time, clock.now(), consistencyWindowMs) ? consistencyWindowMs : 0,
  });
  const closed = close(read);
  if (closed === undefined) return;
  if (read.state === "present" && resource !== undefined) {
    learnReplacedSecrets(resource, siblings, read.document, io.secrets);
  }
  const secrets = io.secrets.within(refKey(intent.document));
  const image = read.state === "present" ? await trail.keep(maskLive(read.document, secrets)) : null;
  await trail.append([{ ...closed, image }]);
  const why = closed.error === null ? "" : `: ${closed.error.message}`;
  io.say(`run ${intent.run} left ${intent.kind} ${intent.name} open; ${closed.outcome}${why}\n`);
}

function recordOf({ formatVersion, sequence, prevHash, hash, ...record }: TrailEntry): TrailRecord {
  return record;
}
