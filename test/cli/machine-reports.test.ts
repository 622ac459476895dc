/** SARIF and annotations, as a pipeline gets them. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { runCommand } from "../helpers/command.ts";
import { documentWithoutCost } from "../helpers/costs.ts";
import { FLOW } from "../helpers/manifests.ts";
import { commitAll, makeFolder, makeRepository } from "../helpers/temp-folder.ts";
import { openEmulatedWorld } from "../helpers/world.ts";

const BROKEN = FLOW.replace("to: node_queue_03,", "to: node_queue_30,");
const ACTIONS = { GITHUB_ACTIONS: "true" };

interface Sarif {
  readonly runs: readonly [
    {
      readonly results: readonly {
        readonly ruleId: string;
        readonly locations: readonly [
          { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } } },
        ];
      }[];
      readonly invocations: readonly [
        {
          readonly executionSuccessful: boolean;
          readonly toolExecutionNotifications: readonly { readonly descriptor: { readonly id: string } }[];
        },
      ];
      readonly originalUriBaseIds: { readonly SRCROOT: { readonly uri?: string } };
    },
  ];
}

async function sarifOf(args: readonly string[], cwd: string, env = {}) {
  const ran = await runCommand([...args, "--output", "sarif"], { cwd, env });
  const { runs }: Sarif = JSON.parse(ran.stdout);
  return {
    ...ran,
    run: runs[0],
    uris: runs[0].results.map((one) => one.locations[0].physicalLocation.artifactLocation.uri),
  };
}

describe("--output sarif", () => {
  it("validate prints its findings, with encoded paths from the working directory on, and exits as always", async (t) => {
    const cwd = makeFolder(t, { "manifests/50% a#b.yaml": BROKEN });
    const { code, run, uris, stderr } = await sarifOf(["validate"], cwd);
    assert.deepEqual([code, stderr], [1, ""]);
    assert.ok(run.results.some(({ ruleId }) => ruleId === "flow/unknown-node"));
    assert.equal(new Set(uris).size, 1);
    assert.equal(uris[0], "manifests/50%25%20a%23b.yaml");
    assert.equal(run.originalUriBaseIds.SRCROOT.uri, `file://${cwd}/`);
    assert.equal(run.invocations[0].executionSuccessful, true);
  });

  it("without findings there are no results, and exit 0", async (t) => {
    const cwd = makeFolder(t, { "manifests/flow.yaml": FLOW });
    for (const command of ["validate", "test"]) {
      const { code, run } = await sarifOf([command], cwd);
      assert.deepEqual([code, run.results], [0, []]);
    }
  });

  it("in GitHub Actions paths begin in the workspace", async (t) => {
    const cwd = makeFolder(t, { "sub/manifests/flow.yaml": BROKEN });
    const { uris } = await sarifOf(["validate"], join(cwd, "sub"), { ...ACTIONS, GITHUB_WORKSPACE: cwd });
    assert.equal(uris[0], "sub/manifests/flow.yaml");
  });

  it("with --rev they begin at the repository's top", async (t) => {
    const cwd = makeRepository(t, { "manifests/flow.yaml": BROKEN });
    commitAll(cwd, "second");
    const { uris, run } = await sarifOf(["validate", "--rev", "HEAD"], cwd);
    assert.equal(uris[0], "manifests/flow.yaml");
    assert.equal(run.originalUriBaseIds.SRCROOT.uri, undefined);
  });

  it("a file outside of the root is named in full", async (t) => {
    const cwd = makeFolder(t, { "manifests/flow.yaml": BROKEN });
    mkdirSync(join(cwd, "else"));
    const { uris } = await sarifOf(["validate", "--manifests", "../manifests"], join(cwd, "else"));
    assert.equal(uris[0], `file://${cwd}/manifests/flow.yaml`);
  });

  it("a wrong configuration is a document with its findings", async (t) => {
    const cwd = makeFolder(t, { "cxone-gitops.yaml": "tenant: {}\n" });
    const { code, run, uris, stderr } = await sarifOf(["validate"], cwd);
    assert.equal(code, 1);
    assert.match(stderr, /config\/unknown-key/);
    assert.equal(run.results[0]?.ruleId, "config/unknown-key");
    assert.equal(uris[0], "cxone-gitops.yaml");
    assert.equal(run.invocations[0].executionSuccessful, false);
  });

  it("whatever else ends the command early is a notification", async (t) => {
    const cwd = makeFolder(t);
    const missing = await sarifOf(["validate", "--config", "no.yaml"], cwd);
    assert.equal(missing.code, 1);
    assert.equal(missing.run.invocations[0].toolExecutionNotifications[0]?.descriptor.id, "config/missing");
    const usage = await sarifOf(["test", "--frobnicate"], cwd);
    assert.equal(usage.run.invocations[0].toolExecutionNotifications[0]?.descriptor.id, "usage");
  });

  it("other commands do not offer it", async (t) => {
    const { code, stderr } = await runCommand(["audit", "log", "--output", "sarif"], { cwd: makeFolder(t) });
    assert.equal(code, 1);
    assert.match(stderr, /Allowed choices are text, json/);
  });
});

describe("annotations in GitHub Actions", () => {
  async function annotationsOf(cwd: string, env: Readonly<Record<string, string>>) {
    const { stdout, stderr } = await runCommand(["validate"], { cwd, env });
    assert.doesNotMatch(stdout, /^::/m);
    return stderr.split("\n").filter((line) => line.startsWith("::"));
  }

  it("each finding is one, named from the workspace on; none elsewhere", async (t) => {
    const cwd = makeFolder(t, { "sub/manifests/flow.yaml": BROKEN });
    const lines = await annotationsOf(join(cwd, "sub"), { ...ACTIONS, GITHUB_WORKSPACE: cwd });
    assert.ok(lines.length > 0);
    assert.match(
      lines.join("\n"),
      /^::error file=sub\/manifests\/flow\.yaml,line=\d+,col=\d+,title=flow\/unknown-node::/m,
    );
    assert.deepEqual(await annotationsOf(join(cwd, "sub"), { GITHUB_ACTIONS: "false", GITHUB_WORKSPACE: cwd }), []);
  });

  it("with --rev the files are those of the repository", async (t) => {
    const cwd = makeRepository(t, { "manifests/flow.yaml": BROKEN });
    const args = ["validate", "--rev", "HEAD", "--output", "json"];
    const { stdout, stderr } = await runCommand(args, { cwd, env: { ...ACTIONS, GITHUB_WORKSPACE: cwd } });
    assert.match(stderr, /^::error file=manifests\/flow\.yaml,/m);
    assert.ok(JSON.parse(stdout).findings.length > 0);
  });

  async function runInActions(
    t: TestContext,
    args: readonly string[],
    prepare: (url: string) => string = (url) => url,
  ) {
    const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
    world.config(prepare);
    return runCommand(args, {
      cwd: world.folder,
      env: { ...world.env, ...ACTIONS, GITHUB_WORKSPACE: dirname(world.folder) },
    });
  }

  it("no text from outside is a command, and JSON stays what it is", async (t) => {
    const folder = "::add-mask::e ##[add-mask]e";
    const cwd = makeFolder(t, { [`${folder}/flow.yaml`]: BROKEN });
    const run = (env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
      runCommand(["validate", "--manifests", folder, ...args], { cwd, env });
    const [elsewhere, text] = [await run({}), await run(ACTIONS)];
    assert.match(elsewhere.stdout, /^::add-mask::e ##\[add-mask\]e\/flow/m);
    assert.match(text.stdout, /^\\::add-mask::e ##\\\[add-mask\]e\/flow/m);
    assert.doesNotMatch(text.stdout, /^\s*::|##\[/m);
    assert.match(text.stderr, /^::error file=/m);
    const [plain, json] = [await run({}, "--output", "json"), await run(ACTIONS, "--output", "json")];
    assert.match(plain.stdout, /##\[/);
    assert.doesNotMatch(json.stdout, /##\[/);
    assert.deepEqual(documentWithoutCost(json.stdout), documentWithoutCost(plain.stdout));
  });

  it("nor is what goes to stderr", async (t) => {
    const cwd = makeFolder(t, { "manifests/flow.yaml": FLOW });
    const graph = (env: Readonly<Record<string, string>>) =>
      runCommand(["graph", "a\n::add-mask::e ##[add-mask]e"], { cwd, env });
    const [elsewhere, inActions] = [await graph({}), await graph(ACTIONS)];
    assert.match(elsewhere.stderr, /##\[add-mask\]e/);
    assert.match(inActions.stderr, /##\\\[add-mask\]e/);
    assert.doesNotMatch(inActions.stderr, /^\s*::add-mask|##\[/m);
  });

  it("plan and apply tell what could not be read", async (t) => {
    const unreachable = (config: string) => config.replace(/flows: .*/, 'flows: { baseUrl: "http://127.0.0.1:1" }');
    for (const args of [["plan"], ["apply", "--auto-approve"]]) {
      const { code, stderr } = await runInActions(t, args, unreachable);
      assert.equal(code, 1);
      assert.match(stderr, /^::error title=Flow main-menu::unknown: /m);
    }
  });

  it("and why the plan is refused", async (t) => {
    const world = await openEmulatedWorld(t, {
      "flow.yaml": FLOW.replace(
        "name: main-menu }",
        'name: main-menu, annotations: { cxone-gitops/protect: "true" } }',
      ),
    });
    await world.apply();
    world.write({
      "flow.yaml": FLOW.replace(
        "name: main-menu }",
        'name: main-menu, annotations: { cxone-gitops/protect: "true" } }',
      ).replace("Billing", "Sales"),
    });
    const { code, stderr, stdout } = await runCommand(["plan", "--output", "json"], {
      cwd: world.folder,
      env: { ...world.env, ...ACTIONS },
    });
    assert.equal(code, 3);
    assert.equal(JSON.parse(stdout).refusals.length, 1);
    assert.match(stderr, /^::error title=protected::/m);
  });
});
