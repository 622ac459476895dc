/** The workflows do what they say: every command line in them is run as it is written, against an emulator and real repositories. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { commitAll, git, writeFiles } from "../helpers/temp-folder.ts";
import { CREDENTIALS } from "../helpers/world.ts";
import { artifactOf } from "./foreign-actions.ts";
import { type GithubApi, startGithubApi, TOKEN } from "./github-api.ts";
import { editLive, openPlace, type Place } from "./place.ts";
import { type JobResult, type Run, runWorkflow } from "./runner.ts";
import { makePrograms } from "./shell.ts";
import { readOwnWorkflow, type Workflow } from "./workflow.ts";

/** The environment `dev` has reviewers and no secrets. */
const SECRETS = { "dev-plan": CREDENTIALS, "dev-write": CREDENTIALS };

interface GithubPlace extends Place {
  readonly api: GithubApi;
  run(part?: Partial<Run>): Run;
}

/** The command is installed already; its installation is tested by itself. */
async function openGithub(t: TestContext): Promise<GithubPlace> {
  const place = await openPlace(t);
  const { folder, clone, origin } = place;
  git(origin, "config", "uploadpack.allowAnySHA1InWant", "true");
  const api = await startGithubApi(t);
  makePrograms(join(folder, "cxone-gitops"), { "cxone-gitops": place.command });
  let count = 0;
  const run = (part: Partial<Run> = {}): Run => {
    count += 1;
    const folderOfRun = join(folder, `run-${count}`);
    mkdirSync(folderOfRun);
    return {
      folder: folderOfRun,
      origin,
      sha: git(clone, "rev-parse", "HEAD"),
      event: {},
      github: { repository: "acme/cxone", token: TOKEN, ref: "refs/heads/main" },
      vars: { CXONE_GITOPS_TENANTS: '["dev"]' },
      secrets: SECRETS,
      env: { GITHUB_API_URL: api.url, RUNNER_TEMP: folder },
      ...part,
    };
  };
  return { ...place, api, run };
}

/** A pull request with one change, merged as GitHub does for its run. */
function pullRequest(place: GithubPlace, skill: string, part: Partial<Run> = {}, from = "acme/cxone"): Run {
  const { clone, run } = place;
  git(clone, "checkout", "--quiet", "-B", "change", "main");
  place.commitSkill(skill);
  git(clone, "checkout", "--quiet", "-B", "merge", "main");
  git(clone, "merge", "--quiet", "--no-ff", "-m", "Merge", "change");
  git(clone, "push", "--quiet", "--force", "origin", "HEAD:refs/pull/7/merge");
  const base = { sha: git(clone, "rev-parse", "HEAD^1") };
  const pull = { number: 7, base, head: { repo: { full_name: from } }, user: { login: "ada" } };
  return run({ event: { pull_request: pull }, ...part });
}

function only(workflow: Workflow, ...names: readonly string[]): Workflow {
  const jobs = Object.entries(workflow.jobs).filter(([name]) => names.includes(name));
  return { ...workflow, jobs: Object.fromEntries(jobs) };
}

function resultsOf(results: readonly JobResult[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    results.map(({ job, tenant, result }) => [tenant === undefined ? job : `${job} ${tenant}`, result]),
  );
}

function jobOf(results: readonly JobResult[], job: string): JobResult {
  const found = results.findLast((one) => one.job === job);
  assert.ok(found);
  return found;
}

it("a pull request from a fork is validated, tested and drawn without a credential, and nothing reads a tenant", async (t) => {
  const place = await openGithub(t);
  // GitHub passes neither secrets nor variables to the runs of forks.
  const run = pullRequest(place, "Retention", { vars: {}, secrets: {} }, "somebody/cxone");
  const results = await runWorkflow(readOwnWorkflow("plan.yml"), run);
  const { log, summary } = jobOf(results, "check");
  assert.deepEqual(resultsOf(results), { check: "success", plan: "skipped", comment: "skipped" }, log);
  assert.match(summary, /### validate\n\n```text\n2 manifests read, no findings\.\n```/);
  assert.match(summary, /### test\n\n```text\n[^`]*one goes to billing/);
  assert.match(summary, /## What this changes\n### Flow `main-menu`\n\n```mermaid\n[^`]*Retention/);
  const tenants = only(readOwnWorkflow("plan.yml"), "plan", "comment");
  const given = await runWorkflow(tenants, pullRequest(place, "Sales", {}, "somebody/cxone"));
  assert.deepEqual(resultsOf(given), { plan: "skipped", comment: "skipped" });
  assert.deepEqual(place.emulator.log(), []);
});

it("a pull request's plan is one comment of each tenant, edited by later pushes, also when no plan can be made", async (t) => {
  const place = await openGithub(t);
  const workflow = only(readOwnWorkflow("plan.yml"), "plan", "comment");
  const strangers = "<!-- cxone-gitops plan tenant=dev -->\nmine";
  place.api.comments.push({ id: 1, body: strangers, user: { login: "other-app[bot]", type: "Bot" } });
  const ours = () => place.api.comments[1]?.body ?? "";

  const first = await runWorkflow(workflow, pullRequest(place, "Retention"));
  assert.deepEqual(resultsOf(first), { "plan dev": "success", "comment dev": "success" }, jobOf(first, "plan").log);
  assert.match(ours(), /^<!-- cxone-gitops plan tenant=dev -->\n[\s\S]*1 to create/);
  assert.match(jobOf(first, "plan").summary, /1 to create/);

  await runWorkflow(workflow, pullRequest(place, "Sales"));
  assert.match(ours(), /Sales/);

  const without = await runWorkflow(workflow, pullRequest(place, "Sales", { secrets: {} }));
  assert.deepEqual(resultsOf(without), { "plan dev": "failure", "comment dev": "success" });
  assert.match(ours(), /could not be made\.\*\* Why is told in \[the job's log\]/);

  // The plan's job was taken off before it had a report.
  place.api.comments[1] = {
    id: 101,
    body: first[0]?.summary ?? "",
    user: { login: "github-actions[bot]", type: "Bot" },
  };
  const run = pullRequest(place, "Sales");
  await runWorkflow(only(workflow, "comment"), run, first.slice(0, 1));
  assert.match(ours(), /could not be made/);
  assert.deepEqual(
    place.api.comments.map(({ id }) => id),
    [1, 101],
  );
  assert.equal(place.api.comments[0]?.body, strangers);
  assert.deepEqual(place.writes(), []);
});

it("a merge applies the plan that was saved and approved, keeps its trail on the branch, and the schedule repairs what is edited after", async (t) => {
  const place = await openGithub(t);
  const { clone, origin } = place;
  const [apply, reconcile] = [readOwnWorkflow("apply.yml"), readOwnWorkflow("reconcile.yml")];
  const applied = () => git(origin, "rev-parse", "refs/heads/cxone-applied/dev");

  const early = await runWorkflow(reconcile, place.run());
  assert.match(jobOf(early, "reconcile").summary, /Nothing was applied to tenant dev yet/);
  assert.deepEqual(place.emulator.log(), []);

  // The tenant "gone" is in no configuration: it fails, and dev goes on.
  const merged = place.run({ vars: { CXONE_GITOPS_TENANTS: '["gone","dev"]' } });
  const done = await runWorkflow(apply, merged);
  const expected = {
    "plan gone": "failure",
    "plan dev": "success",
    sort: "success",
    mark: "skipped",
    "apply dev": "success",
  };
  assert.deepEqual(resultsOf(done), expected, jobOf(done, "apply").log);
  assert.deepEqual(place.writes(), ["POST /api/v2/flows"]);
  assert.match(jobOf(done, "apply").summary, /### apply, tenant dev[\s\S]*1 applied\./);
  assert.equal(applied(), merged.sha);
  assert.deepEqual(
    place.trail().map(({ type, commit }) => ({ type, commit })),
    ["intent", "outcome"].map((type) => ({ type, commit: merged.sha })),
  );
  assert.ok(artifactOf(merged, "trail-dev"));

  // A commit that changes nothing needs no approval, and is what the schedule keeps from now on.
  writeFiles(clone, { "README.md": "Our menus.\n" });
  const sha = commitAll(clone, "Say what this is");
  git(clone, "push", "--quiet", "origin", "HEAD:main");
  const insync = await runWorkflow(apply, place.run());
  assert.deepEqual(resultsOf(insync), {
    "plan dev": "success",
    sort: "success",
    "mark dev": "success",
    apply: "skipped",
  });
  assert.equal(applied(), sha);

  // What is merged and not approved yet is not deployed by the schedule.
  const unapproved = place.commitSkill("Unapproved");
  git(clone, "push", "--quiet", "origin", "HEAD:main");
  const waiting = place.run();
  const planned = await runWorkflow(only(apply, "plan", "sort"), waiting);
  editLive(place);
  const repaired = await runWorkflow(reconcile, place.run());
  assert.deepEqual(resultsOf(repaired), { "reconcile dev": "success" }, jobOf(repaired, "reconcile").log);
  assert.match(jobOf(repaired, "reconcile").summary, /node_queue_03[\s\S]*### reconcile, tenant dev[\s\S]*1 applied/);
  assert.deepEqual(place.writes(), ["POST /api/v2/flows", "PUT /api/v2/flows/ivr_main_menu_v2"]);
  assert.equal(place.trail().at(-1)?.["commit"], sha);

  // Taken back before it was approved: whoever approves it now is late.
  const back = place.commitSkill("Billing");
  git(clone, "push", "--quiet", "origin", "HEAD:main");
  await runWorkflow(apply, place.run());
  assert.equal(applied(), back);
  const late = await runWorkflow(only(apply, "apply"), waiting, planned);
  assert.deepEqual(resultsOf(late), { "plan dev": "success", sort: "success", "apply dev": "failure" });
  const { log, summary } = jobOf(late, "apply");
  assert.match(
    log,
    new RegExp(`plan is of commit ${unapproved}, and the newer commit ${back} is applied to tenant dev already`),
  );
  assert.match(summary, /Nothing was sent/);
  assert.equal(place.writes().length, 2);
  assert.equal(applied(), back);
});

it("what was not reviewed is not applied: from another branch, or by moving the mark", async (t) => {
  const place = await openGithub(t);
  const { clone, origin } = place;
  git(clone, "checkout", "--quiet", "-b", "evil");
  place.commitSkill("Evil");
  git(clone, "push", "--quiet", "origin", "HEAD:evil", "HEAD:cxone-applied/dev");
  const dispatched = place.run({ github: { repository: "acme/cxone", ref: "refs/heads/evil" } });
  assert.deepEqual(resultsOf(await runWorkflow(readOwnWorkflow("apply.yml"), dispatched)), {
    plan: "skipped",
    sort: "skipped",
    mark: "skipped",
    apply: "skipped",
  });
  const reconcile = readOwnWorkflow("reconcile.yml");
  assert.deepEqual(resultsOf(await runWorkflow(reconcile, dispatched)), { reconcile: "skipped" });
  git(clone, "checkout", "--quiet", "main");
  const moved = await runWorkflow(reconcile, place.run());
  assert.deepEqual(resultsOf(moved), { "reconcile dev": "failure" });
  assert.match(jobOf(moved, "reconcile").summary, /cxone-applied\/dev is at a commit that is not on main/);
  assert.deepEqual(place.emulator.log(), []);

  const run = place.run();
  await runWorkflow(readOwnWorkflow("apply.yml"), run);
  assert.equal(git(origin, "rev-parse", "refs/heads/cxone-applied/dev"), run.sha);
});
