import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { appendToChain, EMPTY_HEAD } from "../../src/audit/chain.ts";
import type { TrailEntry } from "../../src/audit/entry.ts";
import { listRuns } from "../../src/audit/runs.ts";
import type { TrailRecord } from "../../src/engine/ports.ts";
import { renderRun, renderRunList, renderTrailLog, renderVerdict } from "../../src/render/trail.ts";
import { outcomeWith, recordWith } from "../audit/world.ts";

function entriesOf(...records: readonly TrailRecord[]): readonly TrailEntry[] {
  return appendToChain(EMPTY_HEAD, records).entries;
}

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

describe("renderRun", () => {
  it("tells of each resource what was to be done and what became of it", () => {
    const patch = [
      { op: "add", path: "/nodes/3", value: { id: "node_x" } },
      { op: "remove", path: "/connections/2" },
      { op: "replace", path: "/name", value: "v".repeat(300) },
    ] as const;
    const error = { code: "api/conflict", message: "too many" };
    const lost = { name: "lost", id: "lost", idempotencyKey: "key-2", action: "create", before: null } as const;
    const text = renderRun(
      entriesOf(
        recordWith({ patch, pullRequest: "12" }),
        recordWith({ ...lost, patch: [] }),
        outcomeWith({ patch, after, attempts: 2, conflicts: 1, latency_ms: 340.4, outcome: "failed", error }),
      ),
    );
    assert.equal(
      text,
      `Run run-1 on tenant dev
  by alice, commit 0123456789abcdef, pull request 12
  2025-03-01T10:00:00.000Z to 2025-03-01T10:00:00.000Z

Flow/main-menu (ivr_main_menu_v2): update, failed
  before    version 3, sha256:before
  after     version 4, sha256:after
  patch     + /nodes/3  {"id":"node_x"}
            - /connections/2
            ~ /name  "${"v".repeat(199)}… (302 characters)
  attempts  2, conflicts 1, 340 ms
  error     api/conflict: too many

Flow/lost (lost): create, no outcome: the run was stopped, or is still at work
  before    absent
  wanted    no version, sha256:after
`,
    );
  });

  it("says so when there is no such run", () => {
    assert.equal(renderRun([]), "The audit trail holds no such run.\n");
  });
});

describe("renderVerdict", () => {
  it("shows the head of a sound trail, to be noted elsewhere, and every warning", () => {
    const text = renderVerdict({ ok: true, entries: 1, head: "abc", warnings: ["the head file lags"] });
    assert.equal(text, "The audit trail verifies: 1 entry, head abc.\nWarning: the head file lags\n");
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
