import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { articleFlow, articleWorkflow, startClient } from "./client.ts";
import { startReceiver } from "./receiver.ts";

const BASE64_SECRET = `whsec_${Buffer.from("a key of some length").toString("base64")}`;

for (const { why, secret, key } of [
  { why: "base64", secret: BASE64_SECRET, key: Buffer.from("a key of some length") },
  {
    why: "the article's hex, which is base64 too",
    secret: `whsec_${"0af3".repeat(8)}`,
    key: Buffer.from("0af3".repeat(8), "base64"),
  },
  { why: "no base64", secret: "whsec_not-base64!", key: Buffer.from("not-base64!") },
]) {
  test(`an update is delivered, signed with the secret (${why})`, async (context) => {
    const receiver = await startReceiver(context);
    const { call, emulator } = await startClient(context, { now: () => 1700000000500 });
    const headers = { "X-Source": "test" };
    const webhook = { name: "W", url: receiver.url, events: ["workflow.updated"], enabled: true, headers, secret };
    await call("POST", "/api/v2/webhooks", { body: webhook });
    await call("PUT", "/api/v2/workflows/wf_12345", { body: articleWorkflow([]) });
    await emulator.deliveriesSettled();
    const [delivery, ...others] = receiver.received;
    assert.ok(delivery);
    assert.deepEqual(others, []);
    assert.deepEqual(JSON.parse(delivery.body), {
      type: "workflow.updated",
      timestamp: "2023-11-14T22:13:20.500Z",
      data: { id: "wf_12345", name: "Order Confirmation Workflow", version: 4 },
    });
    const id = String(delivery.headers["webhook-id"]);
    assert.equal(delivery.headers["webhook-timestamp"], "1700000000");
    assert.equal(delivery.headers["x-source"], "test");
    const signed = createHmac("sha256", key).update(`${id}.1700000000.${delivery.body}`).digest("base64");
    assert.equal(delivery.headers["webhook-signature"], `v1,${signed}`);
  });
}

test("only enabled webhooks that ask for the event are told, once each", async (context) => {
  const receiver = await startReceiver(context);
  const { call, emulator } = await startClient(context);
  const register = (name: string, change: object) =>
    call("POST", "/api/v2/webhooks", {
      body: { name, url: receiver.url, events: ["flow.updated"], headers: { "x-name": name }, ...change },
    });
  await register("wanted", {});
  await register("disabled", { enabled: false });
  await register("other event", { events: ["workflow.updated"] });
  const created = await call("POST", "/api/v2/flows", { body: articleFlow() });
  await emulator.deliveriesSettled();
  assert.deepEqual(receiver.received, [], "a creation is no update");
  await call("PUT", "/api/v2/flows/ivr_main_menu_v2", { body: created.body });
  await call("PUT", "/api/v2/flows/ivr_main_menu_v2", { body: created.body });
  await emulator.deliveriesSettled();
  assert.deepEqual(
    receiver.received.map(({ headers }) => headers["x-name"]),
    ["wanted"],
    "the stale PUT told nobody",
  );
  emulator.editFlow("ivr_main_menu_v2", { name: "Edited" });
  await emulator.deliveriesSettled();
  assert.equal(receiver.received.length, 2, "an edit in the editor is an update");
});

test("a webhook without a secret is told without a signature", async (context) => {
  const receiver = await startReceiver(context);
  const { call, emulator } = await startClient(context);
  await call("POST", "/api/v2/webhooks", { body: { name: "W", url: receiver.url, events: ["workflow.updated"] } });
  emulator.editWorkflow("wf_12345", {});
  await emulator.deliveriesSettled();
  assert.equal(receiver.received.length, 1);
  assert.equal(receiver.received[0]?.headers["webhook-signature"], undefined);
});

test("a receiver that refuses the connection harms nothing", async (context) => {
  const { call, emulator } = await startClient(context);
  const body = { name: "W", url: "http://127.0.0.1:1/hook", events: ["workflow.updated"] };
  await call("POST", "/api/v2/webhooks", { body });
  const put = await call("PUT", "/api/v2/workflows/wf_12345", { body: articleWorkflow([]) });
  assert.equal(put.status, 200);
  await emulator.deliveriesSettled();
  assert.deepEqual(
    emulator.state().deliveries.map(({ event, status }) => ({ event, status })),
    [{ event: "workflow.updated", status: null }],
  );
});

test("closing does not wait for a receiver that never answers", async (context) => {
  const receiver = await startReceiver(context, { answers: false });
  const { call, emulator } = await startClient(context);
  await call("POST", "/api/v2/webhooks", { body: { name: "W", url: receiver.url, events: ["workflow.updated"] } });
  emulator.editWorkflow("wf_12345", {});
  await emulator.close();
  assert.deepEqual(
    emulator.state().deliveries.map(({ failure }) => failure),
    ["AbortError"],
    "ended by the closing, not by the timeout",
  );
});

test("deliveries may be kept on this machine, or switched off", async (context) => {
  const receiver = await startReceiver(context);
  for (const [deliverTo, expected] of [
    ["loopback", [receiver.url]],
    ["nowhere", []],
  ] as const) {
    const { call, emulator } = await startClient(context, { deliverTo });
    for (const url of [receiver.url, "https://example.invalid/hook"]) {
      await call("POST", "/api/v2/webhooks", { body: { name: "W", url, events: ["workflow.updated"] } });
    }
    emulator.editWorkflow("wf_12345", {});
    await emulator.deliveriesSettled();
    assert.deepEqual(
      emulator.state().deliveries.map(({ url }) => url),
      expected,
    );
  }
});

test("a webhook is read, replaced and deleted by id; its secret stays when none is sent", async (context) => {
  const receiver = await startReceiver(context);
  const { call, emulator } = await startClient(context);
  const body = {
    name: "W",
    url: receiver.url,
    events: ["workflow.updated"],
    enabled: true,
    headers: {},
    secret: BASE64_SECRET,
  };
  const { secret: _, ...shown } = body;
  const created = await call("POST", "/api/v2/webhooks", { body });
  const path = `/api/v2/webhooks/${String(created.body.id)}`;
  assert.deepEqual((await call("GET", path)).body, { ...shown, id: created.body.id });
  const replaced = await call("PUT", path, { body: { ...shown, name: "Renamed" } });
  assert.deepEqual([replaced.status, replaced.body], [200, { ...shown, name: "Renamed", id: created.body.id }]);
  emulator.editWorkflow("wf_12345", {});
  await emulator.deliveriesSettled();
  assert.match(String(receiver.received[0]?.headers["webhook-signature"]), /^v1,/);
  assert.equal((await call("DELETE", path)).status, 204);
  for (const method of ["GET", "DELETE"]) assert.equal((await call(method, path)).status, 404);
  assert.equal((await call("PUT", path, { body })).status, 404);
  assert.equal(emulator.state().writes.webhooks, 3);
});

for (const [why, change, message] of [
  ["no name", { name: undefined }, /name/],
  ["no URL", { url: "somewhere" }, /url/],
  ["no events", { events: [] }, /events/],
] as const) {
  test(`a webhook with ${why} is 400`, async (context) => {
    const { call, emulator } = await startClient(context);
    const body = { name: "W", url: "https://example.com/", events: ["workflow.updated"], ...change };
    const answer = await call("POST", "/api/v2/webhooks", { body });
    assert.equal(answer.status, 400);
    assert.match(String(answer.body.message), message);
    assert.equal(emulator.state().webhooks.length, 0);
  });
}
