import { readKept } from "../audit/kept.ts";
import { listManaged, type Managed } from "../audit/managed.ts";
import { readTrail } from "../audit/read.ts";
import { wasLately } from "../engine/read-until.ts";
import { subjectOf } from "../engine/resource-identity.ts";
import type { KindContext, Resource } from "../kinds/kind.ts";
import { KINDS } from "../kinds/registry.ts";
import type { Json } from "../model/json.ts";
import { refKey } from "../model/live.ts";
import type { Manifest, SourceDocument } from "../model/manifest.ts";
import { resolveVariables } from "../source/variables.ts";
import { envelopeSchema } from "../validate/envelope.ts";
import { isSecretPlace, kindContext } from "../validate/validate.ts";
import type { Session } from "./session.ts";

/** What the trail knows of a tenant: everything that we manage there, as it was applied last. */
export interface Memory {
  readonly resources: readonly Resource[];
  readonly lastApplied: KindContext["lastApplied"];
  /** Digests of the kept manifests, by the resource's identity. */
  readonly manifestByIdentity: ReadonlyMap<string, string>;
  /** Documents (by `refKey`) that were written so lately that a read may not show it yet. */
  readonly justWritten: ReadonlySet<string>;
  /** The documents (by `refKey`) as they were kept last, secrets masked. */
  readonly keptByDocument: ReadonlyMap<string, Json>;
}

/** Reads the trail. Throws `audit/broken` and `audit/unreadable` when it cannot be relied on. */
export async function recall(session: Session): Promise<Memory> {
  const { config, tenant, clock } = session;
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
  const lately = managed.filter(({ time }) => wasLately(time, now, tenant.consistencyWindowMs));
  return {
    resources,
    lastApplied,
    manifestByIdentity: new Map(managed.map((one) => [subjectOf(one), one.manifest])),
    keptByDocument: await readKeptDocuments(session, managed),
    justWritten: new Set(lately.map(({ document }) => refKey(document))),
  };
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
