/** `init` begins a repository that works at once, and touches nothing that is there. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { blocksOf, readPage } from "../architecture/pages.ts";
import type { Ran } from "../helpers/command.ts";
import { runHere } from "../helpers/here.ts";
import { makeFolder } from "../helpers/temp-folder.ts";
import { lintWorkflow } from "../pipelines/lint.ts";
import { ROOT, readYaml } from "../pipelines/workflow.ts";

const HASH = "0123456789abcdef0123456789abcdef01234567";

function open(t: TestContext, files: Readonly<Record<string, string>> = {}) {
  const cwd = makeFolder(t, files);
  return {
    cwd,
    run: (...args: readonly string[]): Promise<Ran> => runHere(args, { cwd }),
    read: (path: string) => readFileSync(join(cwd, path), "utf8"),
  };
}

it("an empty folder becomes a repository that validates, passes its tests, and has workflows that lint", async (t) => {
  const { run, read, cwd } = open(t);
  const { code, stdout, stderr } = await run(
    "init",
    "ivr",
    "--org",
    "acme-dev",
    "--tenant",
    "true",
    "--action-ref",
    `acme/cxone-gitops@${HASH}`,
  );
  assert.equal(code, 0, stderr);
  const files = readdirSync(join(cwd, "ivr"), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  assert.deepEqual(
    files.map(({ parentPath, name }) => join(parentPath, name).slice(cwd.length + 5)).toSorted(),
    [...stdout.matchAll(/^ {2}created {3}(\S+)$/gm)].map(([, path]) => path).toSorted(),
  );
  assert.match(stdout, /environments true-plan and true-write with these secrets and true with reviewers/);
  assert.doesNotMatch(stdout, /OWNER|your-org/);
  assert.match(read("ivr/cxone-gitops.yaml"), /^ {2}"true":\n(?:.*\n)*? {4}org: acme-dev$/m);
  for (const name of ["plan.yml", "apply.yml", "apply-tenant.yml", "reconcile.yml"]) {
    const text = read(`ivr/.github/workflows/${name}`);
    assert.deepEqual(lintWorkflow(text, name), []);
    assert.doesNotMatch(text, /uses: \.\/\.github\/actions/);
    assert.match(text, new RegExp(`uses: acme/cxone-gitops/.github/actions/cxone-gitops@${HASH}`));
    assert.equal(
      text.replaceAll(/uses: acme\S+/g, "uses: ./.github/actions/cxone-gitops"),
      readFileSync(join(ROOT, ".github/workflows", name), "utf8"),
    );
  }
  const tested = await runHere(["test"], { cwd: join(cwd, "ivr") });
  assert.equal(tested.code, 0, tested.stderr);
  assert.match(tested.stdout, /2 cases: 2 passed\. Taken: 4 of 4 connections/);
});

it("what is there is left and said: a configuration by either name, manifests, pipelines; .gitignore gets its line once", async (t) => {
  const there = {
    "cxone-gitops.yml": "tenants: { mine: { org: acme } }\n",
    "manifests/mine.yaml": "",
    ".gitlab-ci.yml": "mine: {}\n",
    ".gitignore": "node_modules/",
  };
  const { run, read, cwd } = open(t, there);
  for (const [round, action] of ["extended", "left"].entries()) {
    const { code, stdout } = await run("init", "--pipelines", "gitlab", "--output", "json");
    assert.equal(code, 0);
    const document = JSON.parse(stdout);
    const { files } = document;
    const [shown = ""] = blocksOf(readPage("commands.md"), "json init");
    assert.deepEqual(Object.keys(document), Object.keys(JSON.parse(shown)));
    const actions = Object.fromEntries(files.map((file: { path: string; action: string }) => [file.path, file.action]));
    const ofSchemas = round === 0 ? "created" : "left";
    assert.deepEqual(actions, {
      "cxone-gitops.yaml": "left",
      "manifests/flows/main-menu.yaml": "left",
      "manifests/tests/main-menu.yaml": "left",
      "schemas/config.json": ofSchemas,
      "schemas/manifest.json": ofSchemas,
      ".gitignore": action,
      ".gitlab-ci.yml": "left",
    });
  }
  assert.equal(read(".gitignore"), "node_modules/\n.cxone-gitops/\n");
  for (const path of ["cxone-gitops.yml", "manifests/mine.yaml", ".gitlab-ci.yml"] as const)
    assert.equal(read(path), there[path]);
  assert.equal(existsSync(join(cwd, "cxone-gitops.yaml")), false);
});

it("a link in the folder is not followed out of it, and nothing is written at all", async (t) => {
  const { run, cwd } = open(t);
  const outside = makeFolder(t);
  mkdirSync(join(cwd, "new"));
  symlinkSync(outside, join(cwd, "new/schemas"));
  const { code, stderr } = await run("init", "new", "--pipelines", "none");
  assert.equal(code, 1);
  assert.match(stderr, /schemas\/config\.json cannot be written: schemas is a link \(init\/unwritable\)/);
  assert.deepEqual(readdirSync(join(cwd, "new")), ["schemas"]);
  assert.deepEqual(readdirSync(outside), []);
});

it("GitLab's and Jenkins' pipelines are for the tenant that was named, and name no package until somebody does", async (t) => {
  const { run, read } = open(t);
  const first = await run("init", "--pipelines", "gitlab", "--tenant", "prod.eu");
  assert.equal(first.code, 0);
  assert.match(first.stdout, /In \.gitlab-ci\.yml, set CXONE_GITOPS_PACKAGE to where you take cxone-gitops from/);
  const gitlab = read(".gitlab-ci.yml");
  readYaml(gitlab);
  assert.equal(gitlab.match(/TENANT: \["prod\.eu"\]/g)?.length, 4);
  assert.match(gitlab, /^apply:prod\.eu:\n {2}extends: \.apply\n {2}variables: \{ TENANT: "prod\.eu" \}$/m);
  const second = await run("init", "--pipelines", "jenkins", "--tenant", "prod.eu");
  assert.equal(second.code, 0);
  assert.match(second.stdout, /In Jenkinsfile, set CXONE_GITOPS_PACKAGE/);
  for (const text of [gitlab, read("Jenkinsfile")])
    assert.deepEqual(
      text.match(/CXONE_GITOPS_PACKAGE(?:: | = ')\S+/g)?.map((one) => one.replace(/.*(?=https)|'$/g, "")),
      ["https://OWNER.invalid/cxone-gitops-0.0.0.tgz"],
    );
  const kept = await run("init", "--pipelines", "jenkins");
  assert.doesNotMatch(kept.stdout, /CXONE_GITOPS_PACKAGE/);
  assert.match(read("Jenkinsfile"), /values 'prod\.eu'/);
});

it("a name that cannot be one is refused before anything is written", async (t) => {
  const { run, cwd } = open(t);
  const wrong = [
    [["--tenant", "a b"], /"a b" cannot be the name of a tenant/],
    [["--org", "acme.com"], /"acme\.com" cannot be an organisation/],
    [["--action-ref", "acme/cxone-gitops@v1"], /does not name the action/],
  ] as const;
  for (const [args, message] of wrong) {
    const { code, stderr } = await run("init", ...args);
    assert.equal(code, 1);
    assert.match(stderr, message);
  }
  assert.deepEqual(readdirSync(cwd), []);
});

it("a configuration below a repository's top gets a trail of its own, and no pipelines that would never run", async (t) => {
  const { run, read, cwd } = open(t, { ".git/HEAD": "", "a b/.gitlab-ci.yml": "", "c/.gitlab-ci.yml": "" });
  const { code, stdout, stderr } = await run("init", "teams/ivr", "--org", "acme");
  assert.equal(code, 0, stderr);
  assert.match(
    read("teams/ivr/cxone-gitops.yaml"),
    /^audit: \{ git: \{ branch: cxone-audit, folder: "?teams\/ivr"? \} \}$/m,
  );
  assert.equal(existsSync(join(cwd, "teams/ivr/.github")), false);
  assert.match(stdout, /No pipelines were written: teams\/ivr is not the top of its repository.*working-directory/);

  const asked = await run("init", "c", "--pipelines", "github");
  assert.match(
    asked.stdout,
    /created {3}\.github\/workflows\/apply\.yml[\s\S]*The pipelines do not run where they are: c is not/,
  );
  assert.match(read("c/cxone-gitops.yaml"), /branch: cxone-audit, folder: c /);
  await run("init", "a b");
  await run("init", "a-b");
  const folders = ["a b", "a-b"].map((path) => /folder: (\S+)/.exec(read(`${path}/cxone-gitops.yaml`))?.[1]);
  assert.match(folders.join(" "), /^a-b-[0-9a-f]{6} a-b$/, "two folders never share a trail");
  for (const path of ["teams/ivr", "a b"])
    assert.equal((await runHere(["validate"], { cwd: join(cwd, path) })).code, 0);

  assert.equal((await run("init", "--org", "acme")).code, 0);
  assert.match(read("cxone-gitops.yaml"), /^audit: \{ git: \{ branch: cxone-audit \} \}$/m);
});

it("whose pipelines are there is seen, and flags of which nothing would come are refused before anything is written", async (t) => {
  const { run, cwd } = open(t, { "g/.gitlab-ci.yml": "mine: {}\n", "g/cxone-gitops.yaml": "", "j/Jenkinsfile": "" });
  const gitlab = await run("init", "g");
  assert.equal(gitlab.code, 0, gitlab.stderr);
  assert.match(gitlab.stdout, /left {6}\.gitlab-ci\.yml \(is there\)[\s\S]*Left as they were: \.gitlab-ci\.yml\./);
  assert.doesNotMatch(gitlab.stdout, /your-org/);
  await run("init", "j");
  assert.deepEqual(
    ["g/.github", "j/.github"].map((path) => existsSync(join(cwd, path))),
    [false, false],
  );

  const action = ["--action-ref", `acme/cxone-gitops@${HASH}`];
  const idle = [
    [["new", "--pipelines", "gitlab", ...action], /--action-ref is about GitHub's workflows/],
    [["g", ...action], /--action-ref is about GitHub's workflows/],
    [["g", "--org", "other"], /--org says nothing: the folder has a configuration/],
    [["g", "--pipelines", "none", "--tenant", "other"], /--tenant says nothing/],
  ] as const;
  for (const [args, message] of idle) {
    const { code, stderr } = await run("init", ...args);
    assert.equal(code, 1);
    assert.match(stderr, message);
  }
  assert.equal(existsSync(join(cwd, "new")), false);
});
