/** What one run is about: everything, or what its flags select and what comes along with that. */
import { findOrphans } from "../../engine/orphans.ts";
import type { Unit } from "../../engine/units.ts";
import type { Resource } from "../../kinds/kind.ts";
import type { Finding } from "../../model/finding.ts";
import type { Narrowed } from "../../model/narrowing.ts";
import type { Session } from "../session.ts";
import type { Memory } from "../trail/memory.ts";
import type { Desired } from "../workspace.ts";
import type { Absences } from "./missing.ts";
import { type NarrowingOptions, narrowingOf } from "./narrowing-options.ts";

/** The part of a tenant that is read, compared and written. */
export interface Scope {
  readonly resources: readonly Resource[];
  /** What is managed, and no manifest asks for any more. */
  readonly leaving: readonly Resource[];
  readonly findings: readonly Finding[];
  /** undefined when the run is about everything. */
  readonly narrowed?: Narrowed;
  /** What is left out: how many manifests, and how many resources that manifests ask for or the trail shows that we manage. */
  readonly outside?: { readonly manifests: number; readonly resources: number };
  /** What is leaving and came along, or still has callers sent to it: it is not deleted, each with why. */
  readonly spared?: ReadonlyMap<Resource, string>;
  /** Documents that are left out, and are read to know what must not be shown. */
  readonly teachers?: readonly Unit[];
  /** What was found absent while it was chosen. */
  readonly absent?: Absences;
}

/** What validation and the trail know of a tenant. The manifests are sound. */
export interface ScopeInput {
  readonly desired: Desired;
  readonly resources: readonly Resource[];
  readonly findings: readonly Finding[];
  readonly memory: Memory;
}

/** Chooses what a run is about, as `narrow` does where a flag asks for it. */
export async function chooseScope(session: Session, input: ScopeInput, options: NarrowingOptions): Promise<Scope> {
  const { resources, findings, memory } = input;
  const leaving = findOrphans(memory.resources, resources);
  const narrowing = narrowingOf(options);
  if (narrowing === undefined) return { resources, leaving, findings };
  // Git and the checks of flags are loaded by who asks for them.
  const { narrow } = await import("./narrow.ts");
  return narrow(session, input, { resources, leaving, managed: memory.resources }, narrowing);
}
