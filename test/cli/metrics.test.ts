/** Metrics of real runs, and the page that explains them. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Counter, Gauge, Histogram } from "prom-client";
import { createInstruments } from "../../src/cli/metrics/instruments.ts";
import { openMetrics } from "../../src/cli/metrics/metrics.ts";
import { readPage, rowsOf } from "../architecture/pages.ts";
import { EMAIL, FLOW, WEBHOOK } from "../helpers/manifests.ts";
import { startRun } from "../helpers/running.ts";
import { openEmulatedWorld } from "../helpers/world.ts";

/** The samples of a text by what stands before the value. */
function samplesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const cut = line.lastIndexOf(" ");
      return [line.slice(0, cut), Number(line.slice(cut + 1))];
    }),
  );
}

function typeOf(metric: unknown): string {
  if (metric instanceof Counter) return "counter";
  if (metric instanceof Gauge) return "gauge";
  return metric instanceof Histogram ? "histogram" : "?";
}

describe("docs/metrics.md", () => {
  const { registry: _registry, ...instruments } = createInstruments();
  const rows = rowsOf(readPage("metrics.md"));

  it("every metric has a row with its type and labels, and every row a metric", async () => {
    const made = await Promise.all(
      Object.values(instruments).map(async (metric) => {
        const { name } = await metric.get();
        const labels = "labelNames" in metric && Array.isArray(metric.labelNames) ? metric.labelNames : [];
        return `${name} ${typeOf(metric)} ${labels.join(", ")}`;
      }),
    );
    const documented = rows.map(([name, type = "", labels = ""]) => `${name} ${type} ${labels.replaceAll("`", "")}`);
    assert.deepEqual(documented.toSorted(), made.toSorted());
  });

  it("names are such as Prometheus asks for: the product first, units and totals last", () => {
    for (const [name, type] of rows) {
      assert.match(name, /^cxone_gitops_[a-z_]+$/);
      assert.equal(name.endsWith("_total"), type === "counter", name);
      if (type === "histogram") assert.match(name, /_seconds$/);
    }
  });
});

it("a run's file tells requests, outcomes, what is pending, and how it ended", async (t) => {
  const world = await openEmulatedWorld(
    t,
    { "flow.yaml": FLOW, "mail.yaml": EMAIL, "hook.yaml": WEBHOOK },
    {},
    { HOOK_SECRET: "planted-hook-secret" },
  );
  const file = join(world.folder, "run.prom");
  const planned = await world.run("plan", "--metrics-file", "run.prom");
  assert.equal(planned.code, 0, planned.stderr);
  const plan = samplesOf(readFileSync(file, "utf8"));
  assert.equal(plan.get('cxone_gitops_changes_pending{tenant="dev",kind="Flow",action="create"}'), 1);
  assert.equal(plan.get('cxone_gitops_drift{tenant="dev",origin="not-deployed"}'), 3);
  assert.equal(plan.get('cxone_gitops_runs_total{tenant="dev",command="plan",result="ok"}'), 1);

  world.emulator.addFault({
    match: { method: "PUT" },
    times: 1,
    fault: { type: "concurrent-edit", edit: { name: "Renamed" } },
  });
  const applied = await world.run("apply", "--auto-approve", "--metrics-file", "run.prom");
  assert.equal(applied.code, 0, applied.stdout);
  const text = readFileSync(file, "utf8");
  const apply = samplesOf(text);
  const sent = world.emulator.log().length;
  const requests = [...apply].filter(([name]) => name.startsWith("cxone_gitops_api_requests_total"));
  const before = [...plan].filter(([name]) => name.startsWith("cxone_gitops_api_requests_total"));
  const sum = (samples: readonly (readonly [string, number])[]) => samples.reduce((all, [, value]) => all + value, 0);
  assert.equal(sum(requests) + sum(before), sent);
  assert.equal(apply.get('cxone_gitops_outcomes_total{tenant="dev",kind="Flow",action="create",outcome="done"}'), 1);
  assert.equal(apply.get('cxone_gitops_conflicts_total{tenant="dev",kind="EmailNode"}'), 1);
  assert.equal(
    apply.get('cxone_gitops_write_duration_seconds_count{tenant="dev",kind="Flow",action="create",outcome="done"}'),
    1,
  );
  assert.equal(apply.get('cxone_gitops_changes_pending{tenant="dev",kind="Flow",action="create"}'), 0);
  assert.ok(apply.has('cxone_gitops_last_success_timestamp_seconds{tenant="dev",command="plan"}'), "kept from before");
  assert.doesNotMatch(text, /planted|ivr_main_menu|main-menu|wf_12345|whsec/);
  assert.match(text, /\n$/);
  assert.equal(statSync(file).mode & 0o777, 0o644);
  assert.deepEqual(
    readdirSync(world.folder).filter((name) => name.includes("prom")),
    ["run.prom"],
  );
});

it("a run that fails writes its file too, and keeps when the last one succeeded", async (t) => {
  const env = { TOKEN_PATH: "/planted-path/token" };
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW }, {}, env);
  const file = join(world.folder, "run.prom");
  const kept = 'cxone_gitops_last_success_timestamp_seconds{tenant="dev",command="drift"} 1790000000.25';
  writeFileSync(file, `${kept}\n`);
  // A path that comes from the environment is a secret, and this one leads nowhere.
  world.config((text) => text.replace("flows: {", 'flows: { tokenPath: "${env:TOKEN_PATH}",'));
  assert.equal((await world.run("drift", "--metrics-file", "run.prom")).code, 1);
  const text = readFileSync(file, "utf8");
  assert.ok(text.includes(kept), text);
  const samples = samplesOf(text);
  assert.equal(samples.get('cxone_gitops_runs_total{tenant="dev",command="drift",result="error"}'), 1);
  assert.match(text, /api_requests_total\{.*endpoint="\(secret\)",status="4xx"\} 1/);
  assert.doesNotMatch(text, /planted/);

  assert.equal((await world.run("drift", "--tenant", "nobody", "--metrics-file", "run.prom")).code, 1);
  world.config(() => "tenants: 7\n");
  assert.equal((await world.run("drift", "--metrics-file", "run.prom")).code, 1);
  const unbegun = samplesOf(readFileSync(file, "utf8"));
  assert.equal(unbegun.get('cxone_gitops_runs_total{tenant="",command="drift",result="error"}'), 1);
});

it("a run that finds what it was to look for has succeeded", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  assert.equal((await world.run("drift", "--metrics-file", "run.prom")).code, 2);
  const samples = samplesOf(readFileSync(join(world.folder, "run.prom"), "utf8"));
  assert.ok(samples.has('cxone_gitops_last_success_timestamp_seconds{tenant="dev",command="drift"}'));
});

it("a process that goes on writes its file after each pass", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  const file = join(world.folder, "run.prom");
  const run = startRun(world, "reconcile", "--every", "1h", "--metrics-file", "run.prom");
  await until(() => existsSync(file) && readFileSync(file, "utf8").includes('command="reconcile",result="ok"} 1'));
  run.child.kill("SIGHUP");
  await until(() => readFileSync(file, "utf8").includes('command="reconcile",result="ok"} 2'));
  assert.equal(await run.end("SIGTERM"), 0);
});

async function until(isReached: () => boolean): Promise<void> {
  while (!isReached()) await new Promise((tick) => setTimeout(tick, 10));
}

it("where no file can be, nothing is sent", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  for (const place of ["no-folder/run.prom", "manifests"]) {
    const { code, stderr } = await world.run("apply", "--auto-approve", "--metrics-file", place);
    assert.equal(code, 1);
    assert.match(stderr, /^error: .*the metrics cannot be written to .* \(output\/unwritable\)\n {4}Name /);
  }
  assert.deepEqual(world.emulator.log(), []);
  assert.equal(existsSync(join(world.folder, ".cxone-gitops")), false);
});

it("what is noted before somebody asks is in the text", async () => {
  const metrics = openMetrics();
  const where = { family: "flows", method: "POST", endpoint: "/oauth/token" };
  const bytes = { sent: 100, received: 50 };
  metrics.request("dev", { type: "request", ...where, status: 200, latencyMs: 120, attempt: 1, bytes });
  metrics.request("dev", { type: "retry", ...where, reason: "503", waitMs: 5 });
  metrics.request("dev", { type: "paused", family: "flows", waitMs: 1500 });
  metrics.waited("dev", 2500);
  await metrics.start();
  metrics.request("dev", { type: "request", ...where, status: null, latencyMs: 1, attempt: 2, bytes });
  const samples = samplesOf(await metrics.text());
  const labels = 'tenant="dev",family="flows",method="POST",endpoint="/oauth/token"';
  assert.equal(samples.get(`cxone_gitops_api_requests_total{${labels},status="2xx"}`), 1);
  assert.equal(samples.get(`cxone_gitops_api_requests_total{${labels},status="none"}`), 1);
  assert.equal(samples.get(`cxone_gitops_api_retries_total{${labels},reason="503"}`), 1);
  assert.equal(samples.get('cxone_gitops_api_pause_seconds_total{tenant="dev",family="flows"}'), 1.5);
  assert.equal(samples.get('cxone_gitops_api_quota_wait_seconds_total{tenant="dev"}'), 2.5);
  assert.equal(samples.get('cxone_gitops_api_bytes_total{tenant="dev",family="flows",direction="sent"}'), 200);
});

it("two texts in one process do not mix", async () => {
  const [one, other] = [openMetrics(), openMetrics()];
  one.run({ tenant: "dev", command: "reconcile", code: 0, startedAt: 0, endedAt: 2000 });
  assert.ok((await one.text()).includes('runs_total{tenant="dev",command="reconcile",result="ok"} 1'));
  assert.doesNotMatch(await other.text(), /reconcile/);
});
