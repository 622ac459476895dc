/** Binds a plan to what it was made on, and finds what has moved since. Pure. */
import { keyedDigestOf } from "../model/digest.ts";
import { compareText } from "../model/finding.ts";
import { isSameJson, type Json } from "../model/json.ts";
import type { Change, Plan } from "../model/plan.ts";
import type { Binding, Moved } from "../model/saved-plan.ts";
import type { Secrets } from "../model/secrets.ts";
import { diffOwned, valueAtPointer } from "./diff.ts";
import { maskJson, maskLive } from "./mask.ts";
import { type Observation, readOf } from "./observe.ts";
import { identityOf, subjectOf } from "./resource-identity.ts";
import { membersOf, siblingsOf, type Unit } from "./units.ts";

export interface BindingInput {
  readonly plan: Plan;
  readonly units: readonly Unit[];
  readonly observation: Observation;
  readonly secrets: Secrets;
  /** Digests cover secrets, and a short one could be guessed from a digest that needs no key. */
  readonly key: string;
}

/** One binding for each change of the plan, in its order. */
export function bindPlan({ plan, units, observation, secrets, key }: BindingInput): readonly Binding[] {
  const members = units.flatMap((unit) => membersOf(unit).map((resource) => ({ unit, resource })));
  const memberByIdentity = new Map(members.map((member) => [identityOf(member.resource), member]));
  return plan.changes.flatMap((change): Binding[] => {
    const member = memberByIdentity.get(subjectOf(change));
    if (member === undefined) return [];
    const { unit, resource } = member;
    const siblings = siblingsOf(unit, resource);
    const isWanted = unit.resources.includes(resource);
    const read = readOf(observation, unit.ref);
    const desired = isWanted ? resource.desired(siblings) : null;
    // What stays as it is was forgotten when it was seen to be as desired.
    const found = read.state === "present" ? resource.live(read.document, siblings) : undefined;
    const live = change.action === "unchanged" ? desired : (found ?? null);
    return [
      {
        ...nameOf(change),
        action: change.action,
        desired: desired === null ? null : keyedDigestOf(desired, key),
        rotation: isWanted && resource.rotation !== undefined ? secrets.mask(resource.rotation) : null,
        live: live === null ? null : keyedDigestOf(live, key),
        liveVersion: change.liveVersion,
        sides: maskSides(live, desired, secrets),
      },
    ];
  });
}

/** Where desired holds a secret, the live side of it is one as well. */
function maskSides(live: Json | null, desired: Json | null, secrets: Secrets): Binding["sides"] {
  return { live: live && maskLive(live, secrets), desired: desired && maskJson(desired, secrets) };
}

/** Without the sides of what the plan leaves as it is: they are equal, and a plan's file need not hold a tenant's every flow. */
export function trimBindings(bindings: readonly Binding[]): readonly Binding[] {
  return bindings.map((binding) => (binding.action === "unchanged" ? { ...binding, sides: null } : binding));
}

/**
 * Everything that is not as it was when the plan was made; empty when the plan made now does the same, or what is left of it. `saved`
 * may be trimmed, `now` may not.
 */
export function findMoved(saved: readonly Binding[], now: readonly Binding[]): readonly Moved[] {
  const savedByKey = byKey(saved);
  const nowByKey = byKey(now);
  const keys = [...new Set([...savedByKey.keys(), ...nowByKey.keys()])].sort(compareText);
  return keys.flatMap((key) => compareBindings(savedByKey.get(key), nowByKey.get(key)));
}

function byKey(bindings: readonly Binding[]): ReadonlyMap<string, Binding> {
  return new Map(bindings.map((binding) => [keyOf(binding), binding]));
}

/** What is only reported, then and now, is nothing to be approved. */
function isOnlyReported(saved: Binding | undefined, now: Binding | undefined): boolean {
  return (saved?.action ?? "report") === "report" && (now?.action ?? "report") === "report";
}

function compareBindings(saved: Binding | undefined, now: Binding | undefined): readonly Moved[] {
  if (isDone(saved, now) || isOnlyReported(saved, now)) return [];
  if (saved === undefined || now === undefined) {
    const [one] = [saved, now].flatMap((binding) => binding ?? []);
    if (one === undefined) return [];
    const [planned, found] = [saved, now].map((binding) => binding?.action);
    return [{ ...nameOf(one), side: "action", field: "", old: undefined, planned, now: found }];
  }
  const moved = [
    ...(saved.desired === now.desired ? [] : desiredMoved(saved, now)),
    ...(saved.live === now.live ? [] : liveMoved(saved, now)),
  ];
  if (moved.length > 0 || (saved.action === now.action && saved.rotation === now.rotation)) return moved;
  return [{ ...nameOf(now), side: "action", field: "", old: undefined, planned: saved.action, now: now.action }];
}

/** What is by now as it was to become (a run that was cut short, or was repeated) needs no new approval. */
function isDone(saved: Binding | undefined, now: Binding | undefined): boolean {
  if (saved?.action === "delete") return now === undefined;
  return saved !== undefined && now?.action === "unchanged" && saved.desired === now.desired;
}

function liveMoved(saved: Binding, now: Binding): readonly Moved[] {
  // What the plan left alone was as desired, and where git has not moved it still says what that was.
  const old =
    saved.sides === null ? (saved.desired === now.desired ? now.sides?.desired : undefined) : saved.sides.live;
  const planned = saved.sides === null ? old : saved.sides.desired;
  const found = now.sides?.live;
  // Of what was not there, the fields that are not as planned are worth naming.
  return fieldsBetween(old ?? planned, found).map((field) => ({
    ...nameOf(now),
    side: "live",
    field,
    old: at(old, field),
    planned: at(planned, field),
    now: at(found, field),
  }));
}

function desiredMoved(saved: Binding, now: Binding): readonly Moved[] {
  const planned = saved.sides === null ? (saved.live === now.live ? now.sides?.live : undefined) : saved.sides.desired;
  const old = saved.sides === null ? planned : saved.sides.live;
  const asked = now.sides?.desired;
  return fieldsBetween(planned, asked).map((field) => ({
    ...nameOf(now),
    side: "desired",
    field,
    old: at(old, field),
    planned: at(planned, field),
    now: at(asked, field),
  }));
}

/** The fields that differ; the whole when one side is missing, or when all that differs is masked. */
function fieldsBetween(left: Json | null | undefined, right: Json | null | undefined): readonly string[] {
  if (left === undefined || left === null || right === undefined || right === null || isSameJson(left, right)) {
    return [""];
  }
  return diffOwned(left, right).patch.map(({ path }) => path);
}

function at(side: Json | null | undefined, field: string): Json | undefined {
  return side === undefined || side === null ? undefined : valueAtPointer(side, field);
}

function nameOf({ kind, name, id, document }: Pick<Change, "kind" | "name" | "id" | "document">) {
  return { kind, name, id, document };
}

function keyOf({ kind, name, id, document }: Binding): string {
  return JSON.stringify([kind, name, id, document.type, document.id]);
}
