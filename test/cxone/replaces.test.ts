import assert from "node:assert/strict";
import { test } from "node:test";
import type { CreateWrite } from "../../src/engine/ports.ts";
import { answer, connectTo, FLOW, present, START, startTiny } from "./world.ts";

const DESIRED = { id: "main", name: "Main", type: "IVR", nodes: [], connections: [] };
const CREATE: CreateWrite = { ref: FLOW, document: DESIRED, idempotencyKey: "key-1", at: START };

test("a PUT on a document that is gone is a conflict; on one that is there the tenant has no PUT", async (t) => {
  const live = { ...DESIRED, version: 1 };
  for (const isThere of [true, false]) {
    const tiny = await startTiny(t, (seen, response) =>
      seen.method === "GET" && isThere ? answer(response, 200, live) : answer(response, 404),
    );
    const { store } = connectTo(t, tiny.url);
    const written = await store.replace({ ...CREATE, base: present(live, 1) });
    if (isThere) {
      assert.equal(written.result === "rejected" && written.error.code, "api/not-supported");
      assert.match(written.result === "rejected" ? written.error.message : "", /this tenant cannot change flows/);
    } else assert.equal(written.result, "conflict");
  }
});

test("flows without versions: what is there is compared with the base just before the PUT", async (t) => {
  for (const { live, status, result, methods, reason } of [
    { live: DESIRED, status: 200, result: "written", methods: ["GET", "PUT"], reason: "still the base" },
    {
      live: { ...Object.fromEntries(Object.entries(DESIRED).reverse()) },
      status: 200,
      result: "written",
      methods: ["GET", "PUT"],
      reason: "the same in another order",
    },
    {
      live: { ...DESIRED, name: "X" },
      status: 200,
      result: "conflict",
      methods: ["GET"],
      reason: "somebody was faster",
    },
    { live: DESIRED, status: 404, result: "conflict", methods: ["GET"], reason: "gone" },
    { live: DESIRED, status: 403, result: "rejected", methods: ["GET"], reason: "cannot look, so must not write" },
  ]) {
    const tiny = await startTiny(t, (seen, response) =>
      seen.method === "GET" ? answer(response, status, live) : answer(response, 200, seen.text),
    );
    const { store } = connectTo(t, tiny.url);
    const document = { ...DESIRED, name: "New" };
    const written = await store.replace({ ...CREATE, document, base: present(DESIRED) });
    assert.equal(written.result, result, reason);
    assert.deepEqual(
      tiny.seen.map((seen) => seen.method),
      methods,
      reason,
    );
    if (written.result === "written") assert.equal(written.proven, false, "without versions an answer proves nothing");
    if (tiny.seen[1] !== undefined) assert.deepEqual(JSON.parse(tiny.seen[1].text), document, "no version is invented");
  }
});
