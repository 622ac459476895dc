/** How messages are delivered: what is tried again, and what is left. In process, to receivers on real sockets. */
import assert from "node:assert/strict";
import { it, type TestContext } from "node:test";
import type { Notification, Receiver } from "../../src/model/notification.ts";
import { deliver } from "../../src/notify/deliver.ts";
import { makeNotifications } from "../../src/notify/make-notifications.ts";
import type { RunFacts } from "../../src/notify/run-facts.ts";
import { toSlack } from "../../src/notify/slack.ts";
import { openTold } from "../../src/notify/told.ts";
import { openReceiver, type Reply } from "./receiver.ts";

const FACTS: RunFacts = {
  tenant: "dev",
  command: "reconcile",
  run: "run-1",
  actor: "ci",
  commit: null,
  pullRequest: null,
  startedAt: "2026-11-21T09:00:00.000Z",
  endedAt: "2026-11-21T09:00:01.000Z",
  result: "ok",
  failure: null,
  plan: undefined,
  outcomes: [],
};

function flowDone(id: string, more: Partial<RunFacts["outcomes"][number]> = {}): RunFacts["outcomes"][number] {
  const about = { kind: "Flow", name: id, id, document: { type: "flow", id }, action: "update" } as const;
  return { ...about, outcome: "done", version: 2, attempts: 1, conflicts: 0, error: null, latency_ms: 5, ...more };
}

function told(...ids: readonly string[]): readonly Notification[] {
  return makeNotifications({ ...FACTS, outcomes: ids.map((id) => flowDone(id)) });
}

function at(url: string): Receiver {
  const secret = Buffer.alloc(24, 7).toString("base64");
  return { url, host: new URL(url).host, secret, format: "standard", types: ["flow.connections.updated"] };
}

interface Delivered {
  readonly undelivered: Awaited<ReturnType<typeof deliver>>;
  readonly slept: readonly number[];
  readonly results: readonly string[];
}

/** Time passes as it is asked to, so that nobody waits. */
async function send(
  receivers: readonly Receiver[],
  notifications: readonly Notification[],
  passing = { ms: 0 },
  told = openTold(),
): Promise<Delivered> {
  const slept: number[] = [];
  const results: string[] = [];
  let now = 1_790_000_000_000;
  const undelivered = await deliver({
    receivers,
    notifications,
    told,
    clock: {
      now: () => now + passing.ms,
      random: () => 0.5,
      async sleep(milliseconds) {
        slept.push(milliseconds);
        now += milliseconds;
      },
    },
    stop: new AbortController().signal,
    mask: (text) => text,
    userAgent: "cxone-gitops/test",
    onResult: (_type, result) => results.push(result),
  });
  return { undelivered, slept, results };
}

const cases: readonly {
  readonly why: string;
  readonly replies: readonly Reply[];
  readonly attempts: number;
  readonly slept: readonly number[];
  readonly said?: string;
}[] = [
  { why: "any 2xx is a yes", replies: [{ status: 202 }], attempts: 1, slept: [] },
  { why: "5xx is tried again", replies: [{ status: 500 }, { status: 200 }], attempts: 2, slept: [375] },
  {
    why: "after as long as Retry-After says",
    replies: [{ status: 429, headers: { "retry-after": "2" } }, { status: 204 }],
    attempts: 2,
    slept: [2000],
  },
  {
    why: "three times, and no more",
    replies: [{ status: 503 }, { status: 502 }, { status: 500 }],
    attempts: 3,
    slept: [375, 750],
    said: "it answered 500",
  },
  {
    why: "nobody waits for a minute",
    replies: [{ status: 429, headers: { "retry-after": "60" } }],
    attempts: 1,
    slept: [],
    said: "it answered 429",
  },
  { why: "4xx would be the same again", replies: [{ status: 400 }], attempts: 1, slept: [], said: "it answered 400" },
  {
    why: "a redirect is not followed: it may lead anywhere",
    replies: [{ status: 307, headers: { location: "/elsewhere" } }],
    attempts: 1,
    slept: [],
    said: "it answered 307",
  },
];

for (const { why, replies, attempts, slept, said } of cases) {
  it(why, async (t) => {
    const { url, received } = await openReceiver(t, (number) => replies[number] ?? { status: 200 });
    const sent = await send([at(url)], told("a"));
    assert.equal(received.length, attempts);
    assert.deepEqual(sent.slept, slept);
    const { host } = new URL(url);
    assert.deepEqual(sent.undelivered, said === undefined ? [] : [{ host, failed: 1, of: 1, why: said }]);
    assert.deepEqual(sent.results, [said === undefined ? "sent" : "failed"]);
    assert.equal(new Set(received.map(({ headers }) => headers["webhook-id"])).size, 1);
    assert.ok(received.every(({ path }) => path === "/hook"));
  });
}

it("each attempt is signed anew with its own time, so that a receiver does not find it too old", async (t) => {
  const replies: readonly Reply[] = [{ status: 429, headers: { "retry-after": "9" } }];
  const { url, received } = await openReceiver(t, (number) => replies[number] ?? { status: 200 });
  await send([at(url)], told("a"));
  const times = received.map(({ headers }) => Number(headers["webhook-timestamp"]));
  assert.equal((times[1] ?? 0) - (times[0] ?? 0), 9);
  assert.notEqual(received[0]?.headers["webhook-signature"], received[1]?.headers["webhook-signature"]);
});

it("a message that is refused does not keep the next from being sent", async (t) => {
  const { url, received } = await openReceiver(t, (number) => ({ status: number === 0 ? 422 : 200 }));
  const { undelivered } = await send([at(url)], told("a", "b", "c", "d", "e", "f"));
  assert.equal(received.length, 6);
  assert.deepEqual(
    undelivered.map(({ failed, of }) => [failed, of]),
    [[1, 6]],
  );
});

it("a receiver that is gone is asked no more, and the others are told", async (t) => {
  const gone = await closedUrl(t);
  const { url, received } = await openReceiver(t);
  const ids = Array.from({ length: 20 }, (_, index) => `flow_${index}`);
  const { undelivered, slept } = await send([at(gone), at(url)], told(...ids));
  assert.equal(received.length, 20);
  assert.deepEqual(undelivered, [{ host: new URL(gone).host, failed: 20, of: 20, why: "the connection was refused" }]);
  // Four were under way side by side, with two waits each; the other sixteen were not tried.
  assert.equal(slept.length, 8);
});

async function closedUrl(t: TestContext): Promise<string> {
  const { createServer } = await import("node:net");
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await new Promise((closed) => server.close(closed));
  t.diagnostic(`nobody listens on ${port}`);
  return `http://127.0.0.1:${port}/hook`;
}

it("slow receivers do not hold the run: what was not sent in half a minute is told as not delivered", async (t) => {
  const passing = { ms: 0 };
  const slow = await openReceiver(t, () => {
    passing.ms += 4_900;
    return { status: 204 };
  });
  const messages = told(..."abcdefghijklmnopqrst");
  const { undelivered, results } = await send([{ ...at(slow.url), format: "slack" }], messages, passing);
  assert.equal(slow.received.length, 7, "the last one began before the half minute was over");
  assert.match(`${undelivered[0]?.failed} ${undelivered[0]?.why}`, /^13 .*30 seconds .* were over$/);
  assert.equal(results.filter((result) => result === "failed").length, 13);
});

it("a receiver gets only what it asked for", async (t) => {
  const { url, received } = await openReceiver(t);
  const workflow = flowDone("wf", { kind: "Workflow", document: { type: "workflow", id: "wf" } });
  await send([at(url)], makeNotifications({ ...FACTS, outcomes: [workflow, flowDone("a")] }));
  assert.deepEqual(
    received.map(({ body }) => JSON.parse(body).data.id),
    ["a"],
  );
});

it("what is told of a run", () => {
  const node = (id: string) =>
    flowDone(id, { kind: "EmailNode", document: { type: "workflow", id: "wf_1" }, outcome: "done" });
  const tables: readonly (readonly [why: string, facts: Partial<RunFacts>, told: readonly string[]])[] = [
    ["nothing of nothing", {}, []],
    ["a document once, however many of its nodes changed", { outcomes: [node("a"), node("b")] }, ["workflow.updated"]],
    [
      "what was there already without a write is not ours",
      { outcomes: [flowDone("a", { outcome: "already-done", attempts: 0 })] },
      [],
    ],
    [
      "a lost answer that was a yes is ours",
      { outcomes: [flowDone("a", { outcome: "already-done" })] },
      ["flow.connections.updated"],
    ],
    [
      "a failure beside what was done",
      { result: "partial", outcomes: [flowDone("a"), flowDone("b", { outcome: "failed" })] },
      ["flow.connections.updated", "run.failed"],
    ],
    ["a refusal", { result: "refused" }, ["run.failed"]],
    ["not that a person said no", { result: "error", failure: { code: "apply/not-approved", message: "no" } }, []],
    ["not that something is pending", { result: "pending" }, []],
  ];
  for (const [why, facts, types] of tables) {
    assert.deepEqual(
      makeNotifications({ ...FACTS, ...facts }).map(({ type }) => type),
      types,
      why,
    );
  }
});

it("an id is that of the run and the document, or of the failed run", () => {
  const ids = (facts: Partial<RunFacts>) => makeNotifications({ ...FACTS, ...facts }).map(({ id }) => id);
  const outcomes = [flowDone("a")];
  assert.deepEqual(ids({ outcomes }), ids({ outcomes, endedAt: "2026-11-21T10:00:00.000Z" }));
  assert.notDeepEqual(ids({ outcomes }), ids({ outcomes, run: "run-2" }));
  assert.notDeepEqual(ids({ outcomes }), ids({ outcomes, tenant: "prod" }));
  assert.notDeepEqual(ids({ result: "error" }), ids({ result: "error", startedAt: "2026-11-21T10:00:00.000Z" }));
});

it("slack's limits hold, and what it would obey is escaped, whatever a tenant holds", () => {
  const wild = "<!channel> & <https://evil.example|click> ".repeat(200);
  const outcomes = Array.from({ length: 20 }, (_, index) =>
    flowDone(`flow_${index}`, { name: wild, outcome: "failed", error: { code: "x", message: wild, hint: null } }),
  );
  const [message] = makeNotifications({ ...FACTS, result: "error", outcomes, actor: wild });
  assert.ok(message !== undefined);
  const slack = toSlack(message, (text) => text.replaceAll("click", "(secret)"));
  const text = JSON.stringify(slack);
  assert.doesNotMatch(text, /<|>|&(?!amp;|lt;|gt;)/);
  assert.doesNotMatch(text, /click/);
  for (const block of slack.blocks) {
    const texts = block.type === "section" ? [block.text.text] : block.elements.map((element) => element.text);
    for (const one of texts) assert.ok(one.length <= 3000);
  }
  assert.ok(slack.text.length <= 400);
});

it("edits that a receiver has taken are not sent to it again by the same process, until there are none any more", async (t) => {
  const told = openTold();
  const { url, received } = await openReceiver(t, (number) => ({ status: number === 0 ? 400 : 204 }));
  const other = await openReceiver(t);
  const types = ["drift.found", "flow.connections.updated"] as const;
  const one = { ...at(url), types };
  const [flow] = makeNotifications({ ...FACTS, outcomes: [flowDone("a")] });
  assert.ok(flow);
  const edits = { ...flow, id: "msg_edits", type: "drift.found" } as const;
  const look = async (to: Receiver, ...what: readonly Notification[]) =>
    (await send([to], what, undefined, told)).results;
  assert.deepEqual(await look(one, edits), ["failed"], "what was not taken is sent again");
  assert.deepEqual(await look(one, edits), ["sent"]);
  assert.deepEqual(await look(one, edits), []);
  assert.deepEqual(await look(one, { ...edits, id: "msg_others" }), ["sent"]);
  assert.deepEqual(await look(one, edits), [], "it may change back and forth");
  assert.deepEqual(await look({ ...at(other.url), types }, edits), ["sent"], "who was not told is told");
  assert.deepEqual(await look(one, flow, flow), ["sent", "sent"], "what is written is told each time");
  told.forget("prod");
  assert.deepEqual(await look(one, edits), []);
  told.forget("dev");
  assert.deepEqual(await look(one, edits), ["sent"]);
  assert.equal(received.length, 6);
  for (let number = 0; number < 101; number += 1) told.add(one, { ...edits, id: `msg_${number}` });
  assert.deepEqual([told.has(one, edits), told.has(one, { ...edits, id: "msg_100" })], [false, true], "it is bounded");
});
