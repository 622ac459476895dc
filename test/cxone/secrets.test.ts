import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import type { CreateWrite } from "../../src/engine/ports.ts";
import { MASK } from "../../src/model/secrets.ts";
import { answer, connectTo, FLOW, present, type Seen, START, startTiny, WORKFLOW } from "./world.ts";

const SECRET = `pl4nted/s3cret with+"quotes"!(~é`;
const TOKEN = "pl4nted.t0ken/with+slash==";
const HOOK_SECRET = "whsec_pl4nted+hook/secret";

/** Every part of the planted values that is long enough to be recognised, in any encoding that leaves letters alone. */
const TRACES = ["pl4nted", "s3cret", "t0ken", Buffer.from(SECRET).toString("base64").slice(0, 12)];

/** A server that repeats everything it was told, in every way that servers do. */
function echo(seen: Seen): string {
  const authorization = String(seen.headers.authorization);
  const forms = [
    seen.text,
    authorization,
    encodeURIComponent(authorization),
    new URLSearchParams({ a: authorization }),
  ];
  const secrets = (seen.text.includes("whsec") ? [SECRET, HOOK_SECRET] : [SECRET]).flatMap((value) => [
    value,
    encodeURIComponent(value),
    encodeURIComponent(value).replace(/%../g, (code) => code.toLowerCase()),
    new URLSearchParams({ client_secret: value }).toString(),
    Buffer.from(value).toString("base64"),
  ]);
  return [...forms, ...secrets].join(" | ");
}

const CREATE: CreateWrite = { ref: FLOW, document: { id: "main" }, idempotencyKey: "k", at: START };
const OLD = { id: "old" };
const HOOK: CreateWrite = {
  ref: { type: "webhook", id: "esp" },
  document: { name: "esp", secret: HOOK_SECRET },
  idempotencyKey: "k",
  at: START,
};

function assertClean(what: unknown, reason: string): void {
  const text = inspect(what, { depth: 20, showHidden: true, maxStringLength: null, breakLength: Infinity });
  for (const trace of TRACES) assert.ok(!text.includes(trace), `${reason}: ${trace} in ${text.slice(0, 2000)}`);
}

for (const status of [400, 401, 403, 404, 409, 418, 422, 429, 500, 302]) {
  test(`a ${status} that repeats token, secrets and body leaves no trace of them`, async (t) => {
    for (const isJson of [true, false]) {
      const tiny = await startTiny(
        t,
        (seen, response) => {
          if (seen.path.startsWith("/api/v2/webhooks?")) answer(response, 200, []);
          else if (seen.path === "/api/v2/flows/old" && seen.method === "GET") answer(response, 200, OLD);
          else answer(response, status, isJson ? { message: echo(seen), errors: [echo(seen)] } : echo(seen));
        },
        (_seen, response) => answer(response, 200, { access_token: TOKEN, expires_in: 3600 }),
      );
      const { store, events, report } = connectTo(t, tiny.url, { clientSecret: SECRET });
      const results = [
        await store.read(FLOW),
        await store.create(CREATE),
        await store.create(HOOK),
        await store.replace({ ...CREATE, ref: WORKFLOW, base: present({ id: "wf_1", version: 1 }, 1) }),
        await store.remove({ ref: { type: "flow", id: "old" }, base: present(OLD), idempotencyKey: "k" }),
      ];
      assertClean([results, events, report()], `${status}`);
      if (status === 422) assert.ok(inspect(results, { depth: 9 }).includes(MASK), "the words are there, masked");
    }
  });
}

test("a token endpoint that repeats the form leaves no trace of it", async (t) => {
  for (const status of [200, 400, 401, 500]) {
    const tiny = await startTiny(
      t,
      (_seen, response) => answer(response, 200),
      (seen, response) => answer(response, status, { error: echo(seen), error_description: seen.text }),
    );
    const { store, events } = connectTo(t, tiny.url, { clientSecret: SECRET });
    assertClean([await store.read(FLOW), await store.create(CREATE), events], `token ${status}`);
  }
});

test("failures of the network are told in our words: no foreign error, with its headers, comes along", async (t) => {
  const tiny = await startTiny(
    t,
    (_seen, response) => response.socket?.destroy(),
    (_seen, response) => answer(response, 200, { access_token: TOKEN, expires_in: 3600 }),
  );
  const { store, events } = connectTo(t, tiny.url, { clientSecret: SECRET });
  const results = [await store.read(FLOW), await store.create(CREATE), await store.create(HOOK)];
  assertClean([results, events], "cut");
  for (const result of results) {
    if ("error" in result) assert.equal(result.error.cause, undefined);
  }
});

test("an id or name that holds a secret is masked in what is said about it", async (t) => {
  const tiny = await startTiny(t, (_seen, response) => answer(response, 403));
  const { store, secrets } = connectTo(t, tiny.url);
  secrets.add("pl4nted-id");
  const ref = { type: "flow", id: "x-pl4nted-id" };
  const write = { ref, document: {}, idempotencyKey: "k", at: START };
  assertClean([await store.read(ref), await store.create(write), await store.read({ ...ref, type: "webhook" })], "id");
  assertClean(await store.remove({ ...write, base: present({}) }), "id of what is to be deleted");
});
