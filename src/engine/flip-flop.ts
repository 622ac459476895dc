/**
 * Tells a field that something else writes again and again. A *repair* is a write that put back what had been there: it left the owned
 * part as the write before it had left it, so no commit was deployed with it. A commit to the resource gives it another digest, and the
 * count begins anew.
 *
 *   limits 3 within 60 minutes; repairs of the field at      drifting again at   then
 *   10:00 10:10                                              10:20               it is repaired: the third time
 *   10:00 10:10 10:20                                        10:30               held back, until 11:20
 *   10:00 10:10 10:20                                        11:20               repaired: the last repair is an hour ago
 *   10:00 10:40 11:20                                        11:30               repaired: three, but not within one hour
 *   10:00 10:10 10:20, with another value asked for since    10:30               repaired: it was another value that did not last
 *   10:00 10:10 10:20, a commit deployed and reverted since  10:30               repaired: the trail counts anew (`listRepairs`)
 *   10:00 10:10 10:20 of another field                       10:30               repaired
 */
import type { FlipFlopLimits } from "../model/policy.ts";
import { isSameField } from "./drift.ts";

/** One repair of a resource, as the trail shows it, since a write left it otherwise. */
export interface Repair {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** JSON pointers into the owned part: what was put back. */
  readonly paths: readonly string[];
  /** Digest of the owned part that it left. */
  readonly digest: string;
}

export interface FlipFlop {
  /** A field that was repaired that often. */
  readonly field: string;
  /** When the first and the last of these repairs were, milliseconds since the epoch. */
  readonly since: number;
  readonly last: number;
}

export interface Suspicion {
  /** What was edited live, as JSON pointers into the owned part. */
  readonly fields: readonly string[];
  /** Digest of what git asks for. */
  readonly digest: string;
  readonly repairs: readonly Repair[];
  readonly limits: FlipFlopLimits;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The first field that was repaired too often lately; undefined when none was. Pure. */
export function findFlipFlop({ fields, digest, repairs, limits, now }: Suspicion): FlipFlop | undefined {
  const windowMs = limits.withinMinutes * 60_000;
  const alike = repairs.filter((repair) => repair.digest === digest).toSorted((left, right) => left.at - right.at);
  for (const field of fields) {
    const latest = alike.filter(({ paths }) => paths.some((path) => isSameField(path, field))).slice(-limits.repairs);
    const [first, last] = [latest[0], latest.at(-1)];
    if (first === undefined || last === undefined || latest.length < limits.repairs) continue;
    if (last.at - first.at <= windowMs && now - last.at < windowMs) return { field, since: first.at, last: last.at };
  }
  return undefined;
}
