import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, connectTo, FakeClock, FLOW, giveToken, reasonOf, START, startTiny, WORKFLOW } from "./world.ts";

const give = (life: unknown) => (_seen: unknown, response: Parameters<typeof giveToken>[1], count: number) =>
  answer(response, 200, { access_token: `tok-${count}`, expires_in: life });

test("twenty reads at once share one token request, and connecting alone makes none", async (t) => {
  const tiny = await startTiny(t, (seen, response) => answer(response, 200, { id: seen.path.split("/").at(-1) }));
  const { store } = connectTo(t, tiny.url);
  assert.equal(tiny.tokenRequests.length, 0);
  const ids = Array.from({ length: 20 }, (_, index) => `flow-${index}`);
  const reads = await Promise.all(ids.map((id) => store.read({ type: "flow", id })));
  assert.ok(reads.every((read) => read.state === "present"));
  assert.equal(tiny.tokenRequests.length, 1);
});

test("each family asks for its own token, at its own address, with its own scope, and only when it is used", async (t) => {
  const tiny = await startTiny(t, (seen, response) => answer(response, 200, { id: seen.path.split("/").at(-1) }));
  const { store } = connectTo(t, tiny.url);
  await store.read(WORKFLOW);
  assert.deepEqual(
    tiny.tokenRequests.map((seen) => seen.path),
    ["/oauth2/token"],
  );
  await store.read(FLOW);
  const [first, second] = tiny.tokenRequests.map((seen) => Object.fromEntries(new URLSearchParams(seen.text)));
  const client = { grant_type: "client_credentials", client_id: "client", client_secret: "planted-secret" };
  assert.deepEqual(first, { ...client, scope: "workflow:edit workflow:view" });
  assert.deepEqual(second, { ...client, scope: "flows:write flows:read" });
  assert.deepEqual(
    tiny.seen.map((seen) => seen.headers.authorization),
    ["Bearer tok-1", "Bearer tok-2"],
  );
});

for (const { ref, life, age, requests, reason } of [
  { ref: FLOW, life: 100, age: 70, requests: 1, reason: "30 s left is enough for flows" },
  { ref: FLOW, life: 100, age: 71, requests: 2, reason: "29 s left is too little for flows" },
  { ref: WORKFLOW, life: 100, age: 40, requests: 1, reason: "60 s left is enough for workflows" },
  { ref: WORKFLOW, life: 100, age: 41, requests: 2, reason: "59 s left is too little for workflows" },
  { ref: FLOW, life: 20, age: 10, requests: 1, reason: "a life shorter than the margin: half of it is used" },
  { ref: FLOW, life: 20, age: 11, requests: 2, reason: "and the other half is not" },
  { ref: FLOW, life: "100", age: 70, requests: 1, reason: "seconds as text" },
  { ref: FLOW, life: undefined, age: 270, requests: 1, reason: "no life said: five minutes are assumed" },
  { ref: FLOW, life: undefined, age: 271, requests: 2, reason: "and no more" },
]) {
  test(`a token of ${life} s that is ${age} s old: ${reason}`, async (t) => {
    const clock = new FakeClock();
    const tiny = await startTiny(t, (_seen, response) => answer(response, 200, { id: ref.id }), give(life));
    const { store } = connectTo(t, tiny.url, { clock });
    await store.read(ref);
    clock.time += age * 1000;
    assert.equal((await store.read(ref)).state, "present");
    assert.equal(tiny.tokenRequests.length, requests);
  });
}

test("a token that expires while the run goes on: eight 401 side by side cost one new token, and every read succeeds", async (t) => {
  const tiny = await startTiny(t, (seen, response) => {
    const isOld = seen.headers.authorization === "Bearer tok-1";
    answer(response, isOld ? 401 : 200, { id: seen.path.split("/").at(-1) });
  });
  const { store, report } = connectTo(t, tiny.url);
  const ids = Array.from({ length: 8 }, (_, index) => `flow-${index}`);
  const reads = await Promise.all(ids.map((id) => store.read({ type: "flow", id })));
  assert.ok(reads.every((read) => read.state === "present"));
  assert.equal(tiny.tokenRequests.length, 2);
  assert.ok(report().retries > 0);
});

test("a second 401 with a fresh token is the tenant's last word", async (t) => {
  const tiny = await startTiny(t, (_seen, response) => answer(response, 401));
  const { store } = connectTo(t, tiny.url);
  assert.match(reasonOf(await store.read(FLOW)), /credentials or scope are wrong.*flows:write flows:read/);
  assert.equal(tiny.seen.length, 2);
  const written = await store.create({ ref: FLOW, document: { id: "main" }, idempotencyKey: "k", at: START });
  assert.equal(written.result === "rejected" && written.error.code, "api/unauthorized");
});

test("refused credentials: reads are unknown, writes rejected, and the token endpoint is asked once, not once per document", async (t) => {
  const refuse = (_seen: unknown, response: Parameters<typeof giveToken>[1]) =>
    answer(response, 401, { error: "invalid_client" });
  const tiny = await startTiny(t, (_seen, response) => answer(response, 200), refuse);
  const { store } = connectTo(t, tiny.url);
  assert.match(reasonOf(await store.read(FLOW)), /does not accept the client id, the secret or the scope.*check/);
  await store.read({ type: "flow", id: "other" });
  const written = await store.create({ ref: FLOW, document: { id: "main" }, idempotencyKey: "k", at: START });
  assert.equal(written.result === "rejected" && written.error.code, "api/unauthorized");
  assert.equal(tiny.tokenRequests.length, 1);
  assert.equal(tiny.seen.length, 0);
});

for (const { reason, body, status = 200, says } of [
  { reason: "no token in it", body: { token: "x" }, says: /documented/ },
  { reason: "a token that no header can carry", body: { access_token: "a\nb" }, says: /documented/ },
  { reason: "another type of token", body: { access_token: "a", token_type: "mac" }, says: /documented/ },
  { reason: "a login page", body: "<html>", says: /HTML/ },
  { reason: "nothing there", body: {}, status: 404, says: /404: wrong address/ },
  { reason: "a redirect", body: {}, status: 302, says: /302: wrong address/ },
]) {
  test(`a token answer that cannot be used: ${reason}`, async (t) => {
    const tiny = await startTiny(
      t,
      (_seen, response) => answer(response, 200),
      (_seen, response) => answer(response, status, body),
    );
    const { store } = connectTo(t, tiny.url);
    assert.match(reasonOf(await store.read(FLOW)), says);
    assert.equal(tiny.seen.length, 0);
    assert.equal(tiny.tokenRequests.length, 1, "and another attempt would end the same");
  });
}

test("a token endpoint that stumbles is asked again, a throttled one after its pause", async (t) => {
  const clock = new FakeClock();
  const tiny = await startTiny(
    t,
    (_seen, response) => answer(response, 200, { id: "main" }),
    (seen, response, count) => {
      if (count === 1) answer(response, 503);
      else if (count === 2) answer(response, 429, {}, { "retry-after": "7" });
      else giveToken(seen, response, count);
    },
  );
  const { store, report } = connectTo(t, tiny.url, { clock });
  assert.equal((await store.read(FLOW)).state, "present");
  assert.equal(tiny.tokenRequests.length, 3);
  assert.ok(clock.slept.includes(7000));
  assert.equal(report().throttled, 1);
});
