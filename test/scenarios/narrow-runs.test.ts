/** `--only`, `--selector`, `--changed-since`: a run about a part of the tenant reads, compares and writes that part, and says so. */
import assert from "node:assert/strict";
import { it } from "node:test";
import type { Plan } from "../../src/model/plan.ts";
import { EMAIL, flowNamed, SECOND_EMAIL, WEBHOOK } from "../helpers/manifests.ts";
import { createFlow } from "../helpers/other-client.ts";
import { type EmulatedWorld, openEmulatedWorld } from "../helpers/world.ts";

const SECRETS = { HOOK_SECRET: "whsec_planted" };

/** A flow of a team, whose last node hands the call to another flow. */
function flowOf(
  name: string,
  { team, runs, skill = "Billing" }: { team?: string; runs?: string; skill?: string } = {},
) {
  const labelled =
    team === undefined
      ? flowNamed(name)
      : flowNamed(name).replace(`name: ${name} }`, `name: ${name}, labels: { team: ${team} } }`);
  const after = runs === undefined ? "" : `, properties: { action: runFlow, flow: ivr_${runs} }`;
  return labelled
    .replace("node_end_05, type: terminal", `node_end_05, type: terminal${after}`)
    .replace("Billing", skill);
}

const TENANT = {
  "menu.yaml": flowOf("menu", { team: "front", runs: "billing" }),
  "billing.yaml": flowOf("billing", { team: "billing" }),
  "survey.yaml": flowOf("survey", { team: "billing" }),
  "mail.yaml": `${EMAIL}---\n${SECOND_EMAIL}`,
  "hook.yaml": WEBHOOK,
};

/** What was asked of the tenant since, but tokens. */
function asked({ emulator }: EmulatedWorld): readonly string[] {
  const asks = emulator.log().map(({ method, path }) => `${method} ${path.replace(/\?.*/, "")}`);
  return asks.filter((ask) => !ask.includes("token")).toSorted();
}

async function openApplied(t: Parameters<typeof openEmulatedWorld>[0]): Promise<EmulatedWorld> {
  const world = await openEmulatedWorld(t, TENANT, {}, SECRETS);
  await world.apply();
  world.emulator.clearLog();
  return world;
}

it("--only reads and writes what it names, and leaves the rest as it is", async (t) => {
  const world = await openApplied(t);
  const sales = { skill: "Sales" };
  world.write({ "menu.yaml": flowOf("menu", { runs: "billing", ...sales }), "survey.yaml": flowOf("survey", sales) });
  const ran = await world.run("apply", "--auto-approve", "--only", "flow/menu");
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, /Narrowed to 1 of 6 resources by --only flow\/menu\. The rest was not looked at\./);
  assert.deepEqual(asked(world), ["GET /api/v2/flows/ivr_menu", "PUT /api/v2/flows/ivr_menu"]);

  world.emulator.clearLog();
  const reconciled = await world.run("reconcile", "--only", "Flow/menu", "--only", "Flow/bill*");
  assert.match(
    reconciled.stdout,
    /^dev: No changes: live equals desired for 2 resources\. Narrowed to 2 of 6 resources\.\n$/,
  );
  assert.deepEqual(asked(world), ["GET /api/v2/flows/ivr_billing", "GET /api/v2/flows/ivr_menu"]);
  assert.equal((await world.run("drift", "--only", "Flow/menu")).code, 0, "what differs elsewhere is not asked for");
  assert.equal((await world.run("drift", "--only", "Flow/survey")).code, 2);
  assert.equal((await world.run("drift")).code, 2);
});

it("every form of a plan says that it is narrow, by what, and what came along and why", async (t) => {
  const world = await openApplied(t);
  const flags = ["plan", "--only", "EmailNode/order-reminder", "--selector", "!team"];
  const json = await world.run(...flags, "--output", "json");
  const { narrowed, changes } = JSON.parse(json.stdout);
  const why = "it is in workflow wf_12345, as is EmailNode order-reminder";
  assert.deepEqual(narrowed, {
    by: ["--only EmailNode/order-reminder", "--selector !team"],
    selected: 1,
    of: 6,
    along: [{ kind: "EmailNode", name: "order-confirmation", id: "email_send_01", why }],
    since: null,
    notes: [],
  });
  assert.equal(changes.length, 2, "a document is read once and written as one");
  for (const format of ["text", "markdown", "html"]) {
    const { stdout } = await world.run(...flags, "--output", format);
    const text = stdout.replace(/\\(.)/g, "$1");
    assert.match(text, /Narrowed to 1 of 6 resources by .*order-reminder.*1 came along/, format);
    assert.match(text, new RegExp(`order-confirmation came along: ${why}`), format);
  }
  assert.doesNotMatch((await world.run("plan")).stdout, /arrow/);
});

it("labels select, also among what no manifest describes any more; flags narrow each other", async (t) => {
  const world = await openApplied(t);
  world.remove("survey.yaml");
  const named = async (...flags: readonly string[]) => {
    const { stdout, code } = await world.run("plan", "--output", "json", "--prune", ...flags);
    assert.equal(code, 0, stdout);
    const plan: Plan = JSON.parse(stdout);
    return plan.changes.map(({ action, name }) => `${action} ${name}`);
  };
  assert.deepEqual(await named("-l", "team=billing"), ["unchanged billing", "delete survey"]);
  assert.deepEqual(await named("-l", "team=billing", "-l", "team"), ["unchanged billing", "delete survey"]);
  assert.deepEqual(await named("-l", "team=billing", "--only", "Flow/b*"), ["unchanged billing"]);
  assert.deepEqual(await named("--only", "Webhook/*"), ["unchanged esp-sync"], "an orphan stays out");
  world.emulator.clearLog();
  const none = await world.run("apply", "--auto-approve", "--prune", "-l", "team=billing", "--only", "Flow/menu");
  assert.equal(none.code, 0);
  assert.match(none.stdout, /Nothing to do\. Narrowed to 0 of 6 resources\./);
  assert.deepEqual(world.emulator.log(), [], "nobody is asked for a token even");
});

it("what a resource names comes along when it is not live, and each document is asked for once", async (t) => {
  const world = await openApplied(t);
  const edited = { "menu.yaml": flowOf("menu", { runs: "new" }), "new.yaml": flowOf("new", { runs: "newer" }) };
  world.write({ ...edited, "newer.yaml": flowOf("newer", { runs: "theirs" }) });
  world.write({ "theirs.yaml": flowOf("theirs", { runs: "far" }), "far.yaml": flowOf("far") });
  await createFlow(world.emulator.url, { id: "ivr_theirs", name: "Theirs", type: "IVR" });
  world.emulator.clearLog();
  const ran = await world.run("plan", "--only", "Flow/menu");
  assert.match(ran.stdout, /Flow new came along: Flow menu names it, and it is not live\./);
  assert.match(ran.stdout, /Flow newer came along: Flow new names it, and it is not live\./);
  assert.doesNotMatch(ran.stdout, /theirs|far/);
  const reads = ["menu", "new", "newer", "theirs"].map((name) => `GET /api/v2/flows/ivr_${name}`);
  assert.deepEqual(asked(world), reads);
  assert.equal((await world.run("apply", "--auto-approve", "--only", "Flow/menu")).code, 0);
  assert.deepEqual(world.writes().toSorted(), [
    "POST /api/v2/flows",
    "POST /api/v2/flows",
    "PUT /api/v2/flows/ivr_menu",
  ]);
  world.emulator.clearLog();
  await world.run("plan", "--only", "Flow/menu", "--only", "Flow/newer");
  assert.deepEqual(asked(world), [reads[0], reads[2], reads[3]], "what was applied from here is taken to be there");
});

it("who sends calls to a flow that is leaving comes along, also when only live does so still", async (t) => {
  const world = await openApplied(t);
  world.remove("billing.yaml");
  world.write({ "menu.yaml": flowOf("menu", { runs: "survey" }) });
  const ran = await world.run("apply", "--auto-approve", "--prune", "--only", "Flow/billing");
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  assert.match(ran.stdout, /Flow menu came along: it names Flow billing, which no manifest describes any more\./);
  assert.deepEqual(
    world.writes(),
    ["PUT /api/v2/flows/ivr_menu", "DELETE /api/v2/flows/ivr_billing"],
    "first it is rid of it",
  );
});

it("a guard counts what was left out: shares are of everything that is managed", async (t) => {
  const names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
  const world = await openEmulatedWorld(t, Object.fromEntries(names.map((name) => [`${name}.yaml`, flowOf(name)])));
  await world.apply();
  const edit = (some: readonly string[]) =>
    world.write(Object.fromEntries(some.map((name) => [`${name}.yaml`, flowOf(name, { skill: "Sales" })])));
  const only = (some: readonly string[]) => some.flatMap((name) => ["--only", `Flow/${name}`]);
  edit(names.slice(0, 4));
  assert.equal((await world.run("plan", ...only(["a", "b", "c"]))).code, 0, "30 % of all, though all of these");
  const refused = await world.run("plan", ...only(["a", "b", "c", "d"]));
  assert.equal(refused.code, 3);
  assert.match(
    refused.stdout,
    /4 updates are 40 % of the 10 resources that are live or left out of this narrow plan \(6\)/,
  );

  world.remove(...names.map((name) => `${name}.yaml`));
  const emptied = await world.run("plan", "--prune", "--only", "Flow/a");
  assert.equal(emptied.code, 3);
  assert.match(emptied.stdout, /there is no manifest for this tenant/);
  edit(["j"]);
  assert.equal(
    (await world.run("plan", "--prune", "--only", "Flow/a")).code,
    0,
    "nothing selected stays, and the folder is not empty",
  );
});

it("what names nothing is an error, and nothing is sent", async (t) => {
  const world = await openApplied(t);
  const other = flowOf("other", { team: "prod" }).replace("{ name: other,", "{ name: other, tenants: [prod],");
  world.config((text) => `${text}  prod: { org: acme }\n`);
  world.write({ "other.yaml": other });
  const cases: readonly (readonly [flags: readonly string[], said: RegExp])[] = [
    [["--only", "Flow/mneu"], /--only Flow\/mneu names nothing[\s\S]*Did you mean "Flow\/menu"\?/],
    [["--only", "Flow/x*"], /--only Flow\/x\* names nothing/],
    [["--only", "menu"], /"menu" does not name a kind and a name/],
    [["--only", "Folw/menu"], /no kind "Folw" is on a tenant[\s\S]*Did you mean "Flow"\?/],
    [["--only", ""], /It is empty/],
    [["-l", "taem=billing"], /no manifest has the label "taem"[\s\S]*Did you mean "team"\?/],
    [["-l", "team=biling"], /no manifest has team=biling[\s\S]*Did you mean "billing"\?/],
    [["-l", "team in billing"], /a list such as \(a, b\) is missing at character 9/],
  ];
  for (const [flags, said] of cases) {
    const ran = await world.run("apply", "--auto-approve", "--tenant", "dev", ...flags);
    assert.equal(ran.code, 1, flags.join(" "));
    assert.match(ran.stderr, said);
  }
  const elsewhere = await world.run("plan", "--tenant", "dev", "--only", "Flow/other", "-l", "team=prod");
  assert.match(elsewhere.stdout, /Nothing to do\. Narrowed to 0 of 6 resources\./, "it is for another tenant");
  assert.equal(elsewhere.code, 0);
  assert.deepEqual(world.emulator.log(), []);
});

it("an error in any manifest stops a narrow run too; warnings are told of what it is about", async (t) => {
  const world = await openApplied(t);
  const warned = (name: string) =>
    flowOf(name).replace(/ +- \{ from: node_dtmf_02, to: node_end_05, type: fallback \}\n/, "");
  world.write({ "survey.yaml": warned("survey"), "billing.yaml": warned("billing") });
  const { stdout } = await world.run("plan", "--only", "Flow/billing");
  assert.match(stdout, /billing\.yaml:\S+ warning/);
  assert.doesNotMatch(stdout, /survey\.yaml/);
  world.write({ "survey.yaml": flowOf("survey").replace("start: node_start_01", "start: node_gone") });
  const ran = await world.run("apply", "--auto-approve", "--only", "Flow/billing");
  assert.equal(ran.code, 1);
  assert.match(ran.stdout, /survey\.yaml:\S+ error/);
});

it("a saved plan keeps what it was narrowed by, and takes no other", async (t) => {
  const world = await openApplied(t);
  world.write({
    "menu.yaml": flowOf("menu", { team: "front", runs: "billing", skill: "Sales" }),
    "survey.yaml": flowOf("survey", { skill: "Sales" }),
  });
  assert.equal((await world.run("plan", "--out", "plan.json", "-l", "team=front")).code, 0);
  const added = await world.run("apply", "plan.json", "--only", "Flow/menu", "-l", "team");
  assert.match(added.stderr, /--only and --selector cannot be added to a saved plan/);
  world.write({ "billing.yaml": flowOf("billing", { skill: "Sales" }) });
  world.emulator.clearLog();
  const applied = await world.run("apply", "plan.json");
  assert.equal(applied.code, 0, applied.stderr);
  assert.match(applied.stdout, /Narrowed to 1 of 6 resources by --selector team=front/);
  assert.deepEqual(asked(world), ["GET /api/v2/flows/ivr_menu", "PUT /api/v2/flows/ivr_menu"]);
});
