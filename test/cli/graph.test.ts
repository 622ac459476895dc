/** `graph` as a process: what it draws offline, against live and against a revision; what it cannot draw; that it shows no secret. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { runCommand } from "../helpers/command.ts";
import { EMAIL, FLOW, SECOND_EMAIL, WEBHOOK, WORKFLOW } from "../helpers/manifests.ts";
import { commitAll, makeFolder, makeRepository, writeFiles } from "../helpers/temp-folder.ts";
import { CREDENTIALS, configFor, openEmulatedWorld, openWorld } from "../helpers/world.ts";

const MANIFESTS = {
  "flow.yaml": FLOW,
  "mail.yaml": EMAIL,
  "second.yaml": SECOND_EMAIL,
  "workflow.yaml": WORKFLOW,
  "hook.yaml": WEBHOOK,
};
const FLOW_TEST = `apiVersion: cxone-gitops/v1
kind: FlowTest
metadata: { name: main-menu-paths }
spec:
  flow: main-menu
  cases:
    - { name: one goes to billing, given: { dtmf: "1" }, expect: { ends: node_end_05 } }
`;
/** Where nobody listens: what is offline must not notice. */
const NOWHERE = "http://127.0.0.1:9";

const inFolder = (files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`manifests/${name}`, text]));

/** A folder without credentials, and the command in it. */
function openOffline(t: TestContext, files: Readonly<Record<string, string>> = MANIFESTS) {
  const cwd = makeFolder(t, { "cxone-gitops.yaml": configFor(NOWHERE), ...inFolder(files) });
  return (...args: readonly string[]) => runCommand(["graph", ...args], { cwd });
}

function marksOf(stdout: string): Record<string, readonly string[]> {
  const { graph } = JSON.parse(stdout);
  const nodes = graph.nodes.map(({ id, mark }: { id: string; mark: string }) => [mark, id]);
  const edges = graph.edges.map(({ from, to, mark }: Record<string, string>) => [mark, `${from} → ${to}`]);
  const marks: Record<string, string[]> = {};
  for (const [mark, name] of [...nodes, ...edges]) if (mark !== "same") marks[mark] = [...(marks[mark] ?? []), name];
  return marks;
}

describe("offline", () => {
  it("draws a flow by name or id, as mermaid unless told otherwise", async (t) => {
    const graph = openOffline(t);
    const byName = await graph("main-menu");
    assert.equal(byName.code, 0, byName.stderr);
    assert.match(byName.stdout, /^flowchart TD\naccTitle: IVR Main Menu\n/);
    assert.equal(byName.stderr, "");
    assert.equal((await graph("ivr_main_menu_v2", "--format", "mermaid")).stdout, byName.stdout);
    const svg = await graph("main-menu", "--format", "svg");
    assert.match(svg.stdout, /^<svg [^>]*>\n<title>IVR Main Menu<[\s\S]*<\/svg>\n$/);
    const html = await graph("main-menu", "--format=html");
    assert.match(html.stdout, /^<!doctype html>[\s\S]*<svg [\s\S]*<\/html>\n$/);
  });

  it("prints the graph itself as JSON", async (t) => {
    const { code, stdout } = await openOffline(t)("main-menu", "--output", "json");
    assert.equal(code, 0);
    const { formatVersion, graph } = JSON.parse(stdout);
    assert.equal(formatVersion, 1);
    assert.equal(graph.title, "IVR Main Menu");
    assert.deepEqual(graph.nodes[2], {
      id: "node_queue_03",
      type: "decision",
      role: "decision",
      properties: { skill: "Billing" },
      mark: "same",
    });
    assert.deepEqual(marksOf(stdout), {});
  });

  it("draws a workflow with every manifest of it, whichever of them is named", async (t) => {
    const graph = openOffline(t);
    const byMail = await graph("order-confirmation");
    for (const id of ["email_send_01", "email_send_02"])
      assert.match(byMail.stdout, new RegExp(`\\[/"${id}<br/>email`));
    for (const name of ["order-reminder", "email_send_02", "wf_12345"])
      assert.equal((await graph(name)).stdout, byMail.stdout, name);
    assert.match((await graph("service-visit")).stdout, /start_node/);
  });

  it("draws what has errors, to see them, and says them", async (t) => {
    const circle = `${FLOW}    - { from: node_queue_03, to: node_dtmf_02, when: again }\n`;
    const { code, stdout, stderr } = await openOffline(t, { "flow.yaml": circle, "mail.yaml": `${EMAIL}x: 1\n` })(
      "main-menu",
    );
    assert.equal(code, 0);
    assert.match(stdout, /-->\|"again"\|/);
    assert.match(stderr, /flow\/cycle/);
    assert.doesNotMatch(stderr, /mail\.yaml/);
  });
});

describe("what cannot be drawn", () => {
  const twin = FLOW.replace("ivr_main_menu_v2", "wf_12345").replace("main-menu", "other");
  const cases: readonly (readonly [what: string, args: readonly string[], message: RegExp])[] = [
    ["a name that is nearly one", ["main-meun"], /no manifest is called "main-meun".*\n {4}Did you mean "main-menu"\?/],
    ["a name that is none", ["zzz"], /no manifest is called "zzz".*\n {4}It is drawn by/],
    ["another kind", ["main-menu", "--kind", "Workflow"], /"main-menu" is of kind Flow, not Workflow.*\n.*--kind Flow/],
    ["what is no graph", ["esp-sync"], /Webhook "esp-sync" is no graph/],
    ["a test", ["main-menu-paths"], /FlowTest "main-menu-paths" is no graph.*\n {4}Flows, workflows and e-mail nodes/],
    ["an id that two documents have", ["wf_12345"], /"wf_12345" is several things: .*flow\/wf_12345.*\n {4}Say which/],
  ];
  for (const [what, args, message] of cases) {
    it(`${what}: exit 1 and a way on`, async (t) => {
      const graph = openOffline(t, { ...MANIFESTS, "twin.yaml": twin, "paths.yaml": FLOW_TEST });
      const { code, stdout, stderr } = await graph(...args);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, /\(graph\/not-found\)/);
      assert.match(stderr, message);
      const json = await graph(...args, "--output", "json");
      assert.equal(JSON.parse(json.stdout).error.code, "graph/not-found");
    });
  }

  it("--kind settles which of two is meant", async (t) => {
    const graph = openOffline(t, { ...MANIFESTS, "twin.yaml": twin });
    assert.match((await graph("wf_12345", "--kind", "Flow")).stdout, /accTitle: IVR Main Menu/);
    assert.match((await graph("wf_12345", "--kind", "EmailNode")).stdout, /email_send_01/);
  });

  it("a manifest whose shape is wrong is missing, and the hint says so", async (t) => {
    const { code, stderr } = await openOffline(t, { "flow.yaml": FLOW.replace("  name: IVR Main Menu\n", "") })(
      "main-menu",
    );
    assert.equal(code, 1);
    assert.match(stderr, /no manifest is called "main-menu"[\s\S]*cxone-gitops validate/);
  });
});

describe("--against live", () => {
  const EDITED = FLOW.replace("node_end_05, type: fallback", "node_queue_03, type: fallback").replace(
    "skill: Billing",
    "skill: Payments",
  );

  it("draws live → desired, and writes nothing", async (t) => {
    const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
    const absent = await world.run("graph", "main-menu", "--against", "live", "--output", "json");
    assert.equal(absent.code, 0, absent.stderr);
    assert.equal(marksOf(absent.stdout)["added"]?.length, 8, "nothing of it is live");
    await world.apply();
    const same = await world.run("graph", "main-menu", "--against", "live", "--output", "json");
    assert.deepEqual(marksOf(same.stdout), {});
    world.write({ "flow.yaml": EDITED });
    const written = world.writes().length;
    const edited = await world.run("graph", "main-menu", "--against", "live", "--output", "json");
    assert.deepEqual(marksOf(edited.stdout), {
      changed: ["node_queue_03"],
      added: ["node_dtmf_02 → node_queue_03"],
      removed: ["node_dtmf_02 → node_end_05"],
    });
    const chart = await world.run("graph", "main-menu", "--against", "live");
    assert.match(chart.stdout, /skill#58; Billing #8594; Payments/);
    assert.equal(world.writes().length, written);
  });

  it("draws an e-mail node inside the workflow of others, and reads that workflow alone", async (t) => {
    const world = await openEmulatedWorld(t, { "mail.yaml": EMAIL, "flow.yaml": FLOW });
    const { stdout, code } = await world.run("graph", "order-confirmation", "--against", "live");
    assert.equal(code, 0);
    assert.match(stdout, /accTitle: Order Confirmation Workflow/);
    assert.match(stdout, /start_node/);
    const reads = world.emulator.log().filter(({ method }) => method === "GET");
    assert.deepEqual(
      reads.map(({ path }) => path),
      [reads[0]?.path],
    );
    assert.match(reads[0]?.path ?? "", /wf_12345/);
  });

  it("what may be missing only because of an error is not drawn as removed", async (t) => {
    const world = await openEmulatedWorld(t, { "workflow.yaml": WORKFLOW, "flow.yaml": FLOW });
    await world.apply();
    world.write({ "mail.yaml": EMAIL.replace("  node:", "  nod:"), "second.yaml": SECOND_EMAIL });
    const { code, stdout, stderr } = await world.run("graph", "service-visit", "--against", "live");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /mail\.yaml:\d+:\d+ error [\s\S]*\(graph\/broken\)/);
    const flow = await world.run("graph", "main-menu", "--against", "live");
    assert.equal(flow.code, 0, flow.stderr);
  });

  it("a live document that cannot be read is not taken for an absent one", async (t) => {
    const world = openWorld(t, NOWHERE, { "flow.yaml": FLOW });
    const { code, stdout, stderr } = await world.run("graph", "main-menu", "--against", "live");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /flow\/ivr_main_menu_v2 could not be read: .*\(graph\/unread\)/);
  });
});

describe("--against a revision", () => {
  function openHistory(t: TestContext) {
    const cwd = makeRepository(t, { "cxone-gitops.yaml": configFor(NOWHERE), ...inFolder({ "flow.yaml": FLOW }) });
    return { cwd, graph: (...args: readonly string[]) => runCommand(["graph", ...args, "--output=json"], { cwd }) };
  }

  it("draws the difference to the manifests of then, offline", async (t) => {
    const { cwd, graph } = openHistory(t);
    writeFiles(cwd, inFolder({ "flow.yaml": FLOW.replace("timeoutSeconds: 5", "timeoutSeconds: 9") }));
    const { code, stdout } = await graph("main-menu", "--against", "HEAD");
    assert.equal(code, 0);
    assert.deepEqual(marksOf(stdout), { changed: ["node_dtmf_02"] });
    assert.deepEqual(marksOf((await graph("main-menu", "--against", "HEAD", "--rev", "HEAD")).stdout), {});
  });

  it("draws what has come, and what has gone", async (t) => {
    const { cwd, graph } = openHistory(t);
    writeFiles(
      cwd,
      inFolder({ "flow.yaml": FLOW.replace("main-menu", "new-menu").replace("ivr_main_menu_v2", "ivr_new") }),
    );
    commitAll(cwd, "second");
    assert.equal(marksOf((await graph("new-menu", "--against", "HEAD~1")).stdout)["added"]?.length, 8);
    assert.equal(marksOf((await graph("main-menu", "--against", "HEAD~1")).stdout)["removed"]?.length, 8);
  });

  const broken: readonly (readonly [what: string, text: string, rule: RegExp])[] = [
    ["YAML that cannot be read", FLOW.replace("spec:", "spec: ["), /yaml\/syntax/],
    ["an unknown key", FLOW.replace("  name: IVR", "  nmae: IVR"), /manifest\/unknown-key/],
    ["an unknown key of the envelope", `${FLOW}more: 1\n`, /manifest\/unknown-key/],
    ["a value of another type", FLOW.replace("name: IVR Main Menu", "name: [1]"), /manifest\/schema/],
    ["an id that has no value", FLOW.replace("ivr_main_menu_v2", `"\${var:FLOW_ID}"`), /variables\/unset/],
    ["no name", FLOW.replace("metadata: { name: main-menu }", "metadata: {}"), /manifest\/envelope/],
  ];
  for (const [what, text, rule] of broken) {
    it(`${what}: nothing is drawn as removed or added, whichever side it is on`, async (t) => {
      const cwd = makeRepository(t, { "cxone-gitops.yaml": configFor(NOWHERE), ...inFolder({ "flow.yaml": FLOW }) });
      const graph = (...args: readonly string[]) => runCommand(["graph", "main-menu", ...args], { cwd });
      writeFiles(cwd, inFolder({ "flow.yaml": text }));
      const now = await graph("--against", "HEAD");
      assert.deepEqual([now.code, now.stdout], [1, ""]);
      assert.match(now.stderr, rule);
      assert.match(
        now.stderr,
        /^manifests\/flow\.yaml:\d+:\d+ error [\s\S]*errors in manifests\/flow\.yaml \(graph\/broken\)/,
      );
      commitAll(cwd, "broken");
      writeFiles(cwd, inFolder({ "flow.yaml": FLOW }));
      const then = await graph("--against", "HEAD", "--output", "json");
      assert.equal(then.code, 1);
      assert.equal(JSON.parse(then.stdout).error.code, "graph/broken");
      assert.match(then.stderr, /^HEAD:manifests\/flow\.yaml:\d+:\d+ error /);
      assert.match(then.stderr, rule);
    });
  }

  it("errors elsewhere do not matter: of kinds that are no part of it, and of what was another one then", async (t) => {
    const other = FLOW.replace("main-menu", "other").replace("ivr_main_menu_v2", "ivr_other");
    const files = { "flow.yaml": FLOW, "other.yaml": other, "hook.yaml": WEBHOOK, "paths.yaml": FLOW_TEST };
    const cwd = makeRepository(t, { "cxone-gitops.yaml": configFor(NOWHERE), ...inFolder(files) });
    const worse = Object.entries({ ...files, "flow.yaml": "" }).filter(([, text]) => text !== "");
    writeFiles(cwd, inFolder(Object.fromEntries(worse.map(([name, text]) => [name, `${text}more: 1\n`]))));
    const { code, stdout, stderr } = await runCommand(["graph", "main-menu", "--against", "HEAD"], { cwd });
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^flowchart TD/);
    const gone = await runCommand(["graph", "other", "--against", "HEAD"], { cwd });
    assert.deepEqual([gone.code, gone.stdout], [1, ""]);
  });

  it("a part of a workflow that has an error is not drawn as removed", async (t) => {
    const files = { "mail.yaml": EMAIL, "second.yaml": SECOND_EMAIL };
    const cwd = makeRepository(t, { "cxone-gitops.yaml": configFor(NOWHERE), ...inFolder(files) });
    writeFiles(cwd, inFolder({ "second.yaml": SECOND_EMAIL.replace("templateId", "templateID") }));
    const { code, stderr } = await runCommand(["graph", "wf_12345", "--against", "HEAD"], { cwd });
    assert.equal(code, 1);
    assert.match(stderr, /second\.yaml[\s\S]*graph\/broken/);
  });

  it("a revision that is not there", async (t) => {
    const { stdout, code } = await openHistory(t).graph("main-menu", "--against", "nowhere");
    assert.equal(code, 1);
    assert.equal(JSON.parse(stdout).error.code, "git/unavailable");
  });
});

describe("secrets", () => {
  /** Would look otherwise in HTML, in mermaid, in a condition, and cut. */
  const SECRET = `s3cret<'planted'>&"value"\\`;
  const OTHER = "0ther<planted>&value";
  const secretive = (name: string) =>
    FLOW.replace("skill: Billing", `skill: "\${env:${name}}"`).replace(
      `"dtmf == '1'"`,
      `'dtmf == ''1'' || x == "\${env:CONDITION}"'`,
    );

  for (const format of ["mermaid", "svg", "html", "json"]) {
    it(`${format}: neither what desired nor what live holds is shown, in any form`, async (t) => {
      const env = { KEY: SECRET, CONDITION: "pl4nted'cond" };
      const world = await openEmulatedWorld(t, { "flow.yaml": secretive("KEY") }, {}, env);
      await world.apply();
      const as = format === "json" ? ["--output", "json"] : ["--format", format];
      const run = async (next: string, ...args: readonly string[]) =>
        (
          await runCommand(["graph", "main-menu", ...as, ...args], {
            cwd: world.folder,
            env: { ...CREDENTIALS, ...env, KEY: next },
          })
        ).stdout;
      const same = await run(SECRET);
      const rotated = await run(OTHER, "--against", "live");
      for (const shown of [same, rotated]) {
        assert.doesNotMatch(shown, /planted|s3cret|0ther|pl4nted/);
        assert.match(shown, /secret/);
      }
      // That it changes is no secret.
      assert.match(rotated, /"mark": "changed"|^class n\d+ changed|class="node decision changed"/m);
      assert.doesNotMatch(same, /"mark": "changed"|^class n\d+ changed|class="node decision changed"/m);
    });
  }

  it("what was written out in an older revision, and is a secret now, is not shown either", async (t) => {
    const before = FLOW.replace("skill: Billing", "skill: 'planted<old>key'");
    const cwd = makeRepository(t, { "cxone-gitops.yaml": configFor(NOWHERE), ...inFolder({ "flow.yaml": before }) });
    writeFiles(cwd, inFolder({ "flow.yaml": secretive("KEY") }));
    const env = { KEY: SECRET, CONDITION: "pl4nted-condition" };
    const { code, stdout } = await runCommand(["graph", "main-menu", "--against", "HEAD"], { cwd, env });
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /planted/);
    assert.match(stdout, /^class n2 changed$/m);
  });
});
