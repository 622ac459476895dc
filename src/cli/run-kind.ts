import type { RunKind } from "../cxone/quota/shares.ts";

const KINDS: Readonly<Record<string, RunKind>> = {
  apply: "writes",
  restore: "writes",
  drift: "watches",
  // What a scheduler runs looks again and again; once it writes, it is a run that writes.
  reconcile: "watches",
};

/** What the run of a command does with a tenant, for those who share its quota. */
export function runKindOf(commandName: string): RunKind {
  return Object.hasOwn(KINDS, commandName) ? (KINDS[commandName] ?? "reads") : "reads";
}
