import assert from "node:assert/strict";
import { test } from "node:test";
import { loadSeed } from "../../src/emulator/seed.ts";
import { articleFlow, type CallOptions, postForm, readResult, startClient } from "./client.ts";

const FORM = { grant_type: "client_credentials", client_id: "known", client_secret: "right" };
const SEED = loadSeed("clients: [{ id: known, secret: right, scopes: [flows:read, workflow:view] }]", "seed.yaml");

const REFUSED = [
  { why: "another grant", form: { ...FORM, grant_type: "password" }, status: 400, error: "unsupported_grant_type" },
  { why: "no client", form: { grant_type: "client_credentials" }, status: 400, error: "invalid_request" },
  { why: "an unknown client", form: { ...FORM, client_id: "other" }, status: 401, error: "invalid_client" },
  { why: "a wrong secret", form: { ...FORM, client_secret: "wrong" }, status: 401, error: "invalid_client" },
  { why: "no scope of its own", form: { ...FORM, scope: "flows:write" }, status: 400, error: "invalid_scope" },
];

for (const { why, form, status, error } of REFUSED) {
  test(`a login with ${why} is refused in the words of OAuth`, async (context) => {
    const { emulator } = await startClient(context, { seed: SEED });
    const answer = await postForm(`${emulator.url}/oauth/token`, form);
    assert.deepEqual([answer.status, answer.body.error], [status, error]);
    assert.equal(typeof answer.body.error_description, "string");
  });
}

test("a login must be a form", async (context) => {
  const { emulator } = await startClient(context);
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${emulator.url}/oauth/token`, { method: "POST", headers, body: JSON.stringify(FORM) });
  const answer = await readResult(response);
  assert.deepEqual([answer.status, answer.body.error], [400, "invalid_request"]);
});

test("a client gets the scopes that it asks for as far as the seed grants them", async (context) => {
  const { emulator } = await startClient(context, { seed: SEED });
  const form = { ...FORM, scope: "flows:write flows:read" };
  assert.equal((await postForm(`${emulator.url}/oauth/token`, form)).body.scope, "flows:read");
});

test("a token of one family is no good for the other", async (context) => {
  const { call, login } = await startClient(context);
  const flows = await login("flows");
  const workflows = await login("workflows");
  assert.equal((await call("GET", "/api/v2/flows", { token: flows })).status, 200);
  assert.equal((await call("GET", "/api/v2/flows", { token: workflows })).status, 401);
  assert.equal((await call("GET", "/api/v2/workflows/wf_12345", { token: workflows })).status, 200);
  assert.equal((await call("GET", "/api/v2/workflows/wf_12345", { token: flows })).status, 401);
});

test("a token expires after its lifetime, by the emulator's clock", async (context) => {
  let now = 1_000_000;
  const { call, login } = await startClient(context, { now: () => now, tokenLifetimeSeconds: 60 });
  const token = await login("flows");
  now += 59_999;
  assert.equal((await call("GET", "/api/v2/flows", { token })).status, 200);
  now += 1;
  const expired = await call("GET", "/api/v2/flows", { token });
  assert.deepEqual([expired.status, expired.headers.get("www-authenticate")], [401, "Bearer"]);
});

test("no token and a made-up token are 401", async (context) => {
  const { call, emulator } = await startClient(context);
  assert.equal((await fetch(`${emulator.url}/api/v2/flows`)).status, 401);
  assert.equal((await call("GET", "/api/v2/flows", { token: "made-up" })).status, 401);
});

const CALLS: readonly (readonly [string, string, string, CallOptions])[] = [
  ["GET", "/api/v2/flows", "flows:read", {}],
  ["GET", "/api/v2/flows/x", "flows:read", {}],
  ["POST", "/api/v2/flows", "flows:write", { body: articleFlow() }],
  ["PUT", "/api/v2/flows/x", "flows:write", { body: articleFlow() }],
  ["DELETE", "/api/v2/flows/x", "flows:write", {}],
  ["GET", "/api/v2/workflows", "workflow:view", {}],
  ["GET", "/api/v2/workflows/wf_12345", "workflow:view", {}],
  ["PUT", "/api/v2/workflows/wf_12345", "workflow:edit", { body: {} }],
  ["POST", "/api/v2/workflows", "workflow:edit", { body: {} }],
  ["DELETE", "/api/v2/workflows/wf_12345", "workflow:edit", {}],
  ["GET", "/api/v2/interactions/templates/tmpl_inv_2024", "email:template", {}],
  ["GET", "/api/v2/interactions/attachments/att_pdf_001", "interaction:read", {}],
  ["GET", "/api/v2/webhooks", "webhook:manage", {}],
  ["POST", "/api/v2/webhooks", "webhook:manage", { body: {} }],
];

const ALL_SCOPES = {
  flows: ["flows:write", "flows:read"],
  workflows: ["workflow:edit", "workflow:view", "email:template", "interaction:read", "webhook:manage"],
};

for (const [method, path, scope, options] of CALLS) {
  test(`${method} ${path} needs ${scope} and says so`, async (context) => {
    const { call, login, emulator } = await startClient(context);
    const family = scope.startsWith("flows") ? "flows" : "workflows";
    const others = ALL_SCOPES[family].filter((name) => name !== scope);
    const without = await call(method, path, { ...options, token: await login(family, others.join(" ")) });
    assert.equal(without.status, 403);
    assert.ok(String(without.body.message).includes(scope));
    const only = await call(method, path, { ...options, token: await login(family, scope) });
    assert.notEqual(only.status, 403, "that scope alone is enough");
    assert.equal(
      emulator.log().some((entry) => entry.status === 403 && entry.carriedOut),
      false,
    );
  });
}

test("a missing scope on flows is 401 where the setting follows seed SF's wording", async (context) => {
  const { call, login } = await startClient(context, { missingFlowScopeStatus: 401 });
  const refused = await call("DELETE", "/api/v2/flows/x", { token: await login("flows", "flows:read") });
  assert.equal(refused.status, 401);
  assert.match(String(refused.body.message), /flows:write/);
});
