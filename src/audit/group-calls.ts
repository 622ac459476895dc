import { setTimeout as sleep } from "node:timers/promises";

/**
 * Lets calls that come while one is under way wait and go together in the next one. `carryOut` gets what has gathered, in the order in
 * which it came, and never runs beside itself; each call ends as the one that it went with. What comes within the same `gatherMs`
 * milliseconds goes together from the start; with 0 the first call is not held up.
 */
export function groupCalls<T>(
  carryOut: (items: readonly T[]) => Promise<void>,
  gatherMs: number,
): (item: T) => Promise<void> {
  interface Group {
    readonly items: T[];
    readonly done: Promise<void>;
  }
  let waiting: Group | undefined;
  let last: Promise<void> = Promise.resolve();

  return (item) => {
    if (waiting !== undefined) {
      waiting.items.push(item);
      return waiting.done;
    }
    const items: T[] = [item];
    const previous = last;
    const done = (async () => {
      await (gatherMs > 0 ? Promise.all([previous, sleep(gatherMs)]) : previous);
      waiting = undefined;
      await carryOut(items);
    })();
    waiting = { items, done };
    last = done.catch(() => undefined);
    return done;
  };
}
