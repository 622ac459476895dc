/** Words for where a difference comes from. They may hold text from the tenant: who prints them makes it printable. */
import { type Change, type Drift, isHeld } from "../model/plan.ts";

const MOST_FIELDS = 3;

/** What a reader is told of a change before its patch. */
export function sentencesOf(change: Change): readonly string[] {
  const undone = [describeOverwrite(change) ?? []].flat();
  if (isHeld(change)) return [...change.notes, ...undone, ...describeConsequences(change)];
  return [...change.effects, ...change.notes, ...undone];
}

/** What a reader of drift is told: whose change it is before what it means. */
export function driftSentencesOf(change: Change): readonly string[] {
  return [...describeOrigin(change), ...describeConsequences(change), ...change.notes];
}

/** What people will notice once git is applied, where nothing says that it will be. */
export function describeConsequences({ effects }: Pick<Change, "effects">): readonly string[] {
  return effects.map((effect) => `applying git means: ${effect}`);
}

/** What a reviewer must know before this is written: that it undoes what somebody did live. undefined when it undoes nothing of the kind. */
export function describeOverwrite(change: Change): string | undefined {
  const { drift, action } = change;
  if (drift === null || (drift.origin !== "edited-live" && drift.origin !== "both")) return undefined;
  if (isHeld(change)) return describeOrigin(change).join("; ");
  const byUs = drift.restored === null ? undefined : `run ${drift.restored}`;
  const who = describeEditor(drift);
  if (action === "delete") return `deletes what ${byUs === undefined ? `was edited live${who}` : `${byUs} put back`}`;
  if (action === "create")
    return `puts back what ${byUs === undefined ? `was deleted live${who}` : `${byUs} took away`}`;
  const overwrites = byUs === undefined ? `overwrites an edit made live${who}` : `overwrites what ${byUs} put back`;
  if (drift.origin === "edited-live") return overwrites;
  const collisions = findCollisions(drift);
  const also = collisions.length === 0 ? "" : `; git has changed ${listFields(collisions)} as well`;
  return `${overwrites}${byUs === undefined ? " of" : ":"} ${listFields(drift.live)}${also}`;
}

/**
 * Whose change it is, a clause for each side: "edited live by ann: /name", "not deployed: /nodes". What a restore put back is nobody's edit:
 * "put back by run 20261121T140830Z-9f9241c2".
 */
export function describeOrigin({ drift, patch }: Change): readonly string[] {
  if (drift === null) return [];
  const { origin, live, desired } = drift;
  const isGone = patch.some(({ op, path }) => op === "add" && path === "");
  const edited =
    drift.restored === null
      ? `${isGone ? "deleted" : "edited"} live${describeEditor(drift)}`
      : `${isGone ? "taken away" : "put back"} by run ${drift.restored}`;
  if (origin === "edited-live") return [edited];
  if (origin !== "both") return [];
  const collisions = findCollisions(drift);
  const collided = drift.restored === null ? "changed live and in git" : "changed in git as well";
  const committed = desired.filter((field) => !collisions.includes(field));
  return [
    isWhole(live) ? edited : `${edited}: ${listFields(live)}`,
    ...(committed.length === 0 ? [] : [`not deployed: ${listFields(committed)}`]),
    ...(collisions.length === 0 ? [] : [`${collided}: ${listFields(collisions)}`]),
  ];
}

/** Fields that were changed live and in git, to different values. */
export function findCollisions({ live, desired }: Drift): readonly string[] {
  return live.filter((field) => desired.includes(field));
}

/** " by ann@acme.example at 2026-11-21 17:30 UTC"; nothing where the tenant does not say. */
export function describeEditor({ by, at }: Pick<Drift, "by" | "at">): string {
  return `${by === null ? "" : ` by ${by}`}${at === null ? "" : ` at ${minuteOf(at)}`}`;
}

/** "2026-11-21 17:30 UTC", of ISO 8601. */
export function minuteOf(time: string): string {
  return `${time.slice(0, 16).replace("T", " ")} UTC`;
}

function isWhole(fields: readonly string[]): boolean {
  return fields.includes("");
}

/** "/a, /b, /c and 2 more". */
export function listFields(fields: readonly string[]): string {
  if (isWhole(fields)) return "all of it";
  const more = fields.length - MOST_FIELDS;
  const shown = fields.slice(0, MOST_FIELDS).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}
