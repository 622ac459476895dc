/** What a run says that it cost. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { renderRequests } from "../../src/cli/request-report.ts";
import type { RequestReport } from "../../src/cxone/events.ts";
import { blocksOf, readPage } from "../architecture/pages.ts";
import { withoutCost } from "../helpers/costs.ts";
import { FLOW } from "../helpers/manifests.ts";
import { openTwoTenants } from "../helpers/tenants.ts";
import { openEmulatedWorld } from "../helpers/world.ts";

const LINE =
  /^dev: (\d+) requests? in \d+\.\d s \(network \d+\.\d s, quota \d+\.\d s, CPU \d+\.\d s\), \d+ (bytes?|kB) read/;

function keysOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, keysOf(part)]));
}

describe("as JSON", () => {
  it("counts what the tenant has seen, in the shape that the page shows", async (t) => {
    const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
    const { requests } = JSON.parse((await world.run("apply", "--auto-approve", "--output", "json")).stdout);
    const log = world.emulator.log();
    assert.equal(requests.total, log.length);
    assert.equal(requests.byEndpoint["POST /api/v2/flows"], 1);
    assert.equal(requests.byEndpoint["POST /oauth/token"], 1);
    const [shown = ""] = blocksOf(readPage("commands.md"), "json requests");
    const { byEndpoint: _, cache: _cache, ...page } = JSON.parse(shown);
    const { byEndpoint: _own, cache: _ownCache, ...own } = requests;
    assert.deepEqual(keysOf(own), keysOf(page));
    assert.ok(requests.bytes.received > 0 && requests.timeMs.network <= requests.timeMs.total);
  });

  it("tells of a run that fails once a tenant was turned to, and not of one that fails before", async (t) => {
    const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
    world.emulator.addFault({
      match: { method: "POST", path: "/oauth/token" },
      times: "always",
      fault: { type: "status", status: 401 },
    });
    const failed = JSON.parse((await world.run("import", "--output", "json")).stdout);
    assert.ok(failed.requests.byEndpoint["POST /oauth/token"] >= 1);
    const early = JSON.parse((await world.run("plan", "--rev", "nope", "--output", "json")).stdout);
    assert.deepEqual(Object.keys(early), ["error"]);
  });

  it("stands in no saved plan, and changes no fingerprint", async (t) => {
    const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
    const [first, second] = [
      await world.run("plan", "--output", "json", "--out", "saved.json"),
      await world.run("plan", "--output", "json"),
    ].map(({ stdout }) => JSON.parse(stdout));
    assert.equal(first.fingerprint, second.fingerprint);
    assert.doesNotMatch(readFileSync(join(world.folder, "saved.json"), "utf8"), /timeMs|byEndpoint/);
  });

  it("hides the path of a token that is a secret", async (t) => {
    const world = await openEmulatedWorld(t, { "flow.yaml": FLOW }, {}, { PLACE: "planted-place" });
    world.config((text) => text.replace("    flows: { ", '    flows: { tokenPath: "/oauth/${env:PLACE}", '));
    const { stdout } = await world.run("plan", "--output", "json");
    assert.match(stdout, /"POST \/oauth\/\(secret\)": 1/);
    assert.doesNotMatch(stdout, /planted-place/);
  });
});

describe("as a line", () => {
  it("stands once on stderr, also when the run fails, and not where silence was asked for", async (t) => {
    const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
    const planned = await world.run("plan");
    const [, total] = LINE.exec(planned.stderr) ?? [];
    assert.equal(Number(total), world.emulator.log().length);
    assert.equal(withoutCost(planned.stderr), "");
    assert.equal((await world.run("plan", "--log-level", "silent")).stderr, "");
    assert.equal((await world.run("plan", "--output", "markdown")).stderr, "");
    world.emulator.addFault({
      match: { method: "GET", path: "/api/v2/flows" },
      times: "always",
      fault: { type: "status", status: 403 },
    });
    const failed = await world.run("import");
    assert.match(failed.stderr, LINE);
  });

  it("is not there when nothing was sent", async (t) => {
    const world = await openEmulatedWorld(t, { "flow.yaml": FLOW.replace("start: node_start_01", "start: node_gone") });
    const { code, stderr } = await world.run("plan");
    assert.deepEqual([code, stderr], [1, ""]);
  });

  it("is one for each of several tenants", async (t) => {
    const world = await openTwoTenants(t, { "flow.yaml": FLOW });
    const { stderr } = await world.run(["plan", "--tenant", "all"]);
    assert.match(stderr, /^dev: \d+ requests in .*\nprod: \d+ requests in .*\n$/);
    const { tenants } = JSON.parse((await world.run(["plan", "--tenant", "all", "--output", "json"])).stdout);
    assert.deepEqual(
      [tenants.dev, tenants.prod].map(({ requests }) => requests.byEndpoint["POST /oauth/token"]),
      [1, 1],
    );
  });

  const QUIET: RequestReport = {
    total: 1,
    byEndpoint: {},
    retries: 0,
    throttled: 0,
    bytes: { sent: 0, received: 1 },
    timeMs: { total: 40, network: 0, quota: 0, cpu: 0 },
    waitedMs: 0,
    cache: null,
  };
  const cache = { documents: 0, listPages: 1, notModified: 0, unlisted: 0, unread: 0, doubted: 0 };
  const cases: readonly (readonly [string, Partial<RequestReport>, string])[] = [
    ["one of everything", {}, "1 request in 0.0 s (network 0.0 s, quota 0.0 s, CPU 0.0 s), 1 byte read"],
    [
      "retries and refusals",
      { total: 14, retries: 2, throttled: 1, bytes: { sent: 9, received: 38_120 } },
      "14 requests in 0.0 s (network 0.0 s, quota 0.0 s, CPU 0.0 s), 38 kB read, 2 retries, 1 answered with 429",
    ],
    [
      "long runs and many bytes",
      { timeMs: { total: 100_400, network: 90_000, quota: 61_234, cpu: 950 }, bytes: { sent: 0, received: 2_450_000 } },
      "1 request in 100 s (network 90.0 s, quota 61.2 s, CPU 0.9 s), 2.5 MB read",
    ],
    [
      "documents that a list or an ETag showed to be known",
      { cache: { ...cache, documents: 10, notModified: 2 } },
      "1 request in 0.0 s (network 0.0 s, quota 0.0 s, CPU 0.0 s), 1 byte read, 12 documents known from before",
    ],
    [
      "a tenant that cannot list",
      { cache: { ...cache, unlisted: 1 } },
      "1 request in 0.0 s (network 0.0 s, quota 0.0 s, CPU 0.0 s), 1 byte read, 1 document read one by one, because this tenant cannot list them",
    ],
    [
      "a list that could not be read, and one that was not true",
      { cache: { ...cache, unread: 2, doubted: 1 } },
      "1 request in 0.0 s (network 0.0 s, quota 0.0 s, CPU 0.0 s), 1 byte read, 2 documents read one by one, because their list could not be read, 1 document read one by one, because their list was not true",
    ],
  ];
  for (const [reason, part, line] of cases) {
    it(reason, () => assert.equal(renderRequests({ ...QUIET, ...part }), line));
  }
});
