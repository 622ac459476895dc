/** Which writes put back what had been there, and so count against a field that something else writes again and again. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { appendToChain, EMPTY_HEAD } from "../../src/audit/chain.ts";
import { listRepairs } from "../../src/audit/repairs.ts";
import type { TrailRecord } from "../../src/engine/ports.ts";
import { outcomeWith, recordWith } from "./world.ts";

const left = (digest: string) => ({ after: { version: 1, digest } });
const done = (digest: string, difference: Partial<TrailRecord> = {}) => outcomeWith({ ...left(digest), ...difference });

describe("listRepairs", () => {
  const cases: readonly {
    readonly reason: string;
    readonly records: readonly TrailRecord[];
    readonly digests: readonly string[];
  }[] = [
    { reason: "the first write of a resource deploys it", records: [done("A")], digests: [] },
    { reason: "a write that leaves it otherwise deploys a commit", records: [done("A"), done("B")], digests: [] },
    { reason: "one that leaves it as it was put it back", records: [done("A"), done("A")], digests: ["A"] },
    { reason: "each one does", records: [done("A"), done("A"), done("A"), done("A")], digests: ["A", "A", "A"] },
    {
      reason: "a commit in between begins anew",
      records: [done("A"), done("A"), done("B"), done("B")],
      digests: ["B"],
    },
    {
      reason: "a commit that was deployed and reverted begins anew",
      records: [done("A"), done("A"), done("A"), done("B"), done("A"), done("A")],
      digests: ["A"],
    },
    {
      reason: "another resource's commit does not",
      records: [done("A"), done("A"), done("B", { document: { type: "flow", id: "v3" } }), done("A")],
      digests: ["A", "A"],
    },
    {
      reason: "a create of what somebody deleted puts it back",
      records: [done("A"), done("A", { action: "create" })],
      digests: ["A"],
    },
    {
      reason: "what we deleted ourselves and git asks for again is new",
      records: [done("A"), outcomeWith({ action: "delete", after: null }), done("A", { action: "create" })],
      digests: [],
    },
    {
      reason: "what was found as desired is where a repair comes back to",
      records: [done("A", { action: "unchanged", outcome: "already-done" }), done("A")],
      digests: ["A"],
    },
    { reason: "but is no repair itself", records: [done("A"), done("A", { outcome: "already-done" })], digests: [] },
    { reason: "an intent is none", records: [done("A"), recordWith(left("A"))], digests: [] },
    ...(["failed", "stale", "skipped"] as const).map((outcome) => ({
      reason: `what was ${outcome} is none, and changes nothing`,
      records: [done("A"), done("B", { outcome }), done("A")],
      digests: ["A"],
    })),
    { reason: "a person restored it", records: [done("A"), done("A", { restores: "run-0" })], digests: [] },
    { reason: "another tenant's", records: [done("A"), done("A", { tenant: "prod" })], digests: [] },
    {
      reason: "another resource of that name",
      records: [done("A"), done("A", { document: { type: "flow", id: "v3" } })],
      digests: [],
    },
    {
      reason: "what is older than the window tells only what was left",
      records: [
        done("A", { time: "2000-01-01T00:00:00.000Z" }),
        done("A", { time: "2000-01-01T00:00:00.000Z" }),
        done("A"),
      ],
      digests: ["A"],
    },
  ];
  for (const { reason, records, digests } of cases) {
    it(reason, async () => {
      const { entries } = appendToChain(EMPTY_HEAD, records);
      const found = await listRepairs(entries, { tenant: "dev", since: Date.parse("2001-01-01") });
      assert.deepEqual(
        found.map(({ digest }) => digest),
        digests,
      );
    });
  }

  it("says of what, when and where", async () => {
    const patch = [{ op: "replace", path: "/name", value: "x" }] as const;
    const one = done("A", { patch, time: "2026-11-21T10:00:00.000Z" });
    const { entries } = appendToChain(EMPTY_HEAD, [done("A"), one]);
    const { kind, id, document } = one;
    assert.deepEqual(await listRepairs(entries, { tenant: "dev", since: 0 }), [
      { kind, id, document, at: Date.parse(one.time), paths: ["/name"], digest: "A" },
    ]);
  });
});
