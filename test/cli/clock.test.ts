import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { setImmediate as settled } from "node:timers/promises";
import { openClock } from "../../src/cli/outside/clock.ts";

test("a wait ends early for either signal, and a wait that is over listens no more", async (t) => {
  const stop = new AbortController();
  t.after(() => stop.abort());
  const wake = new AbortController();
  const clock = openClock(stop.signal);
  const listeners = () => [stop, wake].map(({ signal }) => getEventListeners(signal, "abort").length);
  await Promise.all(Array.from({ length: 20 }, () => clock.sleep(1, wake.signal)));
  assert.deepEqual(listeners(), [0, 0]);
  let awake = 0;
  const countAwake = () => {
    awake += 1;
  };
  void clock.sleep(60_000, wake.signal).then(countAwake);
  void clock.sleep(60_000).then(countAwake);
  wake.abort();
  await settled();
  assert.equal(awake, 1);
  await clock.sleep(60_000, wake.signal);
  stop.abort();
  await settled();
  assert.equal(awake, 2);
  assert.deepEqual(listeners(), [0, 0]);
});
