/**
 * What a scheduled run leaves to a person, though it could write it. A change that is held back becomes a report, which keeps its
 * difference and where that comes from. Pure, and between plan and apply: what is not in the plan as a write is not written.
 *
 *   policy                 edited live, or both    not deployed    unknown
 *   report                 held back               held back       held back
 *   repair                 written                 written         written
 *   repair-unless-edited   held back               written         held back: whether somebody edited it cannot be told
 *
 * Whatever the policy, a field that is repaired again and again is held back (flip-flop.ts). What cannot go without something that is
 * held back is held back with it: see `findHindered`, `findGiver`.
 */
import type { Resource } from "../kinds/kind.ts";
import { digestOf } from "../model/digest.ts";
import type { LiveDocument } from "../model/live.ts";
import { type Change, type Drift, isHeld } from "../model/plan.ts";
import { type FlipFlopLimits, isReconcilePolicy, RECONCILE_ANNOTATION, type ReconcilePolicy } from "../model/policy.ts";
import type { RuleSeverities } from "../model/severity.ts";
import { findFlipFlop, type Repair } from "./flip-flop.ts";
import { findHindered } from "./hindered.ts";
import type { LastAppliedByIdentity } from "./last-applied.ts";
import { type Observation, readOf } from "./observe.ts";
import { type Part, partsOf } from "./part.ts";
import { changesByIdentity, identityOf, subjectOf } from "./resource-identity.ts";
import { isHandedOver } from "./shared-applied.ts";
import { membersOf, siblingsOf, type Unit } from "./units.ts";
import type { Unsuited } from "./unsuited.ts";

export interface Hold {
  /** For every resource whose manifest does not name one itself. */
  readonly policy: ReconcilePolicy;
  readonly flipFlop: FlipFlopLimits;
  /** What runs have repaired lately, by the resource's identity. */
  readonly repairs: ReadonlyMap<string, readonly Repair[]>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface HoldInput {
  readonly units: readonly Unit[];
  readonly observation: Observation;
  readonly severities: RuleSeverities;
  readonly lastApplied?: LastAppliedByIdentity;
  readonly hold: Hold;
}

/** The same changes in the same order, those that are held back as reports. */
export function holdBack(changes: readonly Change[], input: HoldInput): readonly Change[] {
  const byIdentity = new Map(changesByIdentity(changes));
  for (const unit of input.units) {
    for (const resource of membersOf(unit)) {
      const change = byIdentity.get(identityOf(resource));
      const why = change && findReason(change, { unit, resource }, input.hold);
      if (change && why) byIdentity.set(identityOf(resource), hold(change, why));
    }
    holdDependants(unit, byIdentity, input);
  }
  return changes.map((change) => byIdentity.get(subjectOf(change)) ?? change);
}

/** The policy for one resource: its own annotation's, or the run's. */
export function policyFor({ metadata }: Resource, policy: ReconcilePolicy): ReconcilePolicy {
  const own = metadata.annotations[RECONCILE_ANNOTATION];
  return isReconcilePolicy(own) ? own : policy;
}

function findReason(
  change: Change,
  { unit, resource }: { readonly unit: Unit; readonly resource: Resource },
  { policy: ofRun, ...limits }: Hold,
): string | undefined {
  const { action, drift } = change;
  if (action !== "create" && action !== "update" && action !== "delete") return undefined;
  const policy = policyFor(resource, ofRun);
  const whose = policy === ofRun ? "the policy is" : `its annotation ${RECONCILE_ANNOTATION} is`;
  if (policy === "report") return `${whose} report; \`cxone-gitops apply\` would ${action} it`;
  const edit = policy === "repair-unless-edited" ? describeEdit(change) : undefined;
  if (edit !== undefined) return `${edit.what}, and ${whose} ${policy}; ${edit.todo}`;
  if (!isEdited(drift) || action === "delete") return undefined;
  return describeFlipFlop(drift, digestOf(resource.desired(siblingsOf(unit, resource))), identityOf(resource), limits);
}

/** What somebody did live, or may have done, and what to do about it; undefined when that was nothing. */
function describeEdit({ action, drift }: Change): { readonly what: string; readonly todo: string } | undefined {
  if (drift?.origin === "unknown") {
    const what = "it was never applied from here, so that nobody can tell whether it was edited live";
    return { what, todo: `\`cxone-gitops apply\` would ${action} it` };
  }
  if (!isEdited(drift)) return undefined;
  const edited = `somebody ${action === "create" ? "deleted" : "edited"} it live`;
  const what = drift.restored === null ? edited : `run ${drift.restored} put it back`;
  return { what, todo: "put that into the manifest, or `cxone-gitops apply` undoes it" };
}

function isEdited(drift: Drift | null): drift is Drift {
  return drift !== null && (drift.origin === "edited-live" || drift.origin === "both");
}

function describeFlipFlop(
  { live }: Drift,
  digest: string,
  identity: string,
  { flipFlop: limits, repairs, now }: Omit<Hold, "policy">,
): string | undefined {
  const found = findFlipFlop({ fields: live, digest, repairs: repairs.get(identity) ?? [], limits, now });
  if (found === undefined) return undefined;
  const times = limits.repairs === 1 ? "once" : `${limits.repairs} times`;
  const what = found.field === "" ? "it" : found.field;
  const clock = limits.withinMinutes > HALF_A_DAY ? minuteOf : clockOf;
  const again = clock(found.last + limits.withinMinutes * 60_000);
  return (
    `${what} was repaired ${times} since ${clock(found.since)}, and something else writes it again; find that, or annotate the ` +
    `manifest with ${RECONCILE_ANNOTATION}: report. It is repaired again from ${again} on, or by \`cxone-gitops apply\``
  );
}

/** A time of day alone says nothing about what may be days ago; minutes. */
const HALF_A_DAY = 720;

/** "2026-11-21 14:05 UTC". */
function minuteOf(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** "14:05 UTC". */
function clockOf(time: number): string {
  return minuteOf(time).slice("2026-11-21 ".length);
}

/** Holds back what cannot go without what is held back already; again after each one, because others may count on that one. */
function holdDependants(
  unit: Unit,
  byIdentity: Map<string, Change>,
  { observation, severities, lastApplied }: Pick<HoldInput, "observation" | "severities" | "lastApplied">,
): void {
  const read = readOf(observation, unit.ref);
  const base: LiveDocument | undefined = read.state === "present" ? read : undefined;
  const isKept = (resource: Resource) => {
    const change = byIdentity.get(identityOf(resource));
    return change !== undefined && isHeld(change);
  };
  if (!membersOf(unit).some(isKept)) return;
  const wanted = partsOf(unit, byIdentity, base);
  for (;;) {
    const held = membersOf(unit).filter(isKept);
    const parts = wanted.filter(({ resource }) => !isKept(resource));
    const hindered = findHindered({ unit, parts, held, base, severities }) ?? findGiver(unit, parts, held, lastApplied);
    if (hindered === undefined) return;
    const { change, resource } = hindered.part;
    const names = held.map(({ kind, name }) => `${kind} ${name}`).join(", ");
    byIdentity.set(identityOf(resource), hold(change, `with ${names}: ${hindered.why}`));
  }
}

/** The first part whose manifest gives away what is held back: were it written, nobody could tell any more what of that was edited. */
function findGiver(
  unit: Unit,
  parts: readonly Part[],
  held: readonly Resource[],
  known: LastAppliedByIdentity | undefined,
): Unsuited | undefined {
  if (known === undefined) return undefined;
  const part = parts.find(({ resource: giver }) =>
    held.some((taker) => isHandedOver({ giver, taker, siblings: siblingsOf(unit, taker) }, known)),
  );
  return part && { part, why: "it gives away to it what is held back" };
}

/** Nothing changes, so nobody notices; what they would notice is said by the effects. */
function hold(change: Change, why: string): Change {
  const drift = change.drift ?? { origin: "unknown", live: [], desired: [], at: null, by: null, restored: null };
  return { ...change, action: "report", impact: null, notes: [`held back: ${why}`, ...change.notes], drift };
}
