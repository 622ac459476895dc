import assert from "node:assert/strict";
import { test } from "node:test";
import { startPlainCxone } from "../helpers/plain-cxone.ts";
import { connectTo, reasonOf, START } from "./world.ts";

const FLOW = { type: "flow", id: "main" };
const NODES = [
  { id: "node_a", type: "start" },
  { id: "node_z", type: "terminal" },
];
const DOCUMENT = {
  id: "main",
  name: "Main",
  type: "IVR",
  nodes: NODES,
  connections: [
    { id: "conn_1", source_node_id: "node_a", target_node_id: "node_z", condition: "true", type: "default" },
  ],
};
const CREATE = { ref: FLOW, document: DOCUMENT, idempotencyKey: "key-1", at: START };

test("the whole life of a flow against a server that knows nothing of this client", async (t) => {
  const plain = await startPlainCxone();
  t.after(() => plain.close());
  const { store } = connectTo(t, plain.url);
  assert.deepEqual(await store.read(FLOW), { state: "absent" });
  assert.equal((await store.create(CREATE)).result, "written");
  assert.equal((await store.create(CREATE)).result, "written", "the key's first answer again");
  assert.equal((await store.create({ ...CREATE, idempotencyKey: "key-2" })).result, "conflict");
  const base = await store.read(FLOW);
  assert.ok(base.state === "present" && base.version === 1);
  const replace = { ...CREATE, base, document: { ...base.document, name: "Main 2" } };
  const written = await store.replace({ ...replace, idempotencyKey: "key-3" });
  assert.ok(written.result === "written" && written.proven);
  assert.deepEqual(await store.read(FLOW), written.live, "what was proven is what is there");
  assert.equal((await store.replace({ ...replace, idempotencyKey: "key-4" })).result, "conflict", "stale base");
  const broken = { ...base.document, nodes: [] };
  const refused = await store.replace({ ...replace, base: written.live, document: broken, idempotencyKey: "key-5" });
  assert.match(refused.result === "rejected" ? refused.error.message : "", /conn_1 names an unknown node/);
  assert.equal(plain.documents.flows.get("main")?.["name"], "Main 2");
});

test("a tenant without versions, and an edit between read and write", async (t) => {
  const plain = await startPlainCxone({ flowVersions: false, documents: { flows: [DOCUMENT] } });
  t.after(() => plain.close());
  const { store } = connectTo(t, plain.url);
  const base = await store.read(FLOW);
  assert.ok(base.state === "present" && base.version === null);
  const replace = { ...CREATE, base, document: { ...base.document, name: "Ours" } };
  plain.documents.flows.set("main", { ...DOCUMENT, name: "Theirs" });
  assert.equal((await store.replace(replace)).result, "conflict");
  plain.documents.flows.set("main", DOCUMENT);
  assert.equal((await store.replace(replace)).result, "written");
  assert.equal(plain.documents.flows.get("main")?.["name"], "Ours");
});

test("webhooks need a list, which this server has only when told to", async (t) => {
  const hook = { type: "webhook", id: "esp" };
  const bare = await startPlainCxone();
  const listing = await startPlainCxone({ webhookList: true });
  t.after(() => Promise.all([bare.close(), listing.close()]));
  assert.match(reasonOf(await connectTo(t, bare.url).store.read(hook)), /cannot list webhooks/);
  const { store } = connectTo(t, listing.url);
  assert.deepEqual(await store.read(hook), { state: "absent" });
  const document = { name: "esp", url: "https://esp.example", events: [], secret: "whsec_planted" };
  assert.equal((await store.create({ ref: hook, document, idempotencyKey: "k", at: START })).result, "written");
  const base = await store.read(hook);
  assert.ok(base.state === "present" && !("secret" in base.document));
  const moved = { ...base.document, url: "https://new.example" };
  const replace = { ref: hook, document: moved, base, idempotencyKey: "k2", at: START };
  assert.equal((await store.replace(replace)).result, "written");
  assert.equal(listing.documents.webhooks.size, 1);
});

test("programs: a lost answer after the write was carried out, and everything in the log", async (t) => {
  const plain = await startPlainCxone({
    program: (request) =>
      request.method === "POST" && request.path === "/api/v2/flows" ? { drop: true, after: true } : undefined,
  });
  t.after(() => plain.close());
  const { store } = connectTo(t, plain.url);
  assert.equal((await store.create(CREATE)).result, "uncertain");
  assert.equal((await store.read(FLOW)).state, "present");
  assert.deepEqual(
    plain.log.map(({ method, path, status }) => [method, path, status]),
    [
      ["POST", "/oauth/token", 200],
      ["POST", "/api/v2/flows", null],
      ["GET", "/api/v2/flows/main", 200],
    ],
  );
});

test("only the client that was agreed on gets in, and a token of one family is no good for the other", async (t) => {
  const plain = await startPlainCxone({ client: { id: "client", secret: "right" } });
  t.after(() => plain.close());
  assert.match(reasonOf(await connectTo(t, plain.url, { clientSecret: "wrong" }).store.read(FLOW)), /client id/);
  const { store } = connectTo(t, plain.url, { clientSecret: "right" });
  await store.read(FLOW);
  const authorization = plain.log.at(-1)?.headers["authorization"] ?? "";
  const own = await fetch(`${plain.url}/api/v2/flows/main`, { headers: { authorization } });
  const other = await fetch(`${plain.url}/api/v2/workflows/wf_1`, { headers: { authorization } });
  assert.deepEqual([own.status, other.status], [404, 401]);
});
