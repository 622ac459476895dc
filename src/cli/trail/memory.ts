/**
 * What a run must read of the trail.
 *
 *   of                                  is read
 *   the trail                           every entry: what we manage is what they leave
 *   a kept manifest                     when no manifest of now says the same. Where one does (`keptFormOf`), the resource that it makes
 *                                       is the resource that was applied, and stands for it
 *   a kept document                     when live is no longer as it was kept (`KeptDocuments`)
 *
 * So the cost follows what changed, and on a sound trail a plan says what it would say had everything been read. What is kept and not needed
 * may be damaged: `apply` and `audit verify` look at all of it.
 */
import { setImmediate as turn } from "node:timers/promises";
import type { Managed } from "../../audit/managed.ts";
import { keptFormOf } from "../../engine/kept-form.ts";
import type { LastAppliedByIdentity } from "../../engine/last-applied.ts";
import { wasLately } from "../../engine/read-until.ts";
import { identityOf, subjectOf } from "../../engine/resource-identity.ts";
import type { KindContext, Resource } from "../../kinds/kind.ts";
import { KINDS } from "../../kinds/registry.ts";
import type { Json } from "../../model/json.ts";
import { refKey } from "../../model/live.ts";
import type { Metadata } from "../../model/manifest.ts";
import type { Session } from "../session.ts";
import { type Remembered, readRestored, rememberApplied } from "./applied.ts";
import { KeptDocuments } from "./kept-documents.ts";
import { describeManifest, readManifest } from "./kept-manifests.ts";
import { trailReadingOf } from "./run-reading.ts";

/** What the trail knows of a tenant: everything that we manage there, as it was applied last. */
export interface Memory {
  readonly resources: readonly Resource[];
  readonly lastApplied: KindContext["lastApplied"];
  /** The same resources as they were applied last, to tell where a difference comes from. */
  readonly applied: LastAppliedByIdentity;
  /** When the trail last learnt something of the tenant, and from which commit; null when it knows nothing of it. */
  readonly latest: { readonly commit: string | null; readonly time: string } | null;
  /** Digests of the kept manifests, by the resource's identity. */
  readonly manifestByIdentity: ReadonlyMap<string, string>;
  /** Documents (by `refKey`) that were written so lately that a read may not show it yet. */
  readonly justWritten: ReadonlySet<string>;
  /** Must meet each document that is read, before anything else here is asked about it. */
  readonly documents: KeptDocuments;
  /** The documents (by `refKey`) as they were kept last, secrets masked: those that `documents` has met. */
  readonly keptByDocument: ReadonlyMap<string, Json>;
}

/** What manifests need to know of the trail before they can be validated, and the rest once they are. */
export interface Recall {
  readonly lastApplied: KindContext["lastApplied"];
  /** `desired` is what the manifests of now describe, for this tenant. */
  remember(desired: readonly Resource[]): Promise<Memory>;
}

/** So many kept manifests are read before others get a turn. */
const READ_IN_A_ROW = 100;

/** Reads the trail. Throws `audit/broken` and `audit/unreadable` when it cannot be relied on. */
export async function recall(session: Session): Promise<Memory> {
  const { remember } = await beginRecall(session);
  return remember([]);
}

/** As `recall`, in two steps, for who loads manifests between them: what they say need not be read from the trail. */
export async function beginRecall(session: Session): Promise<Recall> {
  const { config, tenant, syncTrail } = session;
  await syncTrail();
  const facts = await trailReadingOf(config).facts();
  const managed = facts.managed.list(tenant.name);
  const metadataById = await readMetadata(session, managed);
  const lastApplied: KindContext["lastApplied"] = (kind, id) => metadataById.get(JSON.stringify([kind, id]));
  return {
    lastApplied,
    async remember(desired) {
      const resources = await describeManaged(session, managed, { desired, lastApplied });
      const restoredByIdentity = await readRestored(session, managed);
      return makeMemory(session, { managed, resources, lastApplied, restoredByIdentity });
    },
  };
}

/** Of the kinds that ask for it. */
async function readMetadata(session: Session, managed: readonly Managed[]): Promise<ReadonlyMap<string, Metadata>> {
  const asking = new Set(KINDS.flatMap(({ name, asksLastApplied }) => (asksLastApplied === true ? [name] : [])));
  const found = new Map<string, Metadata>();
  for (const { kind, id, manifest: digest } of managed) {
    if (!asking.has(kind)) continue;
    const manifest = await readManifest(session, digest);
    if (manifest !== undefined) found.set(JSON.stringify([kind, id]), manifest.metadata);
  }
  return found;
}

async function describeManaged(
  session: Session,
  managed: readonly Managed[],
  { desired, lastApplied }: { readonly desired: readonly Resource[] } & Pick<Recall, "lastApplied">,
): Promise<readonly Resource[]> {
  const desiredByIdentity = new Map(desired.map((resource) => [identityOf(resource), resource]));
  const resources: Resource[] = [];
  let read = 0;
  for (const one of managed) {
    const asked = desiredByIdentity.get(subjectOf(one));
    if (asked !== undefined && isAsKept(asked, one.manifest)) {
      resources.push(asked);
      continue;
    }
    const resource = describeManifest(session, await readManifest(session, one.manifest), lastApplied);
    if (resource === undefined) warnOfUnreadable(session, one);
    else resources.push(resource);
    read += 1;
    if (read % READ_IN_A_ROW === 0) await turn();
  }
  return resources;
}

function isAsKept(resource: Resource, digest: string): boolean {
  const form = keptFormOf(resource);
  return form.isPlain && form.digest === digest;
}

function makeMemory(
  { config, tenant, clock }: Session,
  { lastApplied, ...remembered }: Remembered & Pick<Memory, "lastApplied">,
): Memory {
  const { managed, resources } = remembered;
  const documents = new KeptDocuments(config.audit.file, managed);
  const now = clock.now();
  const lately = managed.filter(({ time }) => wasLately(time, now, tenant.consistencyWindowMs));
  return {
    resources,
    lastApplied,
    applied: rememberApplied(remembered, documents),
    latest: managed.toSorted((left, right) => left.sequence - right.sequence).at(-1) ?? null,
    manifestByIdentity: new Map(managed.map((one) => [subjectOf(one), one.manifest])),
    documents,
    keptByDocument: documents.byDocument,
    justWritten: new Set(lately.map(({ document }) => refKey(document))),
  };
}

/** A resource that cannot be told from the trail any more can be neither reported nor pruned, and somebody should know. */
function warnOfUnreadable({ io }: Session, one: Managed): void {
  io.say(
    `the manifest that ${one.kind} ${one.name} was applied with cannot be used (an environment variable may be missing)\n`,
  );
}
