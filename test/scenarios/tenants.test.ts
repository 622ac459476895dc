/** One command for several tenants: each in its turn, none stopped by another's failure, and one answer about all of them. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { buildProgram } from "../../src/cli/program.ts";
import { runValidate } from "../../src/cli/validate.ts";
import { DEFAULT_SEED } from "../../src/emulator/default-seed.ts";
import type { Emulator } from "../../src/emulator/server.ts";
import { runHere } from "../helpers/here.ts";
import { FLOW, flowNamed } from "../helpers/manifests.ts";
import { startRun } from "../helpers/running.ts";
import { openTwoTenants, TENANTS_ENV, type TwoTenants } from "../helpers/tenants.ts";
import { openTestIo } from "../helpers/test-io.ts";

const MENU = FLOW.replace("skill: Billing", 'skill: "${var:skill}"');
const FOR_DEV = flowNamed("dev-only").replace("{ name: dev-only }", "{ name: dev-only, tenants: [dev] }");
const FLOW_ID = "ivr_main_menu_v2";

/** Both tenants know both clients, and let nobody else in. */
const KNOWN_CLIENTS = {
  seed: {
    ...DEFAULT_SEED,
    clients: [
      { id: "client-dev", secret: TENANTS_ENV.CXONE_CLIENT_SECRET },
      { id: "client-prod", secret: TENANTS_ENV.PROD_CLIENT_SECRET },
    ],
  },
};

const writesTo = (tenant: Emulator) => tenant.log().flatMap((entry) => (entry.carriedOut ? [entry.path] : []));
const skillOn = (tenant: Emulator) => /"skill":"([^"]*)"/.exec(JSON.stringify(tenant.document("flow", FLOW_ID)))?.[1];

async function runJson(world: TwoTenants, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const ran = await world.run([...args, "--output", "json"], env);
  return { ...ran, document: JSON.parse(ran.stdout) };
}

it("brings every tenant to what git asks for there, tells them side by side, and then has nothing to do anywhere", async (t) => {
  const world = await openTwoTenants(t, { "menu.yaml": MENU, "dev.yaml": FOR_DEV });
  const applied = await world.run(["apply", "--tenant", "all", "--auto-approve"]);
  assert.equal(applied.code, 0, applied.stderr);
  assert.deepEqual([skillOn(world.dev), skillOn(world.prod)], ["Billing dev", "Billing prod"]);
  assert.deepEqual(writesTo(world.prod), ["/api/v2/flows"]);
  const headings = applied.stdout.match(/^Tenant .*$/gm);
  assert.deepEqual(headings, ["Tenant dev (1 of 2)", "Tenant prod (2 of 2)"]);
  const [, table] = applied.stdout.split("Side by side\n\n");
  assert.equal(
    table,
    `                  dev     prod
  Flow/dev-only   done    —
  Flow/main-menu  done    done
  together        2 done  1 done
`,
  );

  world.prod.editFlow(FLOW_ID, { nodes: [{ id: "node_queue_03", properties: { skill: "Support" } }] });
  const drift = await runJson(world, ["drift", "--tenant", "all"]);
  assert.equal(drift.code, 2);
  const { dev, prod } = drift.document.tenants;
  assert.deepEqual([drift.document.formatVersion, drift.document.exitCode], [1, 2]);
  assert.deepEqual([dev.summary.update, prod.summary.update, prod.tenant], [0, 1, "prod"]);

  const repaired = await world.run(["reconcile", "--tenant", "prod,dev"]);
  assert.equal(repaired.code, 0, repaired.stderr);
  assert.match(repaired.stdout, /^prod: 1 applied\. .*\ndev: No changes: .*\n\nSide by side\n/);
  assert.match(repaired.stdout, /^ {2}Flow\/main-menu {2}done {4}unchanged$/m);
  assert.equal(skillOn(world.prod), "Billing prod");
  const quiet = await world.run(["reconcile", "--tenant", "all"]);
  assert.match(quiet.stdout, /^dev: No changes: .*\nprod: No changes: .*\n$/);
});

it("a tenant that refuses its credentials, or has none, stops no other", async (t) => {
  const world = await openTwoTenants(t, { "menu.yaml": MENU }, KNOWN_CLIENTS);
  const wrong = { PROD_CLIENT_SECRET: "planted-wrong-secret" };
  const applied = await runJson(world, ["apply", "--tenant", "prod,dev", "--auto-approve"], wrong);
  assert.equal(applied.code, 1);
  assert.deepEqual(Object.keys(applied.document.tenants), ["prod", "dev"]);
  assert.equal(applied.document.tenants.prod.plan.summary.unknown, 1);
  assert.deepEqual(
    applied.document.tenants.dev.outcomes.map((one: { outcome: string }) => one.outcome),
    ["done"],
  );
  assert.deepEqual([writesTo(world.prod).length, skillOn(world.dev)], [0, "Billing dev"]);
  assert.doesNotMatch(applied.stdout + applied.stderr, /planted-/);

  const none = { PROD_CLIENT_SECRET: "", GITHUB_ACTIONS: "true" };
  const planned = await runJson(world, ["plan", "--tenant", "all"], none);
  assert.equal(planned.code, 1);
  assert.equal(planned.document.tenants.dev.summary.unchanged, 1);
  assert.deepEqual(Object.keys(planned.document.tenants.prod), ["error"]);
  assert.equal(planned.document.tenants.prod.error.findings[0].rule, "variables/unset");
  assert.match(planned.stderr, /^tenant prod: .*PROD_CLIENT_SECRET is empty/m);
  assert.match(planned.stderr, /^::error file=cxone-gitops\.yaml,.*title=prod%3A variables\/unset::/m);
});

it("what is wrong with manifests is told for the tenants that it is wrong for, and once", async (t) => {
  const broken = MENU.replace("${var:skill}", "${var:nothing}");
  const forProd = broken.replace("{ name: main-menu }", "{ name: main-menu, tenants: [prod] }");
  const world = await openTwoTenants(t, {
    "menu.yaml": forProd,
    "dev.yaml": FOR_DEV,
    "night.yaml": flowNamed("night"),
  });
  const args = ["plan", "--tenant", "all", "--output", "markdown"];
  const { code, stdout, stderr } = await world.run(args, { GITHUB_ACTIONS: "true" });
  assert.equal(code, 1);
  assert.match(
    stdout,
    /^<!-- cxone-gitops plan tenant=all -->\n## Plans for 2 tenants\n\n\| {2}\| `dev` \| `prod` \|\n/,
  );
  assert.match(stdout, /^\| `Flow\/night` \| create \| \? \|$/m);
  assert.match(stdout, /## Plan for tenant `dev`[\s\S]*## Plan for tenant `prod`[\s\S]*variables\/unset/);
  assert.equal(stdout.match(/<!--/g)?.length, 1);
  assert.deepEqual(stderr.match(/title=[^:]*/g), ["title=prod%3A variables/unset"]);
  assert.equal(world.prod.log().length, 0);

  const validated = openTestIo(world.folder, TENANTS_ENV);
  const never = new AbortController().signal;
  const options = { tenant: "prod,dev", output: "text", logLevel: "warn", color: false } as const;
  assert.equal(await runValidate(validated.io, options, { soft: never, hard: never }), 1);
  assert.equal(validated.said().match(/variables\/unset/g)?.length, 1);
});

it("what a secret replaces on one tenant is hidden on no other, and can be put back there", async (t) => {
  const of = (tenant: string) => FLOW.replace("main-menu }", `main-menu, tenants: [${tenant}] }`);
  const world = await openTwoTenants(t, { "dev.yaml": of("dev"), "prod.yaml": of("prod") });
  const run = (...args: readonly string[]) => {
    return runHere(args, { cwd: world.folder, env: { ...TENANTS_ENV, SKILL: "planted-dev-skill" } });
  };
  assert.equal((await run("apply", "--tenant", "all", "--auto-approve")).code, 0);
  world.write({
    "dev.yaml": of("dev").replace("skill: Billing", 'skill: "${env:SKILL}"'),
    "prod.yaml": of("prod").replace("skill: Billing", "skill: Sales"),
  });
  for (const output of ["json", "markdown"]) {
    const { stdout } = await run("plan", "--tenant", "all", "--output", output);
    const [dev = "", prod = ""] = stdout.split(/"prod": \{|for tenant `prod`/);
    assert.doesNotMatch(dev, /"Billing"/);
    assert.match(prod, /"Billing"/, output);
    assert.doesNotMatch(stdout, /planted/);
  }
  const applied = await run("apply", "--tenant", "all", "--auto-approve");
  assert.match(applied.stdout, /skill: "Billing" → "Sales"/);
  assert.equal((await run("restore", lastRunOn(world, "prod"), "--tenant", "prod", "--auto-approve")).code, 0);
  assert.equal(skillOn(world.prod), "Billing");
  const lossy = await run("restore", lastRunOn(world, "dev"), "--tenant", "dev", "--auto-approve");
  assert.equal(lossy.code, 4);
  assert.match(lossy.stderr, /not kept, because it was secret/);
});

it("a signal lets the tenant at hand finish, begins no other, and says which were not begun", async (t) => {
  const world = await openTwoTenants(t, { "menu.yaml": MENU });
  const create = { method: "POST", path: "/api/v2/flows" };
  world.dev.addFault({ match: create, fault: { type: "slow", milliseconds: 400 } });
  const place = { folder: world.folder, env: TENANTS_ENV, emulator: world.dev };
  const running = startRun(place, "apply", "--tenant", "all", "--auto-approve");
  await running.untilSent(create.method, create.path);
  const code = await running.end("SIGINT");
  assert.equal(code, 4, running.output());
  assert.match(running.output(), /the run was stopped, and not begun for prod/);
  assert.match(running.output(), /^ {2}together {8}1 done {2}not begun$/m);
  assert.equal(skillOn(world.dev), "Billing dev");
  assert.equal(world.prod.log().length, 0);
});

describe("what is for one tenant only", () => {
  const rows: readonly (readonly [line: string, message: RegExp])[] = [
    ["plan --tenant all --out plan.json", /^a saved plan is for one tenant/],
    ["apply plan.json --tenant dev,prod", /^a saved plan is for one tenant/],
    ["plan --tenant all --output html", /^a page is for one tenant/],
    ["restore some-run --tenant all", /^this command is for one tenant/],
    ["graph main-menu --tenant all", /^this command is for one tenant/],
    ["plan --tenant dev,prd", /^there is no tenant "prd"/],
    ["validate --tenant dev,prd", /^there is no tenant "prd"/],
    ["diff --between dev dev", /^--between names two tenants/],
    ["diff --between dev prod dev", /^--between names two tenants/],
    ["diff --between dev prd", /^there is no tenant "prd"/],
  ];
  it("is refused for several, before anything is read or written", async (t) => {
    const world = await openTwoTenants(t, { "menu.yaml": MENU });
    for (const [line, message] of rows) {
      await assert.rejects(parse(world, line.split(" ")), { message }, line);
    }
    assert.deepEqual([world.dev.log().length, world.prod.log().length], [0, 0]);
    assert.equal(existsSync(join(world.folder, "plan.json")), false);
  });
});

function lastRunOn({ folder }: TwoTenants, tenant: string): string {
  const lines = readFileSync(join(folder, ".cxone-gitops/audit.jsonl"), "utf8").trimEnd().split("\n");
  const entries: readonly Readonly<Record<string, unknown>>[] = lines.map((line) => JSON.parse(line));
  return String(entries.findLast((entry) => entry["tenant"] === tenant)?.["run"]);
}

/** The command in this process; it must end before it prints. */
async function parse({ folder }: TwoTenants, args: readonly string[]): Promise<void> {
  const { io, said } = openTestIo(folder, TENANTS_ENV);
  const never = new AbortController().signal;
  const program = buildProgram({ io, stopping: { soft: never, hard: never }, finish: () => {} }, "0.0.0");
  await program.parseAsync(args, { from: "user" }).finally(() => assert.equal(said(), ""));
}
