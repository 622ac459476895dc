import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { appendToChain, EMPTY_HEAD } from "../../src/audit/chain.ts";
import { readEntry, type TrailEntry } from "../../src/audit/entry.ts";
import { listRuns } from "../../src/audit/runs.ts";
import type { TrailRecord } from "../../src/engine/ports.ts";
import { digestOf } from "../../src/model/digest.ts";
import { plainPaint } from "../../src/render/paint.ts";
import { renderRun, renderRunList, renderTrailLog, renderVerdict } from "../../src/render/trail.ts";
import { MANIFEST, outcomeWith, recordWith } from "../audit/world.ts";

function entriesOf(...records: readonly TrailRecord[]): readonly TrailEntry[] {
  const lines = appendToChain(EMPTY_HEAD, records).text.split("\n").slice(0, -1);
  // As they come out of a file.
  return lines.map((line) => {
    const reading = readEntry(line);
    assert.ok(reading.state === "entry");
    return reading.entry;
  });
}

const view = { keptFolder: "/trail/audit.jsonl.objects", paint: plainPaint };
const after = { version: 4, digest: "sha256:after" };

describe("renderTrailLog", () => {
  it("gives one aligned line per entry", () => {
    const text = renderTrailLog(
      entriesOf(
        recordWith({ actor: "al" }),
        outcomeWith({ actor: "al" }),
        recordWith({ action: "create", commit: null }),
      ),
    );
    assert.equal(
      text,
      `#  TIME                      RUN    TENANT  ACTOR  ACTION  RESOURCE        OUTCOME  COMMIT
1  2025-03-01T10:00:00.000Z  run-1  dev     al     update  Flow/main-menu  intent   0123456789ab
2  2025-03-01T10:00:00.000Z  run-1  dev     al     update  Flow/main-menu  done     0123456789ab
3  2025-03-01T10:00:00.000Z  run-1  dev     alice  create  Flow/main-menu  intent   -
`,
    );
  });

  it("says so when there is nothing", () => {
    assert.equal(renderTrailLog([]), "The audit trail holds no such entry.\n");
  });

  it("lets no text of others reach the terminal as a command or as a line of its own", () => {
    const text = renderTrailLog(entriesOf(recordWith({ actor: "a\u001b[2Jb\nc\u202ed" })));
    assert.equal(text.split("\n").length, 3);
    assert.match(text, /a\\u\{1b\}\[2Jb\\u\{a\}c\\u\{202e\}d/);
  });
});

describe("renderRunList", () => {
  it("gives one aligned line per run with what became of it", async () => {
    const runs = await listRuns(
      entriesOf(
        recordWith(),
        outcomeWith(),
        recordWith({ name: "b" }),
        outcomeWith({ name: "b", outcome: "failed" }),
        recordWith({ run: "run-22", pullRequest: "7", commit: null }),
      ),
    );
    assert.equal(
      renderRunList(runs),
      `RUN     STARTED                   TENANT  ACTOR  COMMIT        PR  OUTCOMES
run-1   2025-03-01T10:00:00.000Z  dev     alice  0123456789ab  -   1 done, 1 failed
run-22  2025-03-01T10:00:00.000Z  dev     alice  -             7   1 unfinished
`,
    );
  });
});

it("a commit that was not quite what was applied is not shown as that commit", async () => {
  const entries = entriesOf(outcomeWith({ commit: "0123456789abcdef-dirty" }));
  for (const text of [renderTrailLog(entries), renderRunList(await listRuns(entries))]) {
    assert.match(text, / 0123456789ab-dirty( |$)/m);
  }
});

describe("renderRunList with a restore", () => {
  it("has a column that says which run was put back", async () => {
    const runs = await listRuns(entriesOf(outcomeWith(), outcomeWith({ run: "run-2", restores: "run-1" })));
    assert.equal(
      renderRunList(runs),
      `RUN    STARTED                   TENANT  ACTOR  COMMIT        PR  RESTORES  OUTCOMES
run-1  2025-03-01T10:00:00.000Z  dev     alice  0123456789ab  -   -         1 done
run-2  2025-03-01T10:00:00.000Z  dev     alice  0123456789ab  -   run-1     1 done
`,
    );
  });
});

describe("renderRun", () => {
  const header = `Run run-1 on tenant dev
  by alice, commit 0123456789abcdef, pull request none
  2025-03-01T10:00:00.000Z to 2025-03-01T10:00:00.000Z
  documents are kept in /trail/audit.jsonl.objects, as <digest>.json
`;
  const manifest = digestOf(MANIFEST);
  const image = digestOf("before");

  it("tells of each resource what was to be done, from what to what, and what became of it", () => {
    const patch = [
      { op: "add", path: "/nodes/3", value: { id: "node_x" } },
      { op: "remove", path: "/connections/2" },
      { op: "replace", path: "/name", value: "new" },
    ] as const;
    const live = { "/connections/2": { from: "a" }, "/name": "old" };
    const error = { code: "api/conflict", message: "too many" };
    const seen = digestOf("after");
    const lost = { name: "lost", id: "lost", action: "create", before: null } as const;
    const text = renderRun(
      entriesOf(
        recordWith({ patch, live, image }),
        recordWith({ ...lost, patch: [{ op: "add", path: "", value: { name: "x", nodes: { a: {}, b: {} } } }] }),
        outcomeWith({
          patch,
          live,
          image: seen,
          after,
          attempts: 2,
          conflicts: 1,
          latency_ms: 340.4,
          outcome: "failed",
          error,
        }),
      ),
      view,
    );
    assert.equal(
      text,
      `${header}
Flow/main-menu (ivr_main_menu_v2): update, failed
    + /nodes/3: {"id":"node_x"}
    - /connections/2: {"from":"a"}
    ~ /name: "old" → "new"
  before    version 3, part sha256:before
            document ${image}
  after     version 4, part sha256:after
            document ${seen}
  manifest  ${manifest}
  attempts  2, conflicts 1, 340 ms
  error     api/conflict: too many

Flow/lost (lost): create, no outcome: the run was stopped, or is still at work
    + /name: "x"
    + /nodes: 2 (a, b)
  before    absent
  wanted    no version, part sha256:after
  manifest  ${manifest}
`,
    );
  });

  it("opens what was deleted into its fields", () => {
    const gone = {
      action: "delete",
      patch: [{ op: "remove", path: "" }],
      live: { "": { url: "https://x", on: true } },
    } as const;
    const text = renderRun(entriesOf(recordWith(gone), outcomeWith({ ...gone, after: null })), view);
    assert.match(
      text,
      /: delete, done\n {4}- \/on: true\n {4}- \/url: "https:\/\/x"\n {2}before .*\n {2}after {5}absent\n/,
    );
  });

  it("joins the intents of a write that met another one, under whatever key, to the outcome that ends them", () => {
    const second = recordWith({ idempotencyKey: "key-2", before: { version: 4, digest: "sha256:theirs" } });
    const text = renderRun(
      entriesOf(recordWith(), second, outcomeWith({ idempotencyKey: "key-2", conflicts: 1 })),
      view,
    );
    assert.doesNotMatch(text, /no outcome/);
    assert.equal(text.match(/Flow\/main-menu/g)?.length, 1);
    assert.match(text, /before {4}version 4, part sha256:theirs/, "the last one was sent");
  });

  it("keeps resources of one name apart, and a second intention from the first", () => {
    const old = { id: "old", document: { type: "flow", id: "old" }, action: "delete" } as const;
    const text = renderRun(
      entriesOf(recordWith(old), recordWith(), outcomeWith(), outcomeWith(old), recordWith()),
      view,
    );
    assert.deepEqual(text.match(/\((old|ivr_main_menu_v2)\): \w+, (done|no outcome)/g), [
      "(old): delete, done",
      "(ivr_main_menu_v2): update, done",
      "(ivr_main_menu_v2): update, no outcome",
    ]);
  });

  it("says which run it put back, and what it took over without a write", () => {
    const adopted = { action: "unchanged", outcome: "already-done", patch: [], live: {}, restores: "run-0" } as const;
    const text = renderRun(entriesOf(outcomeWith({ ...adopted, attempts: 0 })), view);
    assert.match(text, /\n {2}restores what run run-0 replaced\n/);
    assert.match(text, /\nFlow\/main-menu \(ivr_main_menu_v2\): unchanged, already-done\n {2}before/);
  });

  it("lets no text of others begin a line of its own or command a terminal", () => {
    const evil = "x\nRun forged\u001b[2J\u202e";
    const patch = [{ op: "replace", path: `/${evil}`, value: evil }] as const;
    const record = recordWith({ name: evil, id: evil, patch, live: { [`/${evil}`]: evil }, restores: evil });
    const text = renderRun(entriesOf(record), view);
    assert.doesNotMatch(text, /^Run forged/m);
    for (const character of ["\u001b", "\u202e"]) assert.ok(!text.includes(character));
    assert.match(text, /\n {4}~ \/x\\nRun forged/);
  });

  it("says so when there is no such run", () => {
    assert.equal(renderRun([], view), "The audit trail holds no such run.\n");
  });
});

describe("renderVerdict", () => {
  it("shows the head of a sound trail, to be noted elsewhere, and every warning", () => {
    const sound = { ok: true, entries: 1, head: "abc", signedBy: null, isSignatureChecked: false } as const;
    const text = renderVerdict({ ...sound, warnings: ["the head file lags"] });
    assert.equal(
      text,
      "The audit trail verifies: 1 entry, head abc.\nThe head is not signed.\nWarning: the head file lags\n",
    );
    const signed = { ...sound, warnings: [], signedBy: "0123456789abcdef" };
    assert.match(
      renderVerdict({ ...signed, isSignatureChecked: true }),
      /\nThe head is signed by key 0123456789abcdef\.\n$/,
    );
    assert.match(
      renderVerdict(signed),
      /\nThe head says that key 0123456789abcdef signed it\. To check that, give --verify-key/,
    );
  });

  it("names the problem and its place", () => {
    const broken = {
      ok: false,
      line: 4,
      sequence: 4,
      problem: "removed",
      message: "Line 4 holds entry 5.",
      isTorn: false,
    } as const;
    assert.equal(
      renderVerdict(broken),
      "The audit trail does not verify: removed (line 4, entry 4).\nLine 4 holds entry 5.\n",
    );
    const unreadable = {
      ...broken,
      line: 0,
      sequence: 0,
      problem: "unreadable",
      message: "No permission.",
      isTorn: false,
    } as const;
    assert.equal(renderVerdict(unreadable), "The audit trail does not verify: unreadable.\nNo permission.\n");
  });
});
