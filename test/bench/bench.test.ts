/** The benchmark's own arithmetic, on figures that are made up: nothing here is timed. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { makeFolder } from "../helpers/temp-folder.ts";
import { readArguments, USAGE } from "./arguments.ts";
import { compareWithBaseline, printComparisons, readBaseline, saveBaseline } from "./baseline.ts";
import type { Figure } from "./figures.ts";
import { LETTERS } from "./figures.ts";
import { countTraffic, floorMs } from "./floor.ts";
import { PAGE, putResults } from "./page.ts";
import { markdownTable, printTable } from "./table.ts";

const TIME: Figure = {
  id: "a.time",
  what: "cold plan, against the floor",
  value: 1.05,
  target: 1.1,
  noise: 0.1,
  detail: "1.31 s of 1.25 s",
};
const REFUSED: Figure = {
  id: "a.refused",
  what: "429 provoked",
  value: 3,
  isCount: true,
  target: 0,
  noise: 0,
  detail: "",
};
const FREE: Figure = { id: "h.text", what: "plan as text", value: 2, noise: 0.2, detail: "" };

describe("the table", () => {
  it("says of each figure what was measured, what was asked for, and whether that is met", () => {
    const [head = "", time = "", refused = "", free = ""] = printTable([TIME, REFUSED, FREE]).split("\n");
    assert.match(head, /figure +measured +target +made of$/);
    assert.match(time, /^a\.time +cold plan, against the floor +1\.05 x +<= 1\.10 x +met +1\.31 s of 1\.25 s$/);
    assert.match(refused, /^a\.refused +429 provoked +3 +<= 0 +MISSED$/);
    assert.match(free, /^h\.text +plan as text +2\.00 x$/);
  });

  it("goes into the page between its two lines, and nothing else of the page changes", () => {
    const page = readFileSync(PAGE, "utf8");
    const once = putResults(page, [TIME, FREE]);
    assert.ok(once.includes(markdownTable([TIME, FREE])));
    assert.equal(putResults(once, [TIME, FREE]), once);
    const outside = (text: string) => [text.split("<!-- results")[0], text.split("<!-- end of results")[1]];
    assert.deepEqual(outside(once), outside(page));
    assert.throws(() => putResults("# Performance\n", [TIME]), /lacks the lines/);
  });
});

describe("the baseline", () => {
  const verdictOf = (figure: Figure, before: number) =>
    compareWithBaseline([figure], { [figure.id]: before }, ["a"]).map(({ verdict }) => verdict)[0];

  for (const { reason, figure, before, verdict } of [
    { reason: "within its noise", figure: TIME, before: 1.0, verdict: "same" },
    { reason: "above its noise", figure: { ...TIME, value: 1.09 }, before: 0.9, verdict: "worse" },
    { reason: "below its noise", figure: TIME, before: 1.3, verdict: "better" },
    {
      reason: "a missed target that the baseline met",
      figure: { ...TIME, value: 1.12 },
      before: 1.08,
      verdict: "worse",
    },
    { reason: "a target that the baseline missed too", figure: { ...TIME, value: 1.25 }, before: 1.2, verdict: "same" },
    { reason: "one more of what must not happen", figure: REFUSED, before: 2, verdict: "worse" },
    { reason: "as many of what must not happen", figure: REFUSED, before: 3, verdict: "same" },
  ]) {
    it(`${reason} is ${verdict}`, () => assert.equal(verdictOf(figure, before), verdict));
  }

  it("a figure that is new is said to be so, and one that is no longer measured is worse, where its scenario ran", () => {
    const baseline = { "a.refused": 0, "c.requests": 1 };
    const said = printComparisons(compareWithBaseline([TIME], baseline, ["a", "b"]));
    assert.equal(
      said,
      "worse   a.refused: is in the baseline and was not measured\nnew     a.time: 1.05 x, not in the baseline\n",
    );
  });

  it("is kept by figure, and saving some scenarios leaves the others", (t) => {
    const file = join(makeFolder(t), "baseline.json");
    saveBaseline([FREE], readBaseline(file), file);
    saveBaseline([TIME], readBaseline(file), file);
    assert.deepEqual(readBaseline(file), { "a.time": 1.05, "h.text": 2 });
  });

  it("that is committed has figures of every scenario", () => {
    const ids = Object.keys(readBaseline());
    assert.deepEqual([...new Set(ids.map((id) => id.split(".")[0]))], LETTERS);
  });
});

describe("the floor", () => {
  it("is what the quota allows, or what the latency leaves, whichever takes longer", () => {
    assert.equal(floorMs(2000, { latencyMs: 20, concurrency: 32 }), 1250);
    assert.equal(floorMs(2000, { latencyMs: 20, concurrency: 32, rateLimit: 100 }), 20_000);
    assert.equal(floorMs(2000, { latencyMs: 20, concurrency: 1, rateLimit: 100 }), 40_000);
  });

  it("counts every request but the logins, and begins with the first of any", () => {
    const request = { method: "GET", path: "/api/v2/flows/x", query: "", idempotencyKey: null, carriedOut: false };
    const rest = { status: 200, changed: false, documentId: null, fault: null };
    const entries = [
      { ...request, ...rest, time: 5, method: "POST", path: "/oauth/token" },
      { ...request, ...rest, time: 9, path: "/api/v2/flows" },
      { ...request, ...rest, time: 9 },
      { ...request, ...rest, time: 9, status: 429 },
      { ...request, ...rest, time: 9, status: 429, fault: "status" },
    ];
    const { requests, logins, pages, refusedByQuota, beganAt } = countTraffic(entries);
    assert.deepEqual(
      { requests, logins, pages, refusedByQuota, beganAt },
      { requests: 4, logins: 1, pages: 1, refusedByQuota: 1, beganAt: 5 },
    );
  });
});

describe("its command line", () => {
  it("takes some scenarios, in their own order", () => {
    assert.deepEqual(readArguments(["--only", "f,a", "--check"]), {
      letters: ["a", "f"],
      check: true,
      save: false,
      json: false,
    });
    assert.deepEqual(readArguments([]), { letters: LETTERS, check: false, save: false, json: false });
    assert.throws(() => readArguments(["--check", "--save"]), /take one of them/);
  });

  it("says what it takes when it is asked, and when it is given something else", () => {
    for (const flag of ["-h", "--help"]) assert.equal(readArguments([flag, "--check"]), "help");
    for (const flag of ["--only", "--check", "--save", "--json", "--help"]) assert.ok(USAGE.includes(`${flag} `), flag);
    assert.throws(
      () => readArguments(["--quick"]),
      ({ message }: Error) => /'--quick'/.test(message) && message.includes(USAGE),
    );
  });

  it("a scenario that there is not fails it, in one sentence, before anything is measured", () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, "run.ts"), "--only", "z"],
      {
        encoding: "utf8",
      },
    );
    assert.deepEqual([status, stdout], [1, ""]);
    assert.equal(stderr, 'bench: --only takes letters of a, b, c, d, e, f, g, h, and "z" is none\n');
  });
});
