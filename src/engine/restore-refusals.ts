/** Why a run is not put back, or not all of it. Pure. */
import type { Resource } from "../kinds/kind.ts";
import type { Refusal } from "../model/plan.ts";
import { type Observation, readOf } from "./observe.ts";
import { identityOf, sharersOf } from "./resource-identity.ts";
import { findEditsSince, type Restoration, wasCreated } from "./restored.ts";

/** A document that the run created is not deleted under what a later run has put into it. `managed` is all that is ours by now. */
export function refuseInhabited(
  restorations: readonly Restoration[],
  managed: readonly Resource[],
): readonly Refusal[] {
  const restored = new Set(restorations.map(({ resource }) => identityOf(resource)));
  return restorations.flatMap((restoration): Refusal[] => {
    const { resource, siblings, after = {} } = restoration;
    if (!wasCreated(restoration) || resource.remove(after, siblings) !== undefined) return [];
    const [inhabitant] = sharersOf(resource, managed).filter((one) => !restored.has(identityOf(one)));
    if (inhabitant === undefined) return [];
    const message = `${resource.kind} "${resource.name}" holds ${inhabitant.kind} "${inhabitant.name}" of another run`;
    const hint = "Restore that run with --prune first, or take its manifest out and apply with --prune.";
    return [{ reason: "edited-since", message, hint }];
  });
}

/** What somebody has edited since the run is not lost without a word. */
export function refuseEdits(restorations: readonly Restoration[], observation: Observation): readonly Refusal[] {
  return restorations.flatMap((restoration): Refusal[] => {
    const { resource } = restoration;
    const read = readOf(observation, resource.target);
    if (read.state === "unknown") return [];
    const edits = findEditsSince(restoration, read.state === "present" ? read.document : undefined);
    if (edits.length === 0) return [];
    const where = edits
      .filter((path) => path !== "")
      .slice(0, 5)
      .join(", ");
    const message = `${resource.kind} "${resource.name}" has been changed since that run${where === "" ? "" : `, at ${where}`}`;
    const hint = "Restore the later run first, or run again with --overwrite, which puts back what the run found.";
    return [{ reason: "edited-since", message, hint }];
  });
}

/** Parts of a pointer to a field of a list's item: `/connections/conn_1/condition`. What is deeper is a property. */
const VITAL_DEPTH = 4;

/**
 * The first of the places left out (see `findLeftOut`) without which it would be another thing. What was secret was not kept: a property
 * can be left out and set later, but a connection without its condition would be another one.
 */
export function findVital(leftOut: readonly string[]): string | undefined {
  return leftOut.find((path) => path.split("/").length <= VITAL_DEPTH);
}
