import assert from "node:assert/strict";
import { test } from "node:test";
import { articleFlow, type Client, startClient } from "./client.ts";

const FLOWS = "/api/v2/flows";
const WORKFLOW = "/api/v2/workflows/wf_12345";
const HOOKS = "/api/v2/webhooks";
const hook = (name: string) => ({ name, url: "http://127.0.0.1:9/", events: ["x"] });

/** The next read of this path, as a replica shows it that lags behind. */
async function readLate({ call, emulator }: Client, path: string) {
  emulator.addFault({ match: { path }, fault: { type: "lag" } });
  const late = await call("GET", path);
  assert.equal(emulator.log().at(-1)?.fault, "lag");
  return late;
}

async function listLate(client: Client, path: string, key: string): Promise<readonly unknown[]> {
  const { items, total } = (await readLate(client, path)).body;
  assert.ok(Array.isArray(items));
  assert.equal(total, items.length);
  return items.map((item) => item[key]);
}

test("a document is shown as before its last PUT, once, and then as it is", async (context) => {
  const client = await startClient(context);
  const { body: first } = await client.call("GET", WORKFLOW);
  const { body: second } = await client.call("PUT", WORKFLOW, { body: { ...first, name: "Second" } });
  assert.deepEqual((await readLate(client, WORKFLOW)).body, first);
  assert.deepEqual((await client.call("GET", WORKFLOW)).body, second);
  await client.call("PUT", WORKFLOW, { body: { ...second, name: "Third" } });
  assert.deepEqual((await readLate(client, WORKFLOW)).body, second, "one state back, not two");
});

test("a flow just created is 404, one just deleted is still there, and each list likewise", async (context) => {
  const client = await startClient(context);
  await client.call("POST", FLOWS, { body: articleFlow("a") });
  const { body: created } = await client.call("POST", FLOWS, { body: articleFlow("b") });
  assert.equal((await readLate(client, `${FLOWS}/b`)).status, 404);
  assert.deepEqual(await listLate(client, FLOWS, "id"), ["a"]);
  await client.call("DELETE", `${FLOWS}/a`);
  await client.call("PUT", `${FLOWS}/b`, { body: { ...created, name: "Renamed" } });
  assert.equal((await readLate(client, `${FLOWS}/a`)).status, 200);
  assert.deepEqual((await readLate(client, `${FLOWS}/b`)).body, created);
  assert.deepEqual(await listLate(client, FLOWS, "name"), ["IVR Flow b"], "the list is one change back, not one each");
});

test("what is deleted goes back to its place in the list", async (context) => {
  const client = await startClient(context);
  for (const id of ["a", "b", "c"]) await client.call("POST", FLOWS, { body: articleFlow(id) });
  await client.call("DELETE", `${FLOWS}/b`);
  assert.deepEqual(await listLate(client, FLOWS, "id"), ["a", "b", "c"]);
});

test("a list of webhooks lacks the last one created, and a webhook is shown as before its last PUT", async (context) => {
  const client = await startClient(context);
  await client.call("POST", HOOKS, { body: hook("one") });
  const { body: two } = await client.call("POST", HOOKS, { body: hook("two") });
  assert.deepEqual(await listLate(client, HOOKS, "name"), ["one"]);
  const path = `${HOOKS}/${two.id}`;
  assert.equal((await readLate(client, path)).status, 404);
  await client.call("PUT", path, { body: hook("renamed") });
  assert.deepEqual((await readLate(client, path)).body, two);
  assert.deepEqual(await listLate(client, HOOKS, "name"), ["one", "two"]);
  await client.call("DELETE", path);
  assert.deepEqual(await listLate(client, HOOKS, "name"), ["one", "renamed"]);
});

test("edits by hand lag too, and what was never changed is shown as it is", async (context) => {
  const client = await startClient(context);
  const { body: first } = await client.call("GET", WORKFLOW);
  assert.deepEqual((await readLate(client, WORKFLOW)).body, first);
  assert.deepEqual(await listLate(client, "/api/v2/workflows", "id"), ["wf_12345"]);
  client.emulator.editWorkflow("wf_12345", { name: "Theirs" });
  assert.deepEqual((await readLate(client, WORKFLOW)).body, first);
  assert.deepEqual(await listLate(client, "/api/v2/workflows", "name"), [first.name]);
  client.emulator.removeDocument("workflow", "wf_12345");
  assert.equal((await readLate(client, WORKFLOW)).body.name, "Theirs");
  assert.equal((await client.call("GET", WORKFLOW)).status, 404);
});

test("only reads lag: a write in between neither uses up the rule nor counts for it", async (context) => {
  const client = await startClient(context);
  const { body: first } = await client.call("GET", WORKFLOW);
  client.emulator.addFault({ match: { path: WORKFLOW }, fault: { type: "lag" } });
  assert.equal((await client.call("PUT", WORKFLOW, { body: { ...first, name: "Second" } })).body.name, "Second");
  assert.equal(client.emulator.state().faults[0]?.matched, 0);
  assert.deepEqual((await client.call("GET", WORKFLOW)).body, first);
});

test("a write is judged by what is there, not by what a late read showed", async (context) => {
  const client = await startClient(context);
  const { body: first } = await client.call("GET", WORKFLOW);
  await client.call("PUT", WORKFLOW, { body: { ...first, name: "Second" } });
  const late = await readLate(client, WORKFLOW);
  assert.equal((await client.call("PUT", WORKFLOW, { body: { ...late.body, name: "Lost" } })).status, 409);
});
