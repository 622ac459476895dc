import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { appendToChain, EMPTY_HEAD } from "../../src/audit/chain.ts";
import { listManaged } from "../../src/audit/managed.ts";
import type { TrailRecord } from "../../src/engine/ports.ts";
import { digestOf } from "../../src/model/digest.ts";
import { MANIFEST, outcomeWith, recordWith } from "./world.ts";

const done = outcomeWith();
const gone = outcomeWith({ action: "delete", after: null });
const node = (difference: Partial<TrailRecord>) =>
  outcomeWith({
    kind: "EmailNode",
    document: { type: "workflow", id: "wf" },
    name: "mail",
    id: "send_01",
    ...difference,
  });

describe("listManaged", () => {
  const cases: readonly { reason: string; records: readonly TrailRecord[]; names: readonly string[] }[] = [
    { reason: "nothing is ours on an empty trail", records: [], names: [] },
    { reason: "what we wrote is ours", records: [recordWith(), done], names: ["main-menu"] },
    {
      reason: "so is what was there already",
      records: [outcomeWith({ outcome: "already-done" })],
      names: ["main-menu"],
    },
    {
      reason: "and what was adopted: it was as desired, and nothing was sent",
      records: [outcomeWith({ action: "unchanged", outcome: "already-done" })],
      names: ["main-menu"],
    },
    { reason: "an intent alone makes nothing ours", records: [recordWith({ action: "create" })], names: [] },
    ...(["failed", "stale", "skipped"] as const).flatMap((outcome) => [
      { reason: `${outcome} makes nothing ours`, records: [outcomeWith({ outcome })], names: [] },
      {
        reason: `${outcome} on a delete ends nothing`,
        records: [done, outcomeWith({ action: "delete", outcome })],
        names: ["main-menu"],
      },
      {
        reason: `${outcome} later does not take it away`,
        records: [done, outcomeWith({ outcome })],
        names: ["main-menu"],
      },
    ]),
    { reason: "a delete ends it", records: [done, gone], names: [] },
    { reason: "so does one that found it gone", records: [done, { ...gone, outcome: "already-done" }], names: [] },
    { reason: "an intent to delete does not", records: [done, recordWith({ action: "delete" })], names: ["main-menu"] },
    { reason: "what is made again after it is ours again", records: [done, gone, done], names: ["main-menu"] },
    { reason: "a later name is the name", records: [done, outcomeWith({ name: "menu" })], names: ["menu"] },
    {
      reason: "a delete ends it under whatever name",
      records: [outcomeWith({ name: "menu" }), gone],
      names: [],
    },
    {
      reason: "another id under the same name is another resource, and the first stays ours",
      records: [done, outcomeWith({ id: "v3", document: { type: "flow", id: "v3" } })],
      names: ["main-menu", "main-menu"],
    },
    {
      reason: "several live in one document, and one leaves without the other",
      records: [node({}), node({ name: "second", id: "send_02" }), node({ action: "delete" })],
      names: ["second"],
    },
    {
      reason: "the same id in another document is another resource",
      records: [node({}), node({ name: "second", document: { type: "workflow", id: "wf2" } })],
      names: ["mail", "second"],
    },
    {
      reason: "so it is as another kind, or in a document of another type",
      records: [
        done,
        outcomeWith({ kind: "Workflow", name: "w" }),
        outcomeWith({ document: { type: "x", id: "ivr_main_menu_v2" }, name: "x" }),
      ],
      names: ["main-menu", "w", "x"],
    },
    { reason: "another tenant's is not this one's", records: [outcomeWith({ tenant: "prod" })], names: [] },
    {
      reason: "nor does another tenant's delete end it",
      records: [done, { ...gone, tenant: "prod" }],
      names: ["main-menu"],
    },
  ];
  for (const { reason, records, names } of cases) {
    it(reason, async () => {
      const managed = await listManaged(appendToChain(EMPTY_HEAD, records).entries, "dev");
      assert.deepEqual(
        managed.map(({ name }) => name),
        names,
      );
    });
  }

  it("tells all of the latest entry, from a stream as well", async () => {
    const later = {
      time: "2025-03-02T10:00:00.000Z",
      run: "run-2",
      manifest: digestOf("later"),
      image: digestOf("seen"),
    };
    const { entries } = appendToChain(EMPTY_HEAD, [recordWith(), done, recordWith(later), outcomeWith(later)]);
    async function* stream() {
      yield* entries;
    }
    const expected = {
      kind: "Flow",
      name: "main-menu",
      id: "ivr_main_menu_v2",
      document: { type: "flow", id: "ivr_main_menu_v2" },
      sequence: 4,
      applied: "sha256:after",
      commit: "0123456789abcdef",
      isRestored: false,
      ...later,
    };
    assert.deepEqual(await listManaged(stream(), "dev"), [expected]);
    assert.notEqual(later.manifest, digestOf(MANIFEST));
  });

  it("a restore leaves what was applied last as it was, and says how the document was seen since", async () => {
    const restored = outcomeWith({
      restores: "run-0",
      commit: "other",
      manifest: digestOf("then"),
      after: { version: 9, digest: "sha256:then" },
      image: digestOf("seen"),
    });
    const { entries } = appendToChain(EMPTY_HEAD, [done, restored]);
    const [one] = await listManaged(entries, "dev");
    assert.deepEqual(
      [one?.manifest, one?.applied, one?.commit, one?.image, one?.isRestored],
      [digestOf(MANIFEST), "sha256:after", "0123456789abcdef", digestOf("seen"), true],
    );
  });
});
