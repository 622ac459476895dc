/** `test`, and flow tests in `validate`, `plan` and `apply`, as a user runs them. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { Finding } from "../../src/model/finding.ts";
import { isJsonObject, type Json } from "../../src/model/json.ts";
import { blocksOf, readPage } from "../architecture/pages.ts";
import { type Ran, runCommand } from "../helpers/command.ts";
import { FLOW, flowNamed } from "../helpers/manifests.ts";
import { makeFolder } from "../helpers/temp-folder.ts";
import { openEmulatedWorld } from "../helpers/world.ts";

const CHECKOUT = fileURLToPath(new URL("../..", import.meta.url));

const TEST = `apiVersion: cxone-gitops/v1
kind: FlowTest
metadata: { name: menu-paths }
spec:
  flow: main-menu
  cases:
    - name: one goes to billing
      given: { dtmf: "1" }
      expect: { path: [node_start_01, node_dtmf_02, node_queue_03, node_end_05] }
    - name: anything else hangs up
      given: { dtmf: "9" }
      expect: { ends: node_end_05, avoids: [node_queue_03] }
`;
const FAILING = TEST.replace("menu-paths", "promises").replace('{ dtmf: "1" }', '{ dtmf: "2" }');

const CONFIG = `tenants:
  dev: { org: dev, credentials: { clientId: "\${env:A}", clientSecret: "\${env:B}" }, variables: { key: "1" } }
  prod: { org: prod, credentials: { clientId: "\${env:A}", clientSecret: "\${env:B}" }, variables: { key: "2" } }
`;

type Files = Readonly<Record<string, string>>;

/** A folder with one flow and these files. */
function open(t: TestContext, files: Files = {}, env: Files = {}) {
  const cwd = makeFolder(t, { "manifests/flow.yaml": FLOW, ...files });
  return { cwd, run: (...args: readonly string[]): Promise<Ran> => runCommand(args, { cwd, env }) };
}

describe("test: text", () => {
  it("a line for each case, coverage, numbers, exit 0", async (t) => {
    const { run } = open(t, { "manifests/test.yaml": TEST, "manifests/other.yaml": flowNamed("other") });
    const { code, stdout, stderr } = await run("test");
    assert.equal(
      stdout,
      `menu-paths (Flow main-menu)
  ✓ passed   one goes to billing
  ✓ passed   anything else hangs up

Coverage
  main-menu  4 of 4 connections
  without any test: other

2 cases: 2 passed. Taken: 4 of 8 connections (50 %).
`,
    );
    assert.deepEqual([code, stderr], [0, ""]);
  });

  it("a case that fails is told in full, with the way that the call took, exit 1", async (t) => {
    const { run } = open(t, { "manifests/test.yaml": FAILING });
    const { code, stdout } = await run("test");
    assert.equal(
      stdout,
      `promises (Flow main-menu)
  ✗ failed   one goes to billing
  ✓ passed   anything else hangs up

✗ failed  promises: one goes to billing
    manifests/test.yaml:7:7
    the call goes from node_dtmf_02 to node_end_05 instead of node_queue_03
    the call went:
      node_start_01 → node_dtmf_02  always
      node_dtmf_02 → node_end_05    fallback, for no condition holds (dtmf is '2')
      node_end_05                   the call ends

Coverage
  main-menu  2 of 4 connections
      not taken: node_dtmf_02 → node_queue_03 when dtmf == '1'
      not taken: node_queue_03 → node_end_05 (default)

2 cases: 1 passed, 1 failed. Taken: 2 of 4 connections (50 %).
`,
    );
    assert.equal(code, 1);
  });

  it("fails also where the configuration lets the finding pass", async (t) => {
    const { run } = open(t, {
      "manifests/test.yaml": FAILING,
      "cxone-gitops.yaml": `${CONFIG}rules: { test/failed: "off" }\n`,
    });
    assert.equal((await run("validate")).code, 0);
    const { code, stdout } = await run("test");
    assert.equal(code, 1);
    assert.match(stdout, /✗ failed {2}promises: one goes to billing/);
  });

  it("tells errors elsewhere, and does not run what they are about", async (t) => {
    const flow = FLOW.replace("to: node_queue_03,", "to: node_queue_30,");
    const { run } = open(t, { "manifests/test.yaml": FAILING, "manifests/flow.yaml": flow });
    const { code, stdout } = await run("test");
    assert.equal(code, 1);
    assert.match(
      stdout,
      /- not run {2}promises: one goes to billing\n {4}\S+:7:7\n {4}the flow has errors of its own\n/,
    );
    assert.match(stdout, /\(flow\/unknown-node\)/);
    assert.match(stdout, /2 cases: 2 not run\./);
  });

  it("says so when there is nothing to run", async (t) => {
    const { code, stdout } = await open(t).run("test");
    assert.equal(code, 0);
    assert.equal(
      stdout,
      "Coverage\n  without any test: main-menu\n\nNo FlowTests to run. Taken: 0 of 4 connections (0 %).\n",
    );
  });
});

describe("test: flags", () => {
  const both = { "manifests/a.yaml": TEST, "manifests/b.yaml": FAILING };

  it("--only runs the tests with these names, and looks at their flows", async (t) => {
    const { run } = open(t, { ...both, "manifests/other.yaml": flowNamed("other") });
    const one = await run("test", "--only", "menu-paths");
    assert.equal(one.code, 0);
    assert.doesNotMatch(one.stdout, /promises|other/);
    const two = await run("test", "--only", "menu-paths", "promises");
    assert.equal(two.code, 1);
    assert.match(two.stdout, /4 cases: 3 passed, 1 failed\./);
  });

  it("--only with a name that no test has is a mistake", async (t) => {
    const { code, stdout, stderr } = await open(t, both).run("test", "--only", "menu-path");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /no FlowTest named "menu-path" \(usage\)\n {4}Did you mean "menu-paths"\?/);
  });

  it("--min-coverage is met, or exit 1", async (t) => {
    const { run } = open(t, { "manifests/test.yaml": TEST, "manifests/other.yaml": flowNamed("other") });
    const met = await run("test", "--min-coverage", "50");
    assert.deepEqual([met.code, met.stderr], [0, ""]);
    const missed = await run("test", "--min-coverage", "51");
    assert.deepEqual([missed.code, missed.stderr], [1, ""]);
    assert.match(
      missed.stdout,
      /^manifests\/other.yaml:3:19 error the cases take 50 % of the connections, and --min-coverage asks for 51 % \(test\/coverage\)\n {4}.*Flow other.*4 of 4/m,
    );
    for (const percent of ["101", "-1", "half"]) {
      const wrong = await run("test", `--min-coverage=${percent}`);
      assert.deepEqual([wrong.code, wrong.stdout], [1, ""]);
      assert.match(wrong.stderr, /\(usage\)/);
    }
  });

  it("--min-coverage that is not met is in what machines read", async (t) => {
    const { run } = open(t, { "manifests/test.yaml": TEST, "manifests/other.yaml": flowNamed("other") });
    const short = ["test", "--min-coverage", "51"];
    const json = JSON.parse((await run(...short, "--output", "json")).stdout);
    assert.deepEqual(
      json.findings.map(({ rule, severity, file }: Finding) => [rule, severity, file]),
      [["test/coverage", "error", "manifests/other.yaml"]],
    );
    const junit = await run(...short, "--reporter", "junit");
    assert.match(junit.stdout, /<testsuites [^>]*tests="3" failures="1" errors="0"/);
    assert.match(junit.stdout, /<failure type="test\/coverage" message="the cases take 50 %/);
    const [sarif] = JSON.parse((await run(...short, "--output", "sarif")).stdout).runs;
    assert.equal(sarif.results[0].ruleId, "test/coverage");
    assert.equal(sarif.invocations[0].executionSuccessful, false);
    const [met] = JSON.parse((await run("test", "--min-coverage", "50", "--output", "sarif")).stdout).runs;
    assert.deepEqual([met.results, met.invocations[0].executionSuccessful], [[], true]);
  });

  it("no severity hides coverage that falls short", async (t) => {
    const rules = (text: string) => ({ "cxone-gitops.yaml": `${CONFIG}rules: { ${text} }\n` });
    const fixed = await open(t, rules('test/coverage: "off"')).run("test", "--min-coverage", "51");
    assert.match(fixed.stderr, /the severity of the rule "test\/coverage" is fixed/);
  });

  it("--reporter junit prints XML also when the command cannot begin", async (t) => {
    const wrong = await open(t, { "cxone-gitops.yaml": "tenant: {}\n" }).run("test", "--reporter", "junit");
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /config\/unknown-key/);
    assert.match(
      wrong.stdout,
      /^<\?xml [^>]*>\n<testsuites name="cxone-gitops" tests="\d" failures="0" errors="[1-9]"/,
    );
    assert.match(wrong.stdout, /<error type="config\/unknown-key" /);
    const unknown = await open(t).run("test", "--reporter", "junit", "--only", "nobody");
    assert.match(
      unknown.stdout,
      /tests="1" failures="0" errors="1".*\n.*\n.*name="usage".*\n +<error type="usage" message="there is no FlowTest named &quot;nobody&quot;">There are no FlowTests\.</,
    );
  });

  it("--reporter junit prints XML and nothing else", async (t) => {
    const { run } = open(t, { "manifests/test.yaml": FAILING });
    const { code, stdout, stderr } = await run("test", "--reporter", "junit");
    assert.deepEqual([code, stderr], [1, ""]);
    assert.match(stdout, /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites [^>]*tests="2" failures="1"/);
    assert.match(
      stdout,
      /<testcase name="one goes to billing" classname="promises" file="manifests\/test.yaml" line="7">/,
    );
    const clash = await run("test", "--reporter", "junit", "--output", "json");
    assert.equal(JSON.parse(clash.stdout).error.code, "usage");
  });
});

describe("test: JSON", () => {
  it("has the shape that the page shows", async (t) => {
    const [life = ""] = blocksOf(readPage("life-of-a-manifest.md"), "yaml manifest");
    const [block = ""] = blocksOf(readPage("commands.md"), "json test");
    const test = TEST.replace("menu-paths", "line-check-paths")
      .replace("flow: main-menu", "flow: line-check")
      .replace("one goes to billing", "one echoes")
      .replace("[node_start_01, node_dtmf_02, node_queue_03, node_end_05]", "[node_start, node_echo, node_end]");
    const files = {
      "manifests/line-check.yaml": life,
      "manifests/tests/line-check.yaml": test.slice(0, test.indexOf("    - name: anything else")),
      "cxone-gitops.yaml": CONFIG.replace(/ {2}prod.*\n/, "").replace("key", "greeting"),
    };
    const cwd = makeFolder(t, files);
    const { code, stdout } = await runCommand(["test", "--output", "json"], { cwd });
    assert.equal(code, 0, stdout);
    assert.deepEqual(JSON.parse(stdout), JSON.parse(block));
  });

  it("validate keeps its own", async (t) => {
    const { code, stdout } = await open(t, { "manifests/test.yaml": FAILING }).run("validate", "--output", "json");
    assert.equal(code, 1);
    const document: Json = JSON.parse(stdout);
    assert.ok(isJsonObject(document));
    assert.deepEqual(Object.keys(document), ["findings"]);
  });
});

describe("test: tenants", () => {
  it("what is the same for all is said once, and what differs for each", async (t) => {
    const byTenant = FLOW.replace("dtmf == '1'", "dtmf == '${var:key}'");
    const files = { "cxone-gitops.yaml": CONFIG, "manifests/flow.yaml": byTenant, "manifests/test.yaml": TEST };
    const { run } = open(t, {
      ...files,
      "manifests/other.yaml": flowNamed("other"),
      "manifests/o.yaml": TEST.replaceAll(/menu-paths|main-menu/g, "other"),
    });
    const { code, stdout } = await run("test");
    assert.equal(code, 1);
    assert.equal(stdout.match(/^other \(Flow other\)$/gm)?.length, 1);
    assert.match(stdout, /menu-paths \(Flow main-menu, tenant dev\)\n {2}✓ passed/);
    assert.match(stdout, /menu-paths \(Flow main-menu, tenant prod\)\n {2}✗ failed/);
    assert.equal((await run("test", "--tenant", "dev")).code, 0);
  });
});

describe("test: coverage of several tenants", () => {
  const byTenant = FLOW.replace("dtmf == '1'", "dtmf == '${var:key}'");
  const files = {
    "cxone-gitops.yaml": CONFIG,
    "manifests/flow.yaml": byTenant,
    "manifests/untested.yaml": flowNamed("untested").replace("dtmf == '1'", "dtmf == '${var:key}'"),
    "manifests/test.yaml": TEST.replace('{ dtmf: "1" }', '{ dtmf: "${var:key}" }'),
  };

  it("is that of each tenant, however much of the flows is the same for all", async (t) => {
    const { run } = open(t, files);
    const { code, stdout } = await run("test", "--min-coverage", "50");
    assert.equal(code, 0, stdout);
    assert.match(stdout, /Taken: 4 of 8 connections \(50 %\)\.\n$/);
    const one = await run("test", "--tenant", "dev", "--min-coverage", "50");
    assert.match(one.stdout, /Taken: 4 of 8 connections \(50 %\)\.\n$/);
  });

  it("must be met for each, and the least is told", async (t) => {
    const onlyDev = "metadata: { name: menu-paths, tenants: [dev] }";
    const { run } = open(t, {
      ...files,
      "manifests/test.yaml": files["manifests/test.yaml"].replace("metadata: { name: menu-paths }", onlyDev),
    });
    assert.equal((await run("test", "--tenant", "dev", "--min-coverage", "50")).code, 0);
    const { code, stdout } = await run("test", "--min-coverage", "50");
    assert.equal(code, 1);
    assert.match(stdout, /take 0 % of the connections for tenant prod, and --min-coverage asks for 50 %/);
    assert.equal(stdout.match(/test\/coverage/g)?.length, 1);
    assert.match(stdout, /Taken: 0 of 8 connections \(0 %\) for tenant prod, the least of 2 tenants\.\n$/);
    const { totals } = JSON.parse((await run("test", "--output", "json")).stdout);
    assert.deepEqual(totals, [
      { connections: 8, taken: 4, tenants: ["dev"] },
      { connections: 8, taken: 0, tenants: ["prod"] },
    ]);
  });
});

it("no secret is in any output, however it is written", async (t) => {
  const secret = `p'a"ss<word>%2C\n::secret-line`;
  const test = FAILING.replace('{ dtmf: "2" }', '{ dtmf: "${env:CALLER_PIN}" }').replace(
    "one goes to billing",
    "as ${env:CALLER_PIN}",
  );
  const env = { CALLER_PIN: secret, GITHUB_ACTIONS: "true" };
  const { run } = open(t, { "manifests/test.yaml": test }, env);
  const ways = ["test", "test --output json", "test --output sarif", "test --reporter junit", "validate"];
  for (const args of ways.map((words) => words.split(" "))) {
    const { stdout, stderr } = await run(...args);
    assert.match(stdout, /\(secret\)/, args.join(" "));
    assert.doesNotMatch(`${stdout}${stderr}`, /ss<word|ss&lt;word|%2C|a.?"ss|secret-line/, args.join(" "));
  }
});

describe("flow tests and the tenant", () => {
  it("a FlowTest is no resource, and one that fails stops the plan before anything is read", async (t) => {
    const world = await openEmulatedWorld(t, { "flow.yaml": FLOW, "test.yaml": TEST });
    const { plan } = await world.plan();
    assert.deepEqual(
      plan.changes.map(({ kind }) => kind),
      ["Flow"],
    );
    await world.apply();
    const again = await world.run("apply", "--auto-approve", "--prune", "--adopt");
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /No changes: live equals desired for 1 resource\./);
    world.write({ "test.yaml": FAILING });
    const reads = world.emulator.log().length;
    const stopped = await world.plan();
    assert.equal(stopped.code, 1);
    assert.deepEqual(
      stopped.plan.findings.map(({ rule }) => rule),
      ["test/failed"],
    );
    assert.equal(world.emulator.log().length, reads);
  });
});

it("the sample's flow tests pass, and leave no connection of their flows out", async () => {
  assert.ok(existsSync(join(CHECKOUT, "manifests/tests")));
  const names = ["main-menu-front-door", "main-menu-keys", "main-menu-billing", "main-menu-waiting"];
  const others = ["outage-line-emergencies", "billing-payments", "after-hours-promises"];
  const { code, stdout, stderr } = await runCommand(["test", "--min-coverage", "100", "--only", ...names, ...others], {
    cwd: CHECKOUT,
  });
  assert.equal(code, 0, `${stdout}${stderr}`);
  const all = await runCommand(["test", "--output", "json"], { cwd: CHECKOUT });
  assert.equal(JSON.parse(all.stdout).tests.length, names.length + others.length);
});
