import { readKept } from "../../audit/kept.ts";
import { listManaged, type Managed } from "../../audit/managed.ts";
import { readTrail } from "../../audit/read.ts";
import { lastEditOf } from "../../cxone/last-edit.ts";
import type { LastApplied, LastAppliedByIdentity } from "../../engine/last-applied.ts";
import { wasLately } from "../../engine/read-until.ts";
import { identityOf, sharersOf, subjectOf } from "../../engine/resource-identity.ts";
import type { KindContext, Resource } from "../../kinds/kind.ts";
import { KINDS } from "../../kinds/registry.ts";
import { isJsonObject, type Json } from "../../model/json.ts";
import { refKey } from "../../model/live.ts";
import type { Manifest, SourceDocument } from "../../model/manifest.ts";
import { resolveVariables } from "../../source/variables.ts";
import { envelopeSchema } from "../../validate/envelope.ts";
import { isSecretPlace, kindContext } from "../../validate/validate.ts";
import type { Session } from "../session.ts";

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
  /** The documents (by `refKey`) as they were kept last, secrets masked. */
  readonly keptByDocument: ReadonlyMap<string, Json>;
}

/** Reads the trail. Throws `audit/broken` and `audit/unreadable` when it cannot be relied on. */
export async function recall(session: Session): Promise<Memory> {
  const { config, tenant, clock, syncTrail } = session;
  await syncTrail();
  const managed = await listManaged(readTrail(config.audit.file), tenant.name);
  const manifests = await Promise.all(managed.map((one) => readManifest(session, one.manifest)));
  const metadataById = new Map(
    managed.flatMap(({ kind, id }, index) => {
      const manifest = manifests[index];
      return manifest === undefined ? [] : [[JSON.stringify([kind, id]), manifest.metadata] as const];
    }),
  );
  const lastApplied: KindContext["lastApplied"] = (kind, id) => metadataById.get(JSON.stringify([kind, id]));
  const resources = manifests.flatMap((manifest, index) => {
    const resource = describe(session, manifest, lastApplied);
    if (resource === undefined) warnOfUnreadable(session, managed[index]);
    return resource ?? [];
  });
  const now = clock.now();
  const keptByDocument = await readKeptDocuments(session, managed);
  const restoredByIdentity = await readRestored(session, managed);
  const lately = managed.filter(({ time }) => wasLately(time, now, tenant.consistencyWindowMs));
  return {
    resources,
    lastApplied,
    applied: rememberApplied(resources, { managed, keptByDocument, restoredByIdentity }),
    latest: managed.toSorted((left, right) => left.sequence - right.sequence).at(-1) ?? null,
    manifestByIdentity: new Map(managed.map((one) => [subjectOf(one), one.manifest])),
    keptByDocument,
    justWritten: new Set(lately.map(({ document }) => refKey(document))),
  };
}

interface Remembered extends Pick<Memory, "keptByDocument"> {
  readonly managed: readonly Managed[];
  readonly restoredByIdentity: ReadonlyMap<string, LastApplied["restored"]>;
}

/**
 * What was seen of a document right after our last write tells best which edits are later: by the tenant's own clock. Where it was not
 * kept, or bears no time, the time of the entry has to do.
 */
function rememberApplied(
  resources: readonly Resource[],
  { managed, keptByDocument, restoredByIdentity }: Remembered,
): LastAppliedByIdentity {
  const managedByIdentity = new Map(managed.map((one) => [subjectOf(one), one]));
  const timeByDocument = new Map<string, number>();
  for (const { document, time } of managed) {
    const key = refKey(document);
    timeByDocument.set(key, Math.max(timeByDocument.get(key) ?? 0, Date.parse(time)));
  }
  const sharers = Map.groupBy(resources, ({ target }) => refKey(target));
  return new Map(
    resources.map((resource) => {
      const key = refKey(resource.target);
      const kept = keptByDocument.get(key);
      const seen = isJsonObject(kept) ? lastEditOf(kept) : undefined;
      return [
        identityOf(resource),
        {
          resource,
          siblings: sharersOf(resource, sharers.get(key) ?? []),
          digest: managedByIdentity.get(identityOf(resource))?.applied ?? null,
          seenAt: seen?.at ?? timeByDocument.get(key) ?? 0,
          sequence: managedByIdentity.get(identityOf(resource))?.sequence ?? 0,
          restored: restoredByIdentity.get(identityOf(resource)),
        },
      ];
    }),
  );
}

/** A resource that cannot be told from the trail any more can be neither reported nor pruned, and somebody should know. */
function warnOfUnreadable({ io }: Session, one: Managed | undefined): void {
  if (one === undefined) return;
  io.say(
    `the manifest that ${one.kind} ${one.name} was applied with cannot be used (an environment variable may be missing)\n`,
  );
}

async function readKeptDocuments({ config }: Session, managed: readonly Managed[]): Promise<ReadonlyMap<string, Json>> {
  const inOrder = managed.toSorted((left, right) => left.sequence - right.sequence);
  const latest = new Map(
    inOrder.flatMap(({ document, image }) => (image === null ? [] : [[refKey(document), image] as const])),
  );
  const reads = [...latest].map(async ([key, image]) => [key, await readKept(config.audit.file, image)] as const);
  return new Map(await Promise.all(reads));
}

/** What a restore was the last to touch, as it left it. */
async function readRestored(
  { config }: Session,
  managed: readonly Managed[],
): Promise<Remembered["restoredByIdentity"]> {
  const reads = managed.flatMap((one) => (one.isRestored && one.image !== null ? [{ one, image: one.image }] : []));
  const found = reads.map(async ({ one, image }) => {
    const document = await readKept(config.audit.file, image);
    return [subjectOf(one), isJsonObject(document) ? { run: one.run, document } : undefined] as const;
  });
  return new Map(await Promise.all(found));
}

/** The resource that a kept manifest describes; undefined when this version of the product cannot make one of it. */
export async function describeKept(
  session: Session,
  digest: string,
  lastApplied: KindContext["lastApplied"],
): Promise<Resource | undefined> {
  return describe(session, await readManifest(session, digest), lastApplied);
}

async function readManifest({ config, io }: Session, digest: string): Promise<Manifest | undefined> {
  const kept = await readKept(config.audit.file, digest);
  const { env, secrets } = io;
  // What the environment does not have any more stays a reference, which is as good as a mask.
  const { value } = resolveVariables(kept, { variables: {}, env, secrets, keepEnvAt: isSecretPlace });
  const envelope = envelopeSchema.safeParse(value);
  if (!envelope.success) return undefined;
  const { kind, metadata, spec } = envelope.data;
  return { kind, metadata, spec, source: keptSource(digest, value), kept: () => kept };
}

function describe(
  { io }: Session,
  manifest: Manifest | undefined,
  lastApplied: KindContext["lastApplied"],
): Resource | undefined {
  const kind = KINDS.find(({ name }) => name === manifest?.kind);
  if (manifest === undefined || kind === undefined) return undefined;
  return kind.load(manifest, kindContext({ env: io.env, secrets: io.secrets, lastApplied })).resource;
}

/** A kept manifest stands in no file that a person edits. */
function keptSource(digest: string, value: SourceDocument["value"]): SourceDocument {
  return { file: `audit trail, ${digest}`, index: 0, value, positionOf: () => ({ line: 1, column: 1 }) };
}
