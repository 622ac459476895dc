import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import type { RemoveResult, RemoveWrite } from "../../src/engine/ports.ts";
import { answer, connectTo, FakeClock, FLOW, present, START, startTiny, WORKFLOW } from "./world.ts";

const FLOW_LIVE = { id: "main", name: "Main", version: 3, nodes: [], connections: [] };
const WORKFLOW_LIVE = { id: "wf_1", name: "Orders", version: 3, nodes: [], transitions: [] };
const HOOK_LIVE = { id: "wh_1", name: "esp", url: "https://esp.example/x", events: ["workflow.updated"] };
const WEBHOOK = { type: "webhook", id: "esp" };

interface Case {
  readonly remove: RemoveWrite;
  /** What a read answers while it is there, and when it is gone. */
  readonly reads: { readonly there: readonly [number, unknown]; readonly gone: readonly [number, unknown] };
  readonly changed: readonly [number, unknown];
  readonly path: string;
}

/** One of each type that can be deleted. */
const CASES: readonly Case[] = [
  {
    remove: { ref: FLOW, base: present(FLOW_LIVE, 3), idempotencyKey: "key-1" },
    reads: { there: [200, FLOW_LIVE], gone: [404, {}] },
    changed: [200, { ...FLOW_LIVE, name: "Theirs", version: 4 }],
    path: "/api/v2/flows/main",
  },
  {
    remove: { ref: WORKFLOW, base: present(WORKFLOW_LIVE, 3), idempotencyKey: "key-1" },
    reads: { there: [200, WORKFLOW_LIVE], gone: [404, {}] },
    changed: [200, { ...WORKFLOW_LIVE, version: 4 }],
    path: "/api/v2/workflows/wf_1",
  },
  {
    remove: { ref: WEBHOOK, base: present(HOOK_LIVE), idempotencyKey: "key-1" },
    reads: { there: [200, [HOOK_LIVE]], gone: [200, []] },
    changed: [200, [{ ...HOOK_LIVE, id: "wh_2" }]],
    path: "/api/v2/webhooks/wh_1",
  },
];

/** What the reads answer in turn (the last for ever), and what the DELETEs do. */
interface Script {
  readonly reads: readonly (readonly [number, unknown])[];
  readonly send?: (response: ServerResponse, count: number) => void;
}

async function run(t: Parameters<typeof startTiny>[0], { remove }: Case, { reads, send }: Script) {
  let asked = 0;
  let deletes = 0;
  const tiny = await startTiny(t, (seen, response) => {
    if (seen.method === "DELETE") {
      deletes += 1;
      return (send ?? ((r) => answer(r, 204)))(response, deletes);
    }
    const [status, body] = reads[Math.min(asked, reads.length - 1)] ?? [404, {}];
    asked += 1;
    return answer(response, status, body);
  });
  const timeouts = { flowWriteMs: 80, workflowWriteMs: 80, webhookWriteMs: 80 };
  const clock = new FakeClock();
  const { store } = connectTo(t, tiny.url, { clock, timeouts });
  const result = await store.remove(remove);
  return { result, seen: tiny.seen, methods: tiny.seen.map(({ method }) => method), clock, store };
}

for (const one of CASES) {
  const { type } = one.remove.ref;
  const { there, gone } = one.reads;

  test(`a ${type} that is still the base is deleted by one DELETE with its key and no body`, async (t) => {
    const { result, seen } = await run(t, one, { reads: [there] });
    assert.deepEqual(result, { result: "removed" });
    const [look, sent, ...others] = seen;
    assert.equal(look?.method, "GET");
    assert.deepEqual([sent?.method, sent?.path, sent?.text], ["DELETE", one.path, ""]);
    assert.equal(sent?.headers["idempotency-key"], "key-1");
    assert.equal(sent?.headers["content-type"], undefined);
    assert.equal(sent?.headers["transfer-encoding"], undefined);
    assert.equal(sent?.headers.authorization, "Bearer tok-1");
    assert.deepEqual(others, []);
  });

  for (const { reason, reads, result } of [
    { reason: "gone already", reads: [gone], result: "removed" },
    { reason: "not the base any more", reads: [one.changed], result: "conflict" },
    { reason: "not to be read", reads: [[403, {}] as const], result: "rejected" },
    { reason: "an answer that is no document", reads: [[200, "<html>"] as const], result: "rejected" },
  ]) {
    test(`a ${type} that is ${reason} is ${result}, and nothing is sent`, async (t) => {
      const { result: found, methods } = await run(t, one, { reads });
      assert.equal(found.result, result);
      assert.deepEqual(methods, ["GET"]);
    });
  }

  for (const status of [404, 405]) {
    for (const { reason, after, result, says } of [
      { reason: "it is gone", after: gone, result: "removed", says: /^$/ },
      {
        reason: "it is still there",
        after: there,
        result: "api/not-supported",
        says: new RegExp(`^Could not delete ${type} .*: this tenant cannot delete ${type}s$`),
      },
      { reason: "there is another by now", after: one.changed, result: "conflict", says: /it was changed since/ },
      { reason: "it cannot be looked at", after: [403, {}] as const, result: "uncertain", says: /403/ },
    ]) {
      test(`a ${status} for deleting a ${type} is believed after a look: ${reason}`, async (t) => {
        const send = (response: ServerResponse) => answer(response, status, {});
        const { result: found, methods } = await run(t, one, { reads: [there, after], send });
        assert.equal(codeOf(found), result);
        assert.match(messageOf(found), says);
        assert.deepEqual(methods, ["GET", "DELETE", "GET"]);
        if (found.result === "rejected") assert.match(found.error.hint ?? "", /delete it in CXone/i);
      });
    }
  }

  for (const { reason, send } of [
    { reason: "the connection is cut", send: (r: ServerResponse) => r.socket?.destroy() },
    { reason: "no answer in time", send: () => {} },
    { reason: "500", send: (r: ServerResponse) => answer(r, 500) },
    { reason: "a redirect", send: (r: ServerResponse) => answer(r, 303, "", { location: "/elsewhere" }) },
    { reason: "a sign-in page", send: (r: ServerResponse) => answer(r, 200, "<html>") },
  ]) {
    test(`deleting a ${type} is uncertain and sent once when the answer says nothing: ${reason}`, async (t) => {
      const { result, methods } = await run(t, one, { reads: [there], send });
      assert.ok(result.result === "uncertain", result.result);
      assert.equal(result.honoursKeys, true, "a repeated delete doubles nothing");
      assert.match(result.message, /^Could not delete .*; whether it was carried out is not known$/);
      assert.deepEqual(methods, ["GET", "DELETE"]);
    });
  }

  for (const { status, body, code } of [
    { status: 200, body: { anything: true }, code: "removed" },
    { status: 409, body: { message: "in use" }, code: "conflict" },
    { status: 412, body: {}, code: "conflict" },
    { status: 400, body: { message: "in use" }, code: "api/rejected" },
    { status: 403, body: {}, code: "api/forbidden" },
    { status: 401, body: {}, code: "api/unauthorized" },
    { status: 429, body: {}, code: "api/throttled" },
  ]) {
    test(`${status} for deleting a ${type} is ${code}`, async (t) => {
      const { result } = await run(t, one, { reads: [there], send: (r) => answer(r, status, body) });
      assert.equal(codeOf(result), code);
    });
  }

  test(`a throttled delete of a ${type} goes out again with the same key after the pause`, async (t) => {
    const send = (response: ServerResponse, count: number) =>
      count === 1 ? answer(response, 429, {}, { "retry-after": "3" }) : answer(response, 204);
    const { result, seen, methods, clock } = await run(t, one, { reads: [there], send });
    assert.equal(result.result, "removed");
    assert.deepEqual(methods, ["GET", "DELETE", "GET", "DELETE"]);
    assert.equal(seen[3]?.headers["idempotency-key"], "key-1");
    assert.ok(clock.now() - START >= 3000);
  });
}

test("the order of keys does not make another document", async (t) => {
  const [one] = CASES;
  assert.ok(one);
  const reordered = Object.fromEntries(Object.entries(FLOW_LIVE).reverse());
  assert.equal((await run(t, one, { reads: [[200, reordered]] })).result.result, "removed");
});

test("a webhook's delete looks at a list of its own, and no list from before it answers a later read", async (t) => {
  let live: readonly object[] = [HOOK_LIVE, { ...HOOK_LIVE, id: "wh_2", name: "other" }];
  const tiny = await startTiny(t, (seen, response) => {
    if (seen.method === "GET") return answer(response, 200, live);
    live = live.slice(1);
    return answer(response, 204);
  });
  const { store } = connectTo(t, tiny.url);
  const base = await store.read(WEBHOOK);
  assert.ok(base.state === "present");
  const remove = { ref: WEBHOOK, base, idempotencyKey: "k" };
  live = live.map((hook) => ({ ...hook, enabled: false }));
  assert.equal((await store.remove(remove)).result, "conflict", "the list of the first read is too old");
  const fresh = await store.read(WEBHOOK);
  assert.ok(fresh.state === "present");
  assert.deepEqual(await store.remove({ ...remove, base: fresh }), { result: "removed" });
  live = [];
  assert.deepEqual(await store.read({ type: "webhook", id: "other" }), { state: "absent" });
});

for (const type of ["template", "attachment"]) {
  test(`a ${type} is not ours to delete`, async (t) => {
    const tiny = await startTiny(t, (_seen, response) => answer(response, 204));
    const { store } = connectTo(t, tiny.url);
    const result = await store.remove({ ref: { type, id: "x" }, base: present({ id: "x" }), idempotencyKey: "k" });
    assert.equal(codeOf(result), "api/not-supported");
    assert.deepEqual(tiny.seen, []);
  });
}

for (const { type, id, document } of [
  { type: "flow", id: "..", document: { id: ".." } },
  { type: "workflow", id: "", document: { id: "" } },
  { type: "webhook", id: "esp", document: { id: "..", name: "esp" } },
  { type: "webhook", id: "esp", document: { name: "esp" } },
]) {
  test(`an id that is no segment of a path is not asked for: ${type} ${JSON.stringify(document)}`, async (t) => {
    const tiny = await startTiny(t, (_seen, response) => answer(response, 204));
    const { store } = connectTo(t, tiny.url);
    const result = await store.remove({ ref: { type, id }, base: present(document), idempotencyKey: "k" });
    assert.equal(codeOf(result), "api/rejected");
    assert.deepEqual(tiny.seen, []);
  });
}

function codeOf(result: RemoveResult): string {
  return result.result === "rejected" ? result.error.code : result.result;
}

function messageOf(result: RemoveResult): string {
  if (result.result === "removed") return "";
  return result.result === "rejected" ? result.error.message : result.message;
}
