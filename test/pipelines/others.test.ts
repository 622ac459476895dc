/** GitLab's and Jenkins' pipelines: every command line in them is run as it is written. */
import assert from "node:assert/strict";
import { cpSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { stringAt } from "../../src/model/json.ts";
import { commitAll, git, makeFolder } from "../helpers/temp-folder.ts";
import { CREDENTIALS } from "../helpers/world.ts";
import { type GitlabJob, jobsFor, readGitlab, scriptOf, type Variables } from "./gitlab-pipeline.ts";
import { editLive, openPlace, type Place } from "./place.ts";
import { makePrograms, runBash } from "./shell.ts";
import { ROOT } from "./workflow.ts";

const read = (name: string) => readFileSync(join(ROOT, "docs/pipelines", name), "utf8");
const UNSET = "CXONE_GITOPS_PACKAGE is not set: put where you take cxone-gitops from in its place.\n";
const PUSH_URL = "https://cxone-gitops:planted-push-token@git.test/acme/cxone.git";

/** A fresh clone, which reaches its remote also under the address that the scripts give it. */
function cloneAnew({ folder, origin }: Place, name: string, { from = PUSH_URL, at = "main" } = {}): string {
  const workspace = join(folder, name);
  git(folder, "clone", "--quiet", `file://${origin}`, workspace);
  git(workspace, "checkout", "--quiet", "--detach", at);
  git(workspace, "config", `url.file://${origin}.insteadOf`, from);
  return workspace;
}

const marked = ({ origin }: Place) => git(origin, "rev-parse", "refs/heads/cxone-applied/dev");

/** A commit on main that is applied already, made outside the pipeline. */
function markNewer({ clone }: Place): void {
  commitAll(clone, "Newer");
  git(clone, "push", "--quiet", "--force", "origin", "HEAD:main", "HEAD:cxone-applied/dev");
}

/** A commit that nobody reviewed, with the mark moved to it. */
function markUnreviewed(place: Place): void {
  git(place.clone, "checkout", "--quiet", "-b", "evil");
  place.commitSkill("Evil");
  git(place.clone, "push", "--quiet", "--force", "origin", "HEAD:cxone-applied/dev");
}

describe("docs/pipelines/gitlab-ci.yml", () => {
  const pipeline = readGitlab(read("gitlab-ci.yml"));
  const COMMON: Variables = {
    ...pipeline.variables,
    CXONE_GITOPS_PACKAGE: "https://packages.test/cxone-gitops-0.1.0.tgz",
    CI: "true",
    CI_DEFAULT_BRANCH: "main",
    CI_PROJECT_ID: "12",
    CI_PROJECT_PATH: "acme/cxone",
    CI_SERVER_HOST: "git.test",
    CI_JOB_URL: "https://git.test/acme/cxone/-/jobs/1",
    PUSH_TOKEN: "planted-push-token",
  };
  const MERGE_REQUEST: Variables = {
    ...COMMON,
    CI_PIPELINE_SOURCE: "merge_request_event",
    CI_MERGE_REQUEST_IID: "7",
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "12",
  };
  const MAIN: Variables = { ...COMMON, CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: "main" };

  it("forks get no credentials, who writes to a tenant shares its lock, and what is applied was approved", () => {
    const names = (variables: Variables) => Object.keys(jobsFor(pipeline, variables));
    assert.deepEqual(names(MERGE_REQUEST), ["check", "note"]);
    assert.deepEqual(names({ ...MERGE_REQUEST, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "13" }), ["check"]);
    assert.deepEqual(names(MAIN), ["plan", "apply:dev"]);
    assert.deepEqual(names({ ...MAIN, CI_PIPELINE_SOURCE: "schedule" }), ["reconcile"]);
    assert.deepEqual(names({ ...MAIN, CI_COMMIT_BRANCH: "other" }), []);
    const { "apply:dev": apply, plan } = jobsFor(pipeline, MAIN);
    assert.equal(apply?.rules[0]?.when, "manual");
    assert.equal(apply?.resource_group, "cxone-gitops-$TENANT");
    // It waits for its own tenant's plan only.
    assert.deepEqual(apply?.needs, [{ job: "plan", parallel: plan?.parallel }]);
    assert.deepEqual(apply?.variables, { TENANT: "dev" });
  });

  /** The notes of one merge request. */
  async function startGitlab(t: TestContext): Promise<{ url: string; notes: { id: number; body: string }[] }> {
    const notes: { id: number; body: string; author: { id: number } }[] = [
      { id: 1, body: "<!-- cxone-gitops plan tenant=dev -->\nmine", author: { id: 2 } },
    ];
    const server = createServer(async (request, response) => {
      let text = "";
      for await (const chunk of request) text += chunk;
      const path = `${request.method} ${(request.url ?? "").split("?")[0]}`;
      const body = text === "" ? "" : (stringAt(JSON.parse(text), "body") ?? "");
      let answer: unknown = notes;
      if (request.headers["private-token"] !== "planted-note-token") answer = null;
      else if (path === "GET /user") answer = { id: 1 };
      else if (path.startsWith("POST")) notes.push({ id: notes.length + 1, body, author: { id: 1 } });
      else if (path === "PUT /projects/12/merge_requests/7/notes/2") Object.assign(notes[1] ?? {}, { body });
      else if (path !== "GET /projects/12/merge_requests/7/notes") answer = null;
      response.writeHead(answer === null ? 403 : 200).end(JSON.stringify(answer));
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    t.after(() => {
      server.close();
      server.closeAllConnections();
    });
    const address = server.address();
    return { url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`, notes };
  }

  it("what to install cannot be had from anywhere until somebody names it, and each job says so first", async (t) => {
    const { CXONE_GITOPS_PACKAGE: written = "" } = pipeline.variables;
    assert.match(new URL(written).hostname, /\.invalid$/);
    const cwd = makeFolder(t);
    const script = pipeline.default.before_script.join("\n");
    for (const named of [written, ""]) {
      const { code, text } = await runBash(script, { cwd, env: { CXONE_GITOPS_PACKAGE: named } });
      assert.equal(code, 1);
      assert.equal(text, UNSET);
    }
  });

  it("plans into one note, applies what was saved, and repairs what was edited", async (t) => {
    const place = await openPlace(t);
    const programs = makePrograms(join(place.folder, "programs"), { npm: "true", "cxone-gitops": place.command });
    const gitlab = await startGitlab(t);
    let count = 0;
    const run = async (
      job: GitlabJob | undefined,
      variables: Variables,
      files: readonly string[] = [],
      at = "main",
    ) => {
      assert.ok(job);
      count += 1;
      const cwd = cloneAnew(place, `job-${count}`, { at });
      for (const file of files) cpSync(file, join(cwd, "plan-dev.json"));
      const env = {
        ...CREDENTIALS,
        ...variables,
        TENANT: "dev",
        CI_API_V4_URL: gitlab.url,
        GITLAB_NOTE_TOKEN: "planted-note-token",
        GITLAB_CI: "true",
      };
      return { cwd, ...(await runBash(scriptOf(pipeline, job), { cwd, path: [programs], env })) };
    };

    const { check, note } = jobsFor(pipeline, MERGE_REQUEST);
    const checked = await run(check, MERGE_REQUEST);
    assert.equal(checked.code, 0, checked.text);
    assert.match(readFileSync(join(checked.cwd, "junit.xml"), "utf8"), /one goes to billing/);
    const noted = await run(note, MERGE_REQUEST);
    assert.equal(noted.code, 0, noted.text);
    assert.match(gitlab.notes[1]?.body ?? "", /1 to create/);
    const failed = await run(note, { ...MERGE_REQUEST, CXONE_CLIENT_ID: "" });
    assert.equal(failed.code, 1, failed.text);
    assert.match(gitlab.notes[1]?.body ?? "", /could not be made/);
    assert.equal(gitlab.notes.length, 2);

    const { plan, "apply:dev": apply } = jobsFor(pipeline, MAIN);
    const planned = await run(plan, MAIN);
    assert.equal(planned.code, 0, planned.text);
    const applied = await run(apply, MAIN, [join(planned.cwd, "plan-dev.json")]);
    assert.equal(applied.code, 0, applied.text);
    assert.deepEqual(place.writes(), ["POST /api/v2/flows"]);
    assert.equal(place.trail().length, 2);
    const sha = git(place.clone, "rev-parse", "HEAD");
    assert.equal(marked(place), sha);

    editLive(place);
    const schedule = { ...MAIN, CI_PIPELINE_SOURCE: "schedule" };
    const repaired = await run(jobsFor(pipeline, schedule)["reconcile"], schedule);
    assert.equal(repaired.code, 0, repaired.text);
    assert.equal(place.writes().length, 2);

    markNewer(place);
    const newer = marked(place);
    const late = await run(apply, MAIN, [join(planned.cwd, "plan-dev.json")], sha);
    assert.equal(late.code, 3, late.text);
    assert.match(late.text, new RegExp(`Commit ${newer} is applied to tenant dev already`));
    assert.equal((await run(plan, MAIN, [], sha)).code, 0);
    assert.equal(marked(place), newer);
    const asked = place.emulator.log().length;
    markUnreviewed(place);
    const refused = await run(jobsFor(pipeline, schedule)["reconcile"], schedule);
    assert.equal(refused.code, 1, refused.text);
    assert.match(refused.text, /cxone-applied\/dev is at a commit that is not on main/);
    assert.equal(place.emulator.log().length, asked);
    for (const { text } of [checked, noted, planned, applied, repaired]) assert.doesNotMatch(text, /planted-/);
  });
});

describe("docs/pipelines/Jenkinsfile", () => {
  const text = read("Jenkinsfile");
  // In Groovy, a backslash joins the line with the next one.
  const marks = (/^def MARKS = '''([\s\S]*?)'''/m.exec(text)?.[1] ?? "").replaceAll("\\\n", "");
  /** The shell scripts of a stage, in order. */
  const install = /^def INSTALL = '''([\s\S]*?)'''/m.exec(text)?.[1] ?? "";
  const scriptsOf = (stage: string): readonly string[] => {
    const part = text.slice(text.indexOf(`stage('${stage}')`)).split(/\n\s*stage\('/)[0] ?? "";
    const found = part.matchAll(
      /\bsh(?: |\(returnStatus: true, script: )(MARKS \+ )?(?:'''([\s\S]*?)'''|'([^'\n]*)'|INSTALL)/g,
    );
    return [...found].map(
      ([, before, long, short]) => `${before === undefined ? "" : marks}${long ?? short ?? install}`,
    );
  };

  it("its brackets close, one build at a time writes to a tenant, and the plan is approved before it is applied", () => {
    const bare = text.replace(/'''[\s\S]*?'''|'[^'\n]*'|"[^"\n]*"|\/\/.*$/gm, "");
    for (const [open, close] of ["{}", "()", "[]"])
      assert.equal(bare.split(open ?? "").length, bare.split(close ?? "").length, `${open} ${close}`);
    assert.equal(text.split('lock(resource: "cxone-gitops-${TENANT}")').length, 3);
    // What a pull request runs gets no credentials that may push.
    assert.match(text, /credentialsId: env\.BRANCH_NAME == 'main' \? 'cxone-push' : 'cxone-read'/);
    const stages = [...text.matchAll(/stage\('(\w+)'\)/g)].map(([, name]) => name);
    assert.deepEqual(stages, ["Check", "Tenants", "Plan", "Approve", "Apply", "Reconcile"]);
    assert.equal(
      [...text.matchAll(/\bsh\b/g)].length,
      ["Check", "Plan", "Apply", "Reconcile"].flatMap(scriptsOf).length,
    );
  });

  it("what to install cannot be had from anywhere until somebody names it, and each stage says so first", async (t) => {
    const [, written = ""] = /CXONE_GITOPS_PACKAGE = '([^']*)'/.exec(text) ?? [];
    assert.match(new URL(written).hostname, /\.invalid$/);
    for (const stage of ["Check", "Plan", "Apply", "Reconcile"]) assert.equal(scriptsOf(stage)[0], install);
    const env = { CXONE_GITOPS_PACKAGE: written, SCRIPT: install };
    const { code, text: said } = await runBash(`sh -e -c "$SCRIPT"`, { cwd: makeFolder(t), env });
    assert.equal(code, 1);
    assert.equal(said, UNSET);
  });

  it("plans, applies what was saved, and repairs what was edited", async (t) => {
    const place = await openPlace(t);
    const tool = makePrograms(join(place.folder, "tool"), { "cxone-gitops": place.command });
    const npm = `mkdir -p .tools/node_modules && ln -s '${tool}' .tools/node_modules/.bin`;
    const programs = makePrograms(join(place.folder, "programs"), { npm });
    const env = {
      ...CREDENTIALS,
      TENANT: "dev",
      BRANCH_NAME: "main",
      JENKINS_URL: "https://jenkins.test/",
      GIT_URL: "https://git.test/acme/cxone.git",
      REPO_USER: "cxone-gitops",
      REPO_TOKEN: "planted-push-token",
      CXONE_GITOPS_PACKAGE: "https://packages.test/cxone-gitops-0.1.0.tgz",
    };
    let count = 0;
    const run = async (stage: string, planFile?: string, at = "main") => {
      count += 1;
      const cwd = cloneAnew(place, `${stage}-${count}`, { at });
      if (planFile !== undefined) cpSync(planFile, join(cwd, "plan-dev.json"));
      let last: { code: number | null; text: string } = { code: null, text: "" };
      for (const script of scriptsOf(stage)) {
        // Jenkins gives a script to `sh -xe`.
        last = await runBash(`sh -e -c "$SCRIPT"`, { cwd, path: [programs], env: { ...env, SCRIPT: script } });
        if (last.code !== 0) break;
      }
      return { cwd, ...last };
    };
    const checked = await run("Check");
    assert.equal(checked.code, 0, checked.text);
    const planned = await run("Plan");
    assert.equal(planned.code, 2, planned.text);
    const applied = await run("Apply", join(planned.cwd, "plan-dev.json"));
    assert.equal(applied.code, 0, applied.text);
    const sha = git(place.clone, "rev-parse", "HEAD");
    assert.equal(marked(place), sha);
    editLive(place);
    const repaired = await run("Reconcile");
    assert.equal(repaired.code, 0, repaired.text);
    assert.deepEqual(place.writes(), ["POST /api/v2/flows", "PUT /api/v2/flows/ivr_main_menu_v2"]);
    assert.equal(place.trail().length, 4);

    markNewer(place);
    const newer = marked(place);
    const late = await run("Apply", join(planned.cwd, "plan-dev.json"), sha);
    assert.equal(late.code, 3, late.text);
    assert.match(late.text, new RegExp(`Commit ${newer} is applied to tenant dev already`));
    assert.equal((await run("Plan", undefined, sha)).code, 0);
    assert.equal(marked(place), newer);
    const asked = place.emulator.log().length;
    markUnreviewed(place);
    const refused = await run("Reconcile");
    assert.equal(refused.code, 1, refused.text);
    assert.match(refused.text, /cxone-applied\/dev is at a commit that is not on main/);
    assert.equal(place.emulator.log().length, asked);
    for (const { text } of [planned, applied, repaired, late]) assert.doesNotMatch(text, /planted-/);
  });
});
