/** Whatever a server answers: reads and writes end in a result, and nothing is sent that the contract does not allow. */
import assert from "node:assert/strict";
import { it, type TestContext } from "node:test";
import fc from "fast-check";
import type { RemoveResult, WriteResult } from "../../src/engine/ports.ts";
import { GitopsError } from "../../src/errors.ts";
import { isJsonObject } from "../../src/model/json.ts";
import type { DocumentRef, LiveRead } from "../../src/model/live.ts";
import { answer, connectTo, present, type Seen, START, startTiny, type Tiny } from "../cxone/world.ts";
import { giveRubbish, type Rubbish, rubbish } from "./answers.ts";
import { assertPlain, describePrototypes } from "./findings.ts";
import { fuzzRuns } from "./runs.ts";

const RUNS = fuzzRuns(400);
const FEW_RUNS = fuzzRuns(100);
/** More requests than this for one call are a client that does not end. */
const MOST_REQUESTS = 1500;
const TOKEN = "fuzz-token-0123456789abcdef";
const SECRET = "planted-client-secret";

const REFS: readonly DocumentRef[] = [
  { type: "flow", id: "main" },
  { type: "workflow", id: "wf_1" },
  { type: "webhook", id: "hook" },
  { type: "template", id: "tmpl_1" },
  { type: "attachment", id: "att_1" },
];
const ref = fc.constantFrom(...REFS);
const writable = fc.constantFrom(...REFS.slice(0, 3));
const version = fc.constantFrom(null, 3, "v3");
/** Answered in turn, the last one for ever. */
const script = fc.array(rubbish, { minLength: 1, maxLength: 6 });

interface Stage {
  script: readonly Rubbish[];
  /** The answer to token requests; undefined for a sound one, a text for the body of a 200. */
  token: Rubbish | string | undefined;
  /** What every GET is answered with; undefined for the script. */
  reads: unknown;
}

/** A server that answers by a script which each run puts up. */
async function startScripted(t: TestContext) {
  const stage: Stage = { script: [], token: undefined, reads: undefined };
  const tiny = await startTiny(
    t,
    (seen, response, count) => {
      const next = stage.script[Math.min(count, stage.script.length) - 1];
      if (next === undefined || count > MOST_REQUESTS) response.destroy();
      else if (seen.method === "GET" && stage.reads !== undefined) answer(response, 200, stage.reads);
      else giveRubbish(response, seen, next);
    },
    (seen, response) => {
      if (typeof stage.token === "string") answer(response, 200, stage.token);
      else if (stage.token !== undefined) giveRubbish(response, seen, stage.token);
      else answer(response, 200, { access_token: TOKEN, token_type: "Bearer", expires_in: 3600 });
    },
  );
  /** Connects anew, so that no run knows the token or the list of another. */
  const begin = (next: Partial<Stage>) => {
    Object.assign(stage, { script: [], token: undefined, reads: undefined }, next);
    tiny.seen.length = 0;
    tiny.tokenRequests.length = 0;
    return connectTo(t, tiny.url, { clientSecret: SECRET, retry: { baseMs: 1, capMs: 5 } });
  };
  return { tiny, begin };
}

it("a read is present, absent or unknown, and never more than the answers say", async (t) => {
  const { tiny, begin } = await startScripted(t);
  const before = describePrototypes();
  await fc.assert(
    fc.asyncProperty(ref, script, async (asked, answers) => {
      const connection = begin({ script: answers });
      const read = await connection.store.read(asked);
      await connection.close();
      assertRead(read, asked, answers.slice(0, tiny.seen.length));
      assert.ok(tiny.seen.length <= MOST_REQUESTS, "the reading ends");
      assert.deepEqual(writesOf(tiny), []);
      assert.equal(describePrototypes(), before);
    }),
    RUNS,
  );
});

it("a write ends in a result, and is never sent again after an answer that leaves it open", async (t) => {
  const { tiny, begin } = await startScripted(t);
  const verb = fc.constantFrom("create" as const, "replace" as const, "remove" as const);
  await fc.assert(
    fc.asyncProperty(verb, writable, version, script, fc.boolean(), async (does, target, at, answers, isReadable) => {
      const document = { id: target.id, name: target.id, nodes: [], ...(at !== null && { version: at }) };
      const live = does === "create" ? [] : [document];
      const sound = target.type === "webhook" ? live : document;
      const { store, close } = begin({ script: answers, reads: isReadable ? sound : undefined });
      const base = present(document, at);
      const write = { ref: target, document: { ...document, type: "IVR" }, base, idempotencyKey: "k", at: START };
      const result = await {
        create: () => store.create(write),
        replace: () => store.replace(write),
        remove: () => store.remove(write),
      }[does]();
      await close();
      assertResult(result, does);
      assert.ok(tiny.seen.length <= MOST_REQUESTS, "the writing ends");
      assertSentOnce(tiny, answers);
    }),
    RUNS,
  );
});

it("without a sound token nothing but the token is asked for", async (t) => {
  const { tiny, begin } = await startScripted(t);
  const unsound = rubbish.filter(({ what }) => !what.includes("access_token"));
  await fc.assert(
    fc.asyncProperty(ref, unsound, async (asked, token) => {
      const connection = begin({ token });
      const read = await connection.store.read(asked);
      await connection.close();
      assert.equal(read.state, "unknown");
      assertNothingTold(read);
      assert.deepEqual(tiny.seen, []);
      assert.ok(tiny.tokenRequests.length <= 8, `${tiny.tokenRequests.length} token requests`);
    }),
    FEW_RUNS,
  );
});

it("an odd token is used or refused, and neither asked for without end", async (t) => {
  const { tiny, begin } = await startScripted(t);
  const mostly = (sound: unknown, ...odd: readonly unknown[]) =>
    fc.oneof({ weight: 3, arbitrary: fc.constant(sound) }, { weight: 1, arbitrary: fc.constantFrom(...odd) });
  const token = fc
    .record({
      access_token: mostly(TOKEN, "", " ", "a b", "ü", "\r\nx-evil: 1", 5, null, true, [], "x".repeat(20_000)),
      expires_in: mostly(3600, 0.001, 1, "60", 1e300, 0, -1, "soon", null, [], {}, undefined),
      token_type: mostly("Bearer", "bearer", undefined, "mac", null),
    })
    .map((one) => JSON.stringify(one));
  await fc.assert(
    fc.asyncProperty(ref, token, rubbish, async (asked, given, then) => {
      const connection = begin({ token: given, script: [then] });
      const read = await connection.store.read(asked);
      await connection.close();
      assert.match(read.state, /^(present|absent|unknown)$/);
      assert.ok(tiny.seen.length <= MOST_REQUESTS && tiny.tokenRequests.length <= 2 * tiny.seen.length + 2);
      for (const { headers } of tiny.seen) assert.match(headers.authorization ?? "", /^Bearer [\x21-\x7e]+$/);
    }),
    FEW_RUNS,
  );
});

function assertRead(read: LiveRead, asked: DocumentRef, given: readonly Rubbish[]): void {
  assertNothingTold(read);
  const statuses = given.filter(({ ending }) => ending === "whole").map(({ status }) => status);
  if (read.state === "unknown") assert.ok(read.reason.trim() !== "");
  else if (read.state === "absent") assert.equal(statuses.at(-1), asked.type === "webhook" ? 200 : 404);
  else {
    assert.equal(statuses.at(-1), 200);
    assert.ok(isJsonObject(read.document));
    const { id, name, fileId } = read.document;
    const found = asked.type === "webhook" ? name : asked.type === "attachment" ? (fileId ?? id) : id;
    assert.equal(String(found), asked.id);
    assertPlain(read.document);
    // What is never written back may hold numbers that are inexact here.
    const isOnlyRead = asked.type === "template" || asked.type === "attachment";
    if (!isOnlyRead) assert.deepEqual(JSON.parse(JSON.stringify(read.document)), read.document);
    assert.ok(["string", "number"].includes(typeof read.version) || read.version === null);
  }
}

function assertResult(result: WriteResult | RemoveResult, does: string): void {
  assertNothingTold(result);
  switch (result.result) {
    case "written":
      assert.notEqual(does, "remove");
      assert.ok(isJsonObject(result.live.document));
      break;
    case "removed":
      assert.equal(does, "remove");
      break;
    case "rejected":
      assert.ok(result.error instanceof GitopsError && result.error.code !== "internal", String(result.error));
      assertNothingTold({ message: result.error.message, hint: result.error.hint });
      break;
    default:
      assert.match(result.result, /^(conflict|uncertain)$/);
      assert.ok(result.message.trim() !== "");
  }
}

/** Servers repeat what they were sent; nothing that we say may hold the token or the client secret. */
function assertNothingTold(said: object): void {
  const text = JSON.stringify({ ...said, document: undefined, live: undefined });
  for (const secret of [TOKEN, SECRET]) assert.ok(!text.includes(secret), text.slice(0, 2000));
}

function writesOf({ seen }: Tiny): readonly Seen[] {
  return seen.filter(({ method }) => method !== "GET");
}

/** Only after 401 and 429, by which the tenant says that it did nothing, may a write go out once more. */
function assertSentOnce({ seen }: Tiny, answers: readonly Rubbish[]): void {
  const open = seen
    .map((request, index) => ({ request, given: answers[Math.min(index, answers.length - 1)] }))
    .filter(({ request, given }) => {
      const isRefused = given?.ending === "whole" && (given.status === 401 || given.status === 429);
      return request.method !== "GET" && !isRefused;
    });
  assert.ok(
    open.length <= 1,
    open.map(({ request, given }) => `${request.method} ${given?.status} ${given?.ending}`).join(),
  );
}
