import assert from "node:assert/strict";
import { test } from "node:test";
import { articleFlow, postForm, startClient } from "./client.ts";

const KEY = { "idempotency-key": "idx_deploy_20241015_001" };

test("the login of seed SF answers all four fields that the article shows", async (context) => {
  const { emulator } = await startClient(context);
  const answer = await postForm(`${emulator.url}/oauth/token`, {
    grant_type: "client_credentials",
    client_id: "any",
    client_secret: "any",
    scope: "flows:write flows:read",
  });
  assert.equal(answer.status, 200);
  assert.equal(typeof answer.body.access_token, "string");
  const { token_type, expires_in, scope } = answer.body;
  assert.deepEqual(
    { token_type, expires_in, scope },
    { token_type: "Bearer", expires_in: 3600, scope: "flows:write flows:read" },
  );
});

test("the article's POST is stored, and its look-up finds it with the server's fields", async (context) => {
  const { call, emulator } = await startClient(context);
  const flow = articleFlow();
  const posted = await call("POST", "/api/v2/flows", { body: flow, headers: KEY });
  assert.equal(posted.status, 201);
  const { version, createdTimestamp, lastUpdatedTimestamp, ...rest } = posted.body;
  assert.deepEqual(rest, flow, "everything that was sent is kept as it came");
  assert.equal(version, 1);
  assert.equal(typeof createdTimestamp, "number");
  assert.equal(createdTimestamp, lastUpdatedTimestamp);
  const read = await call("GET", "/api/v2/flows/ivr_main_menu_v2");
  assert.deepEqual([read.status, read.body], [200, posted.body]);
  assert.deepEqual(emulator.state().writes.flows, { ivr_main_menu_v2: 1 });
});

test("the same key and body is answered as the first time, and nothing is written again", async (context) => {
  const { call, emulator } = await startClient(context);
  const first = await call("POST", "/api/v2/flows", { body: articleFlow(), headers: KEY });
  const second = await call("POST", "/api/v2/flows", { body: articleFlow(), headers: KEY });
  assert.deepEqual([second.status, second.body], [201, first.body]);
  assert.deepEqual(emulator.state().writes.flows, { ivr_main_menu_v2: 1 });
  const posts = emulator.log().filter((entry) => entry.method === "POST" && entry.path === "/api/v2/flows");
  assert.deepEqual(
    posts.map(({ status, carriedOut, idempotencyKey }) => ({ status, carriedOut, idempotencyKey })),
    [
      { status: 201, carriedOut: true, idempotencyKey: "idx_deploy_20241015_001" },
      { status: 201, carriedOut: false, idempotencyKey: "idx_deploy_20241015_001" },
    ],
  );
});

test("the same key with another body is a conflict", async (context) => {
  const { call, emulator } = await startClient(context);
  await call("POST", "/api/v2/flows", { body: articleFlow(), headers: KEY });
  const other = await call("POST", "/api/v2/flows", { body: articleFlow("another_flow"), headers: KEY });
  assert.equal(other.status, 409);
  assert.match(String(other.body.message), /idx_deploy_20241015_001/);
  assert.equal(emulator.document("flow", "another_flow"), undefined);
});

test("the same id under another key is a conflict", async (context) => {
  const { call } = await startClient(context);
  await call("POST", "/api/v2/flows", { body: articleFlow(), headers: KEY });
  const again = await call("POST", "/api/v2/flows", {
    body: articleFlow(),
    headers: { "idempotency-key": "idx_other" },
  });
  assert.equal(again.status, 409);
  assert.match(String(again.body.message), /ivr_main_menu_v2 already exists/);
});
