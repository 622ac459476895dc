import assert from "node:assert/strict";
import { test } from "node:test";
import { createEmulatorApp } from "../../src/emulator/app.ts";
import { articleWorkflow, readResult, startClient } from "./client.ts";

const WORKFLOW = "/api/v2/workflows/wf_12345";

async function startAdmin(context: Parameters<typeof startClient>[0]) {
  const client = await startClient(context);
  const admin = async (method: string, path: string, body?: unknown) =>
    readResult(
      await fetch(`${client.emulator.url}/__emulator/${path}`, {
        method,
        ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
      }),
    );
  return { ...client, admin };
}

test("the log is read and cleared from another process, and does not log itself", async (context) => {
  const { call, admin, emulator } = await startAdmin(context);
  await call("PUT", WORKFLOW, { body: articleWorkflow([]), headers: { "idempotency-key": "key_1" } });
  const { body } = await admin("GET", "log");
  assert.deepEqual(body, { entries: JSON.parse(JSON.stringify(emulator.log())) });
  assert.deepEqual(
    emulator
      .log()
      .map(({ method, path, status, idempotencyKey, carriedOut }) => [
        method,
        path,
        status,
        idempotencyKey,
        carriedOut,
      ]),
    [
      ["POST", "/oauth2/token", 200, null, false],
      ["PUT", WORKFLOW, 200, "key_1", true],
    ],
  );
  assert.equal((await admin("DELETE", "log")).status, 204);
  assert.deepEqual(emulator.log(), []);
});

test("faults are added, one or several at a time, and cleared", async (context) => {
  const { call, admin } = await startAdmin(context);
  const rule = { match: { path: WORKFLOW }, fault: { type: "status", status: 500 } };
  assert.deepEqual((await admin("POST", "faults", rule)).body, { added: 1 });
  assert.deepEqual((await admin("POST", "faults", [rule, rule])).body, { added: 2 });
  const statuses: number[] = [];
  for (let turn = 0; turn < 2; turn += 1) statuses.push((await call("GET", WORKFLOW)).status);
  assert.deepEqual(statuses, [500, 500]);
  assert.equal((await admin("DELETE", "faults")).status, 204);
  assert.equal((await call("GET", WORKFLOW)).status, 200);
});

test("a bad rule is refused with the place of what is wrong", async (context) => {
  const { admin, emulator } = await startAdmin(context);
  const answer = await admin("POST", "faults", { fault: { type: "slow" } });
  assert.equal(answer.status, 400);
  assert.match(String(answer.body.message), /0\.fault\.milliseconds/);
  assert.deepEqual(emulator.state().faults, []);
});

test("a document is edited and removed out of band", async (context) => {
  const { call, admin } = await startAdmin(context);
  const edited = await admin("POST", "edit", { type: "workflow", id: "wf_12345", edit: { name: "Edited" } });
  assert.deepEqual([edited.status, edited.body.name, edited.body.version], [200, "Edited", 4]);
  assert.equal((await call("GET", WORKFLOW)).body.name, "Edited");
  assert.equal((await admin("POST", "edit", { type: "workflow", id: "none", edit: {} })).status, 404);
  assert.equal((await admin("POST", "edit", { type: "template", id: "x", edit: {} })).status, 400);
  assert.deepEqual((await admin("POST", "remove", { type: "workflow", id: "wf_12345" })).body, { removed: true });
  assert.equal((await call("GET", WORKFLOW)).status, 404);
});

test("a webhook is edited and removed out of band: by its id, never shown with its secret, not counted as a write", async (context) => {
  const { call, admin, emulator } = await startAdmin(context);
  const secret = "whsec_c2VjcmV0";
  const body = { name: "Sync", url: "http://127.0.0.1:9/", events: ["workflow.updated"], headers: { a: "1" }, secret };
  const { id } = (await call("POST", "/api/v2/webhooks", { body })).body;
  const before = emulator.state().writes.webhooks;
  const edit = { enabled: false, headers: { b: "2" }, id: "wh_other" };
  const edited = await admin("POST", "edit", { type: "webhook", id, edit });
  const { secret: _, ...shown } = { ...body, id, enabled: false, headers: { a: "1", b: "2" } };
  assert.deepEqual([edited.status, edited.body], [200, shown]);
  assert.deepEqual((await call("GET", `/api/v2/webhooks/${id}`)).body, shown);
  const broken = await admin("POST", "edit", { type: "webhook", id, edit: { events: null } });
  assert.equal(broken.status, 400);
  assert.match(String(broken.body.message), /^events: /);
  assert.deepEqual(emulator.state().webhooks, [shown], "a refused edit leaves it as it was");
  assert.equal((await admin("POST", "edit", { type: "webhook", id: "wh_other", edit: {} })).status, 404);
  assert.deepEqual((await admin("POST", "remove", { type: "webhook", id })).body, { removed: true });
  assert.deepEqual((await admin("POST", "remove", { type: "webhook", id })).body, { removed: false });
  assert.deepEqual(emulator.state().webhooks, []);
  assert.equal(emulator.state().writes.webhooks, before);
});

test("the state shows documents and counts of writes, and a reset brings the seed back", async (context) => {
  const { call, admin, emulator } = await startAdmin(context);
  await call("PUT", WORKFLOW, { body: articleWorkflow([]) });
  const { body } = await admin("GET", "state");
  assert.deepEqual(body, JSON.parse(JSON.stringify(emulator.state())));
  assert.deepEqual(body.writes, { flows: {}, workflows: { wf_12345: 1 }, webhooks: 0 });
  assert.equal((await admin("POST", "reset")).status, 204);
  assert.equal(emulator.document("workflow", "wf_12345")?.version, 3);
});

test("a caller from another machine is refused", async () => {
  const { app } = createEmulatorApp();
  const answer = await app.inject({ method: "GET", url: "/__emulator/state", remoteAddress: "192.0.2.7" });
  assert.equal(answer.statusCode, 403);
  await app.close();
});
