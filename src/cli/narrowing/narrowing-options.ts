import type { Narrowing } from "../../model/narrowing.ts";

/** The flags that narrow a run, as the command line or a saved plan gives them. */
export interface NarrowingOptions {
  readonly only?: readonly string[];
  readonly selector?: string | null;
  readonly changedSince?: string | null;
}

/** What a run is narrowed by; undefined when it is about everything. */
export function narrowingOf({
  only = [],
  selector = null,
  changedSince = null,
}: NarrowingOptions): Narrowing | undefined {
  if (only.length === 0 && selector === null && changedSince === null) return undefined;
  return { only, selector, changedSince };
}

/** The flags as somebody would write them. */
export function flagsOf({ only, selector, changedSince }: Narrowing): readonly string[] {
  return [
    ...only.map((pattern) => `--only ${pattern}`),
    ...(selector === null ? [] : [`--selector ${selector}`]),
    ...(changedSince === null ? [] : [`--changed-since ${changedSince}`]),
  ];
}
