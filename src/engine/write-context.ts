import type { Resource } from "../kinds/kind.ts";
import type { Secrets } from "../model/secrets.ts";
import type { RuleSeverities } from "../model/severity.ts";
import type { Clock, LiveStore, Trail } from "./ports.ts";
import type { RunIdentity } from "./recorder.ts";

export type OnOwnedEdit = "stop" | "overwrite";

/** What every write of a run needs, and what it may do. */
export interface WriteContext {
  readonly store: LiveStore;
  readonly trail: Trail;
  readonly clock: Clock;
  readonly identity: RunIdentity;
  readonly secrets: Secrets;
  readonly severities: RuleSeverities;
  /** `stop`: an owned part that somebody edited after the plan is left alone. `overwrite`: git wins. A function decides for each resource. */
  readonly onOwnedEdit: OnOwnedEdit | ((resource: Resource) => OnOwnedEdit);
  /** Whether this run is still the one that may write; asked right before each write. When it throws, nothing more is sent. */
  readonly mayWrite: () => Promise<boolean>;
  /** How long a write may take to show in a read, milliseconds. */
  readonly consistencyWindowMs: number;
  /** Base of the pause between rounds, milliseconds; doubled each round. */
  readonly backoffMs: number;
}
