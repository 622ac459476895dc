/** Deletes against the two servers that keep documents: the emulator, with things going wrong, and the plain one. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Fault } from "../../src/emulator/faults.ts";
import { loadSeed } from "../../src/emulator/seed.ts";
import { type Emulator, startEmulator } from "../../src/emulator/server.ts";
import type { LiveStore } from "../../src/engine/ports.ts";
import type { DocumentRef, LiveDocument } from "../../src/model/live.ts";
import { type PlainAnswer, startPlainCxone } from "../helpers/plain-cxone.ts";
import { type Connected, connectTo, FakeClock, FLOW, START, WORKFLOW } from "./world.ts";

const WEBHOOK = { type: "webhook", id: "esp" };
const HOOK = { id: "wh_1", name: "esp", url: "http://127.0.0.1:9/", events: [] };
const TENANT = {
  flows: [{ id: "main", name: "Main", nodes: [], connections: [] }],
  workflows: [{ id: "wf_1", name: "Orders", nodes: [], transitions: [] }],
  webhooks: [HOOK],
};
const SEED = { ...TENANT, webhooks: [{ ...HOOK, events: ["workflow.updated"], secret: "whsec_c2VjcmV0" }] };
const workflowScope = "workflow:edit workflow:view webhook:manage";

interface Kept {
  readonly ref: DocumentRef;
  /** The path that the DELETE goes to. */
  readonly path: string;
  readonly edit: (emulator: Emulator) => unknown;
}

const KEPT: readonly Kept[] = [
  { ref: FLOW, path: "/api/v2/flows/main", edit: (emulator) => emulator.editFlow("main", { name: "Theirs" }) },
  {
    ref: WORKFLOW,
    path: "/api/v2/workflows/wf_1",
    edit: (emulator) => emulator.editWorkflow("wf_1", { name: "Theirs" }),
  },
  {
    ref: WEBHOOK,
    path: "/api/v2/webhooks/wh_1",
    edit: (emulator) => emulator.editWebhook("wh_1", { url: "http://127.0.0.1:8/" }),
  },
];

interface Opened extends Connected {
  readonly emulator: Emulator;
  readonly base: LiveDocument;
  readonly clock: FakeClock;
  /** How often a DELETE came, and how often one was carried out. */
  deletes(): readonly [number, number];
}

/** An emulator that holds one of each, and the base that was just read from it. */
async function open(t: TestContext, { ref, path }: Kept, seed: object = {}): Promise<Opened> {
  const emulator = await startEmulator({ seed: loadSeed(JSON.stringify({ ...SEED, ...seed }), "seed") });
  t.after(() => emulator.close());
  const clock = new FakeClock();
  const connected = connectTo(t, emulator.url, { clock, workflowScope });
  const base = await readPresent(connected.store, ref);
  const deletes = () => {
    const seen = emulator.log().filter((entry) => entry.method === "DELETE" && entry.path === path);
    return [seen.length, seen.filter(({ carriedOut }) => carriedOut).length] as const;
  };
  return { ...connected, emulator, base, clock, deletes };
}

async function readPresent(store: LiveStore, ref: DocumentRef): Promise<LiveDocument> {
  const read = await store.read(ref);
  assert.ok(read.state === "present", read.state);
  return read;
}

for (const kept of KEPT) {
  const { ref, path, edit } = kept;
  const onDelete = (fault: Fault) => ({ match: { method: "DELETE", path }, fault });

  test(`emulator: a ${ref.type} is removed, and removing it again sends nothing`, async (t) => {
    const { store, base, deletes } = await open(t, kept);
    const remove = { ref, base, idempotencyKey: "k" };
    assert.deepEqual(await store.remove(remove), { result: "removed" });
    assert.deepEqual(await store.read(ref), { state: "absent" });
    assert.deepEqual(await store.remove(remove), { result: "removed" });
    assert.deepEqual(deletes(), [1, 1]);
  });

  test(`emulator: a ${ref.type} that somebody edits before the delete stays as they made it`, async (t) => {
    const { store, base, emulator, deletes } = await open(t, kept);
    edit(emulator);
    const remove = { ref, base, idempotencyKey: "k" };
    assert.equal((await store.remove(remove)).result, "conflict");
    assert.deepEqual(deletes(), [0, 0]);
    const theirs = await readPresent(store, ref);
    assert.notDeepEqual(theirs, base);
    assert.deepEqual(await store.remove({ ...remove, base: theirs }), { result: "removed" });
  });

  test(`emulator: a throttled delete of a ${ref.type} waits as told and is carried out once`, async (t) => {
    const { store, base, emulator, clock, deletes } = await open(t, kept);
    emulator.addFault({ ...onDelete({ type: "status", status: 429, retryAfter: 7 }), times: 2 });
    assert.equal((await store.remove({ ref, base, idempotencyKey: "k" })).result, "removed");
    assert.deepEqual(deletes(), [3, 1]);
    assert.ok(clock.now() - START >= 14_000);
    assert.deepEqual(await store.read(ref), { state: "absent" });
  });

  for (const { fault, carriedOut } of [
    { fault: { type: "lost-answer" }, carriedOut: true },
    { fault: { type: "reset" }, carriedOut: false },
    { fault: { type: "status", status: 500 }, carriedOut: false },
    { fault: { type: "html" }, carriedOut: false },
  ] as const) {
    test(`emulator: ${fault.type} on deleting a ${ref.type} is uncertain, and a second try ends it`, async (t) => {
      const { store, base, emulator, deletes } = await open(t, kept);
      emulator.addFault(onDelete(fault));
      const remove = { ref, base, idempotencyKey: "k" };
      const first = await store.remove(remove);
      assert.equal(first.result === "uncertain" && first.honoursKeys, true);
      assert.deepEqual(deletes(), [1, carriedOut ? 1 : 0], "never repeated without a look");
      assert.deepEqual(await store.remove(remove), { result: "removed" });
      assert.deepEqual(deletes(), [carriedOut ? 1 : 2, 1]);
      assert.deepEqual(await store.read(ref), { state: "absent" });
    });
  }

  test(`emulator: a tenant that does not delete a ${ref.type} says so, and it stays`, async (t) => {
    const { store, base, emulator } = await open(t, kept);
    emulator.addFault(onDelete({ type: "no-list" }));
    const result = await store.remove({ ref, base, idempotencyKey: "k" });
    assert.equal(result.result === "rejected" && result.error.code, "api/not-supported");
    assert.deepEqual(await store.read(ref), base);
  });

  test(`emulator: a 409 on deleting a ${ref.type} is a conflict`, async (t) => {
    const { store, base, emulator, deletes } = await open(t, kept);
    emulator.addFault(onDelete({ type: "conflict" }));
    assert.equal((await store.remove({ ref, base, idempotencyKey: "k" })).result, "conflict");
    assert.deepEqual(deletes(), [1, 0]);
  });

  test(`plain server: a ${ref.type} is removed`, async (t) => {
    const plain = await startPlainCxone({ documents: TENANT, webhookList: true });
    t.after(() => plain.close());
    const { store } = connectTo(t, plain.url);
    const base = await readPresent(store, ref);
    assert.deepEqual(await store.remove({ ref, base, idempotencyKey: "k" }), { result: "removed" });
    assert.deepEqual(await store.read(ref), { state: "absent" });
    const sent = plain.log.filter(({ method }) => method === "DELETE");
    assert.deepEqual(
      sent.map((request) => [request.path, request.text, request.status]),
      [[path, "", 204]],
    );
  });

  for (const { reason, program, result } of [
    { reason: "the answer is lost", program: { drop: true, after: true }, result: "uncertain" },
    { reason: "somebody was faster, and it is gone", program: { status: 404, after: true }, result: "removed" },
    { reason: "there is no such method", program: { status: 405 }, result: "api/not-supported" },
    { reason: "there is no such endpoint", program: { status: 404 }, result: "api/not-supported" },
    { reason: "it is in use", program: { status: 422, body: { message: "in use" } }, result: "api/rejected" },
  ] satisfies readonly { readonly reason: string; readonly program: PlainAnswer; readonly result: string }[]) {
    test(`plain server: deleting a ${ref.type} where ${reason} is ${result}`, async (t) => {
      const plain = await startPlainCxone({
        documents: TENANT,
        webhookList: true,
        program: ({ method }) => (method === "DELETE" ? program : undefined),
      });
      t.after(() => plain.close());
      const { store } = connectTo(t, plain.url);
      const base = await readPresent(store, ref);
      const removed = await store.remove({ ref, base, idempotencyKey: "k" });
      assert.equal(removed.result === "rejected" ? removed.error.code : removed.result, result);
      assert.equal(plain.log.filter(({ method }) => method === "DELETE").length, 1);
    });
  }
}

for (const { kept, scopes, says } of [
  { kept: KEPT[0], scopes: ["flows:read"], says: /lacks the scope flows:write/ },
  { kept: KEPT[1], scopes: ["workflow:view"], says: /lacks the scope workflow:edit/ },
]) {
  test(`emulator: without the scope to write, a ${kept?.ref.type} is not deleted, and the scope is named`, async (t) => {
    assert.ok(kept);
    const seed = { clients: [{ id: "client", secret: "planted-secret", scopes }] };
    const { store, base, deletes } = await open(t, kept, seed);
    const result = await store.remove({ ref: kept.ref, base, idempotencyKey: "k" });
    assert.ok(result.result === "rejected");
    assert.equal(result.error.code, "api/forbidden");
    assert.match(result.error.message, says);
    assert.deepEqual(deletes(), [1, 0]);
  });
}
