/** What there is to take over of one tenant, a find for each resource that is not live as git asks for. */
import { readOf } from "../../engine/observe.ts";
import { identityOf } from "../../engine/resource-identity.ts";
import { findTakeOver, type TakeOver } from "../../engine/take-over.ts";
import { siblingsOf, type Unit } from "../../engine/units.ts";
import { GitopsError } from "../../errors.ts";
import type { Resource } from "../../kinds/kind.ts";
import { type LiveDocument, refKey } from "../../model/live.ts";
import { observeUnits } from "../planning.ts";
import type { Session } from "../session.ts";
import type { Memory } from "../trail/memory.ts";
import type { Draft } from "./drafts.ts";
import type { Unread } from "./live.ts";
import type { ImportScope } from "./scope.ts";
import { restateManifest, type WantedOptions } from "./wanted.ts";

export interface DriftFind {
  readonly resource: Resource;
  readonly takeOver: TakeOver | undefined;
  /** What the manifest is to say; undefined when it stays as it is. */
  readonly draft: Draft | undefined;
  /** Why there is nothing to take although live is not as desired. */
  readonly reason: "gone" | "never-applied" | "not-deployed" | "unknown" | undefined;
}

export interface DriftFinds {
  readonly finds: readonly DriftFind[];
  readonly unread: readonly Unread[];
}

export interface DriftManifests {
  readonly memory: Memory;
  /** What manifests describe. */
  readonly units: readonly Unit[];
}

/** Reads live of what manifests describe. Throws `usage` for a document that no manifest describes. */
export async function findDrift(
  session: Session,
  scope: ImportScope,
  { memory, units, ...options }: WantedOptions & DriftManifests,
): Promise<DriftFinds> {
  const within = selectUnits(units, scope);
  const observation = await observeUnits(session, within, { memory });
  const unread: Unread[] = [];
  const finds: DriftFind[] = [];
  for (const unit of within) {
    const read = readOf(observation, unit.ref);
    if (read.state === "unknown") unread.push({ document: refKey(unit.ref), reason: read.reason });
    if (read.state === "unknown") continue;
    for (const resource of unit.resources.filter(({ kind }) => scope.editedKinds.has(kind))) {
      const found = read.state === "present" ? read : undefined;
      const find = findOne(session, { unit, resource, memory, found }, options);
      if (find !== undefined) finds.push(find);
    }
  }
  return { finds, unread };
}

function selectUnits(units: readonly Unit[], { named, editedKinds }: ImportScope): readonly Unit[] {
  const ofKinds = units.filter(({ resources }) => resources.some(({ kind }) => editedKinds.has(kind)));
  if (named === undefined) return ofKinds;
  const unitByKey = new Map(ofKinds.map((unit) => [refKey(unit.ref), unit]));
  return named.map((ref) => {
    const unit = unitByKey.get(refKey(ref));
    if (unit !== undefined) return unit;
    throw new GitopsError(
      "usage",
      `no manifest describes ${refKey(ref)}, so there is none to take live edits over into`,
      {
        hint: "Import it without --drift.",
      },
    );
  });
}

interface Seen {
  readonly unit: Unit;
  readonly resource: Resource;
  readonly memory: Memory;
  /** undefined when the document does not exist. */
  readonly found: LiveDocument | undefined;
}

function findOne(
  session: Session,
  { unit, resource, memory, found }: Seen,
  options: WantedOptions,
): DriftFind | undefined {
  const siblings = siblingsOf(unit, resource);
  const nothing = { resource, takeOver: undefined, draft: undefined };
  if (found === undefined || resource.live(found.document, siblings) === undefined) {
    return { ...nothing, reason: memory.applied.has(identityOf(resource)) ? "gone" : "never-applied" };
  }
  const input = { resource, siblings, document: found.document, changed: found.changed, known: memory.applied };
  const takeOver = findTakeOver(input, session.io.secrets);
  if (takeOver === undefined) return undefined;
  if (takeOver.document === undefined) {
    const reason = takeOver.drift.origin === "not-deployed" ? "not-deployed" : "unknown";
    return { ...nothing, takeOver, reason: takeOver.conflicts.length > 0 ? undefined : reason };
  }
  const { document } = takeOver;
  const wanted = restateManifest(session, resource, { document, siblings }, options);
  if (wanted === undefined) return { ...nothing, takeOver, reason: undefined };
  const { kind, name, id, source } = resource;
  const place = { file: source.file, index: source.index, document: { ref: unit.ref, document }, edits: resource };
  return { resource, takeOver, draft: { ...wanted, ...place, kind, name, id }, reason: undefined };
}
