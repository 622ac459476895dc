import assert from "node:assert/strict";
import { test } from "node:test";
import {
  answer,
  connectTo,
  FakeClock,
  FLOW,
  HandClock,
  type Handler,
  reasonOf,
  START,
  settle,
  startTiny,
  WORKFLOW,
} from "./world.ts";

for (const { header, wait, reason } of [
  { header: "2", wait: 2000, reason: "seconds" },
  { header: "0.5", wait: 500, reason: "a fraction" },
  { header: new Date(START + 9000).toUTCString(), wait: 9000, reason: "an HTTP date" },
  { header: undefined, wait: 750, reason: "absent, so our own back-off" },
  { header: "in a while", wait: 750, reason: "nonsense, so our own back-off" },
]) {
  test(`429 with Retry-After ${header ?? "(none)"} waits ${wait} ms: ${reason}`, async (t) => {
    const clock = new FakeClock();
    const tiny = await startTiny(t, (_seen, response, count) => {
      if (count === 1) answer(response, 429, {}, header === undefined ? {} : { "retry-after": header });
      else answer(response, 200, { id: "main" });
    });
    const { store, report, events } = connectTo(t, tiny.url, { clock });
    assert.equal((await store.read(FLOW)).state, "present");
    assert.equal(clock.now() - START, wait);
    assert.equal(report().waitedMs, wait);
    assert.equal(report().throttled, 1);
    assert.deepEqual(
      events.filter((event) => event.type === "paused"),
      [{ type: "paused", family: "flows", waitMs: wait }],
    );
  });
}

test("429 to the end is unknown, never absent, and takes four attempts", async (t) => {
  const tiny = await startTiny(t, (_seen, response) => answer(response, 429, {}, { "retry-after": "0" }));
  const clock = new FakeClock();
  const { store } = connectTo(t, tiny.url, { clock });
  assert.match(reasonOf(await store.read(FLOW)), /quota stayed exhausted \(429\) \(4 attempts\); run again later/);
  assert.equal(tiny.seen.length, 4);
  assert.ok(clock.now() - START >= 4000, "a server that says 0 for ever is backed off from all the same");
});

test("a 429 pauses its whole family, wakes it in order, and leaves a family at another address alone", async (t) => {
  const clock = new HandClock();
  let isThrottling = true;
  const tiny = await startTiny(t, (seen, response) => {
    if (isThrottling && seen.path.includes("/flows/")) {
      isThrottling = false;
      answer(response, 429, {}, { "retry-after": "5" });
    } else answer(response, 200, { id: seen.path.split("/").at(-1) });
  });
  const paused = Promise.withResolvers<void>();
  const onEvent = (event: { type: string }) => event.type === "paused" && paused.resolve();
  const workflows = await startTiny(t, (_seen, response) => answer(response, 200, { id: WORKFLOW.id }));
  // One at a time, so that the order at the server is the order of sending.
  const { store } = connectTo(t, tiny.url, { clock, onEvent, workflowsUrl: workflows.url, limits: { concurrency: 1 } });
  const first = store.read({ type: "flow", id: "first" });
  const second = store.read({ type: "flow", id: "second" });
  await paused.promise;
  const third = store.read({ type: "flow", id: "third" });
  assert.equal((await store.read(WORKFLOW)).state, "present", "workflows go on while flows pause");
  await clock.advance(4999);
  assert.deepEqual(pathsOf(tiny.seen), ["/api/v2/flows/first"]);
  await clock.advance(1);
  const done = Promise.all([first, second, third]);
  let isDone = false;
  void done.then(() => {
    isDone = true;
  });
  while (!isDone) await clock.advance(1);
  assert.deepEqual(pathsOf(tiny.seen).slice(1), ["/api/v2/flows/first", "/api/v2/flows/second", "/api/v2/flows/third"]);
});

test("5xx, a cut connection and a timeout are passing troubles for a read", async (t) => {
  const tiny = await startTiny(t, (_seen, response, count) => {
    if (count === 1) answer(response, 503);
    else if (count === 2) response.socket?.destroy();
    else if (count === 4) answer(response, 200, { id: "main" });
  });
  const clock = new FakeClock();
  const { store, events } = connectTo(t, tiny.url, { clock, timeouts: { readMs: 100 } });
  assert.equal((await store.read(FLOW)).state, "present");
  assert.deepEqual(
    events.flatMap((event) => (event.type === "retry" ? [[event.reason, event.waitMs]] : [])),
    [
      ["503", 750],
      ["network", 1500],
      ["network", 3000],
    ],
  );
});

test("a 503 that names its time is taken at its word", async (t) => {
  const tiny = await startTiny(t, (_seen, response, count) =>
    count === 1 ? answer(response, 503, {}, { "retry-after": "33" }) : answer(response, 200, { id: "main" }),
  );
  const clock = new FakeClock();
  const { store } = connectTo(t, tiny.url, { clock });
  assert.equal((await store.read(FLOW)).state, "present");
  assert.equal(clock.now() - START, 33_000);
});

test("5xx to the end is unknown and says what the server said", async (t) => {
  const tiny = await startTiny(t, (_seen, response) => answer(response, 500, { message: "engine is down" }));
  const { store } = connectTo(t, tiny.url);
  assert.match(reasonOf(await store.read(FLOW)), /flow "main".* 500: engine is down \(4 attempts\); run again when/);
  assert.equal(tiny.seen.length, 4);
});

test("the waiting of a run has a budget: a pause beyond it ends the whole family's waiting at once", async (t) => {
  const tiny = await startTiny(t, (_seen, response) => answer(response, 429, {}, { "retry-after": "600" }));
  const clock = new FakeClock();
  const { store, report } = connectTo(t, tiny.url, { clock, retry: { budgetMs: 60_000 }, limits: { concurrency: 1 } });
  const reads = await Promise.all([store.read(FLOW), store.read({ type: "flow", id: "other" })]);
  for (const read of reads) assert.match(reasonOf(read), /429/);
  assert.equal(tiny.seen.length, 1, "the second was not even sent");
  assert.equal(report().waitedMs, 0);
  assert.equal(clock.now(), START);
});

test("a stopped run sends nothing more, and says so", async (t) => {
  const stop = new AbortController();
  const tiny = await startTiny(t, (_seen, response) => {
    stop.abort();
    answer(response, 503);
  });
  const { store } = connectTo(t, tiny.url, { signal: stop.signal });
  assert.equal((await store.read(FLOW)).state, "unknown");
  assert.match(reasonOf(await store.read(FLOW)), /being stopped/);
  const written = await store.create({ ref: FLOW, document: { id: "main" }, idempotencyKey: "k", at: START });
  assert.equal(written.result === "rejected" && written.error.code, "api/stopped");
  assert.equal(tiny.seen.length, 1);
});

for (const { reason, status, isLogin, refusals } of [
  { reason: "a pause", status: 429, isLogin: false, refusals: 1 },
  { reason: "a back-off", status: 503, isLogin: false, refusals: 2 },
  { reason: "a back-off of the login", status: 503, isLogin: true, refusals: 1 },
]) {
  test(`a stopped run does not sit out ${reason}`, async (t) => {
    const stop = new AbortController();
    const refuse: Handler = (_seen, response) => answer(response, status, {}, { "retry-after": "25" });
    const tiny = await startTiny(t, refuse, isLogin ? refuse : undefined);
    const refused = Promise.withResolvers<void>();
    let retries = 0;
    const onEvent = (event: { type: string }) => {
      if (event.type === "retry") retries += 1;
      if (retries === refusals) refused.resolve();
    };
    const limits = { concurrency: 1 };
    const { store } = connectTo(t, tiny.url, { clock: new HandClock(), signal: stop.signal, onEvent, limits });
    const reasons: string[] = [];
    for (const id of ["a", "b"]) void store.read({ type: "flow", id }).then((read) => reasons.push(reasonOf(read)));
    await refused.promise;
    await settle();
    stop.abort();
    await settle();
    assert.equal(reasons.length, 2);
    for (const said of reasons) assert.match(said, /the run is being stopped, and nothing was sent/);
    assert.equal((isLogin ? tiny.tokenRequests : tiny.seen).length, refusals);
  });
}

test("a clock that is set back makes nobody wait for as long", async (t) => {
  const clock = new FakeClock();
  const tiny = await startTiny(t, (seen, response, count) => {
    if (count === 5) answer(response, 429, {}, { "retry-after": new Date(clock.time + 2000).toUTCString() });
    else answer(response, 200, { id: seen.path.split("/").at(-1) });
    if (count === 3) clock.time -= 3_600_000;
  });
  const limits = { requestsPerSecond: 10, burst: 2, concurrency: 1 };
  const { store, report } = connectTo(t, tiny.url, { clock, limits, retry: { budgetMs: 3000 } });
  for (let index = 0; index < 8; index += 1) {
    assert.equal((await store.read({ type: "flow", id: `flow-${index}` })).state, "present");
  }
  const sleptMs = clock.slept.reduce((sum, one) => sum + one, 0);
  assert.ok(sleptMs < 6000, `slept ${sleptMs} ms`);
  // Dates are in whole seconds.
  const { waitedMs } = report();
  assert.ok(waitedMs > 1000 && waitedMs <= 2000, `a date is compared with the time of day, which made ${waitedMs} ms`);
});

test("a run that is stopped before its first request does not even log in", async (t) => {
  const tiny = await startTiny(t, (_seen, response) => answer(response, 200));
  const { store } = connectTo(t, tiny.url, { signal: AbortSignal.abort() });
  assert.match(reasonOf(await store.read(FLOW)), /being stopped, and nothing was sent/);
  assert.equal(tiny.tokenRequests.length, 0);
});

test("what is under way when the run is stopped is left to finish", async (t) => {
  const stop = new AbortController();
  const tiny = await startTiny(t, (_seen, response) => {
    stop.abort();
    settle().then(() => answer(response, 201, { id: "main", version: 1 }));
  });
  const { store } = connectTo(t, tiny.url, { signal: stop.signal });
  const written = await store.create({ ref: FLOW, document: { id: "main" }, idempotencyKey: "k", at: START });
  assert.equal(written.result, "written");
});

test("the report counts by endpoint pattern, without ids", async (t) => {
  const tiny = await startTiny(t, (seen, response) => answer(response, 200, { id: seen.path.split("/").at(-1) }));
  const { store, report } = connectTo(t, tiny.url);
  await store.read(FLOW);
  await store.read({ type: "flow", id: "other" });
  await store.read({ type: "template", id: "tmpl" });
  const { bytes, timeMs, ...counts } = report();
  assert.deepEqual(counts, {
    byEndpoint: {
      "GET /api/v2/flows/{id}": 2,
      "GET /api/v2/interactions/templates/{id}": 1,
      "POST /oauth/token": 1,
      "POST /oauth2/token": 1,
    },
    total: 5,
    retries: 0,
    throttled: 0,
    waitedMs: 0,
    cache: null,
  });
  const forms = tiny.tokenRequests.map(({ text }) => text.length);
  assert.equal(
    bytes.sent,
    forms.reduce((sum, length) => sum + length, 0),
  );
  assert.ok(bytes.received > 0);
  assert.deepEqual(Object.keys(timeMs), ["total", "network", "quota", "cpu"]);
});

test("a listener that throws does not turn a write into a failure", async (t) => {
  const tiny = await startTiny(t, (_seen, response) => answer(response, 201, { id: "main" }));
  const onEvent = () => {
    throw new Error("disk full");
  };
  const { store } = connectTo(t, tiny.url, { onEvent });
  assert.equal(
    (await store.create({ ref: FLOW, document: { id: "main" }, idempotencyKey: "k", at: START })).result,
    "written",
  );
});

function pathsOf(seen: readonly { readonly path: string }[]): readonly string[] {
  return seen.map((request) => request.path);
}
