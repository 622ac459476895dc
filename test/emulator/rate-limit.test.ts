import assert from "node:assert/strict";
import { test } from "node:test";
import { HANG_GUARD, startClient, turnUntil } from "./client.ts";

const WORKFLOW = "/api/v2/workflows/wf_12345";

test("the burst is as large as the rate; then 429 with Retry-After in whole seconds, until the bucket fills again", async (context) => {
  let now = 1_000_000;
  const { call, login, emulator } = await startClient(context, { rateLimit: 2, now: () => now });
  const token = await login("workflows");
  const get = async () => (await call("GET", WORKFLOW, { token })).status;
  assert.deepEqual([await get(), await get()], [200, 200], "the login did not count");
  const limited = await call("GET", WORKFLOW, { token });
  assert.deepEqual([limited.status, limited.headers.get("retry-after")], [429, "1"]);
  assert.equal(emulator.log().at(-1)?.status, 429);
  now += 499;
  assert.equal(await get(), 429);
  now += 1;
  assert.deepEqual([await get(), await get()], [200, 429]);
  now += 60_000;
  assert.deepEqual([await get(), await get(), await get()], [200, 200, 429], "the bucket holds no more than the burst");
});

test("both families share the quota of their organization", async (context) => {
  const { call, login } = await startClient(context, { rateLimit: 1, now: () => 0 });
  const flows = await login("flows");
  const workflows = await login("workflows");
  assert.equal((await call("GET", WORKFLOW, { token: workflows })).status, 200);
  assert.equal((await call("GET", "/api/v2/flows", { token: flows })).status, 429);
});

test("less than one request a second is possible, and says how long to wait", async (context) => {
  const { call, login } = await startClient(context, { rateLimit: 0.25, now: () => 0 });
  const token = await login("workflows");
  assert.equal((await call("GET", WORKFLOW, { token })).status, 200);
  const limited = await call("GET", WORKFLOW, { token });
  assert.deepEqual([limited.status, limited.headers.get("retry-after")], [429, "4"]);
});

for (const { form, names, left, empty } of [
  { form: "draft" as const, names: ["ratelimit"], left: ['"default";r=1;t=1'], empty: ['"default";r=0;t=1'] },
  { form: "x" as const, names: ["x-ratelimit-remaining", "x-ratelimit-reset"], left: ["1", "1"], empty: ["0", "1"] },
]) {
  test(`answers say what is left of the quota, the 429 too, where they are to: ${form}`, async (context) => {
    const { call, login } = await startClient(context, { rateLimit: 2, rateLimitHeaders: form, now: () => 0 });
    const token = await login("workflows");
    const said = async () => {
      const { headers } = await call("GET", WORKFLOW, { token });
      return names.map((name) => headers.get(name));
    };
    assert.deepEqual([await said(), await said(), await said()], [left, empty, empty]);
  });
}

test("every request waits for the latency before it is carried out", HANG_GUARD, async (context) => {
  const { emulator } = await startClient(context, { latency: 3_600_000 });
  const ended = fetch(`${emulator.url}${WORKFLOW}`).catch(() => undefined);
  await turnUntil(context, () => emulator.log().length > 0);
  assert.equal(emulator.log()[0]?.status, null);
  await emulator.close();
  await ended;
});

test("a short latency only delays", async (context) => {
  const { call } = await startClient(context, { latency: 5 });
  assert.equal((await call("GET", WORKFLOW)).status, 200);
});
