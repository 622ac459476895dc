/** What a run was narrowed by, and what that left of it. Plain data. */

/** The flags that narrow a run. Several narrow it to what each of them names: the intersection. */
export interface Narrowing {
  /** `KIND/NAME`, the name with `*` for any text; several name what any of them names. Empty for no such flag. */
  readonly only: readonly string[];
  /** A label selector; null for none. */
  readonly selector: string | null;
  /** A git revision: what changed since it and HEAD parted; null for none. */
  readonly changedSince: string | null;
}

/** What a narrow plan is about. A plan that has none is about everything. */
export interface Narrowed {
  /** The flags as they were given: `--only Flow/main-menu`. */
  readonly by: readonly string[];
  /** How many resources the flags select. */
  readonly selected: number;
  /** How many there are: what manifests describe, and what is managed and no manifest describes any more. */
  readonly of: number;
  /** What was not selected, and is in the plan because of something that was. */
  readonly along: readonly CameAlong[];
  /** The commit that `--changed-since` compared with, its full id; null without that flag. */
  readonly since: string | null;
  /** What else a reader should know of the selection, a clause each. */
  readonly notes: readonly string[];
}

export interface CameAlong {
  readonly kind: string;
  readonly name: string;
  readonly id: string;
  /** A clause: "it is in workflow wf_12345 with EmailNode order-confirmation". */
  readonly why: string;
}
