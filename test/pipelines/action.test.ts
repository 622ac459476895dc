/** The parts of the action, each by itself. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { postComment } from "../../.github/actions/cxone-gitops/comment.ts";
import { fence, type Input, readInput } from "../../.github/actions/cxone-gitops/input.ts";
import { wordsOf } from "../../.github/actions/cxone-gitops/run.ts";
import { commitAll, git, makeFolder, makeRepository, writeFiles } from "../helpers/temp-folder.ts";
import { startGithubApi, TOKEN } from "./github-api.ts";
import { ACTION_FOLDER } from "./workflow.ts";

const REPORT = "<!-- cxone-gitops plan tenant=dev -->\n## Plan for tenant `dev`\n";

it("words of a command line stay one word each, whatever is in them", () => {
  const tricky = ["$(touch hacked)", "--rev=; rm -rf .", "two words", "`id`", "a\"b'c"];
  const input = readInput({ INPUT_COMMAND: "plan", INPUT_TENANT: "--all", INPUT_ARGS: `\n${tricky.join("\n")}\n` });
  assert.deepEqual(wordsOf(input, true), ["plan", ...tricky, "--tenant=--all", "--output=markdown"]);
  const apply = readInput({ INPUT_COMMAND: "apply", INPUT_TENANT: "dev", INPUT_PLAN_FILE: "--auto-approve" });
  assert.deepEqual(wordsOf(apply, false), ["apply", "--tenant=dev", "--", "--auto-approve"]);
});

it("an input that could be more than it says is refused", () => {
  for (const env of [
    { INPUT_COMMAND: "plan; id" },
    { INPUT_COMMAND: "" },
    { INPUT_COMMAND: "plan", INPUT_REPORT: "a\nb" },
  ])
    assert.throws(() => readInput(env), /the input/);
});

it("nothing in a text closes the fence around it", () => {
  assert.equal(fence("a\n````\nb", "text"), "`````text\na\n````\nb\n`````\n");
});

/** What a step of the action finds for a pull request's comment. */
function commentInput(
  t: TestContext,
  url: string,
  report: string,
  event: object = { pull_request: { number: 7 } },
): Input {
  const folder = makeFolder(t, { "plan.md": report, "event.json": JSON.stringify(event) });
  return readInput({
    INPUT_COMMAND: "comment",
    INPUT_REPORT: join(folder, "plan.md"),
    GITHUB_EVENT_PATH: join(folder, "event.json"),
    GITHUB_REPOSITORY: "acme/cxone",
    GITHUB_API_URL: url,
    GH_TOKEN: TOKEN,
  });
}

it("a comment of before is found behind a hundred others, and only a bot's that is about the same tenant", async (t) => {
  const { url, comments, requests } = await startGithubApi(t);
  const add = (body: string, type: "User" | "Bot") => {
    comments.push({ id: comments.length + 1, body, user: { login: "x", type } });
  };
  for (let count = 0; count < 120; count += 1) add(`Comment ${count}`, "User");
  add(REPORT, "User");
  add(REPORT.replace("tenant=dev", "tenant=dev2"), "Bot");
  add(`Somebody quotes:\n${REPORT}`, "Bot");
  await postComment(commentInput(t, url, REPORT));
  await postComment(commentInput(t, url, `${REPORT}Once more.\n`));
  assert.equal(comments.length, 124);
  assert.equal(comments.at(-1)?.body, `${REPORT}Once more.\n`);
  assert.deepEqual(
    requests.filter((request) => !request.startsWith("GET")),
    ["POST /repos/acme/cxone/issues/7/comments", `PATCH /repos/acme/cxone/issues/comments/${comments.at(-1)?.id}`],
  );
});

it("a comment that cannot be written says why, and never the token", async (t) => {
  const { url, requests } = await startGithubApi(t);
  const input = commentInput(t, url, REPORT);
  await assert.rejects(postComment({ ...input, env: { ...input.env, GH_TOKEN: "another" } }), (error: Error) => {
    assert.match(
      error.message,
      /^GitHub answered 401 to GET repos\/acme\/cxone\/issues\/7\/comments: .*Bad credentials/,
    );
    assert.doesNotMatch(error.message, /another/);
    return true;
  });
  await assert.rejects(postComment(commentInput(t, url, "no report\n")), /its first line names no tenant/);
  await assert.rejects(
    postComment(commentInput(t, url, REPORT, { ref: "refs/heads/main" })),
    /not about a pull request/,
  );
  assert.equal(requests.length, 1);
});

it("a run of an older commit that ends later does not move the mark back, and one of a commit beside it does", async (t) => {
  const clone = makeRepository(t, { "a.txt": "" });
  const origin = makeFolder(t);
  git(origin, "init", "--quiet", "--bare");
  git(clone, "remote", "add", "origin", origin);
  const mark = (...tenants: readonly string[]) => {
    const env = { ...process.env, INPUT_COMMAND: "applied", INPUT_ARGS: tenants.join("\n"), GITHUB_SHA: "this commit" };
    return spawnSync(process.execPath, [join(ACTION_FOLDER, "main.ts")], { cwd: clone, env, encoding: "utf8" });
  };
  const marked = (tenant: string) => git(origin, "rev-parse", `refs/heads/cxone-applied/${tenant}`);
  const newer = commitAll(clone, "second");
  assert.equal(mark("dev", "prod").status, 0);
  assert.deepEqual([marked("dev"), marked("prod")], [newer, newer]);
  git(clone, "checkout", "--quiet", "--detach", "HEAD^");
  assert.match(mark("dev").stdout, /at this commit or at a newer one/);
  assert.equal(marked("dev"), newer);
  const beside = commitAll(clone, "beside");
  assert.equal(mark("dev").status, 0);
  assert.equal(marked("dev"), beside);
  git(clone, "remote", "set-url", "origin", `${origin}-gone`);
  assert.match(mark("dev").stderr, /action: the repository cannot be reached/);
  assert.match(mark("a b").stderr, /"a b" cannot be the name of a tenant/);
});

it("links that a pull request brings are not followed to draw them, and a name that is none is not drawn", (t) => {
  const flow = "apiVersion: cxone-gitops/v1\nkind: Flow\nmetadata: { name: 'a; id' }\nspec: {}\n";
  const folder = makeRepository(t, { "a.txt": "" });
  writeFiles(folder, { "manifests/odd.yaml": flow, "outside.txt": flow.replace("a; id", "secret") });
  symlinkSync("../outside.txt", join(folder, "manifests/link.yaml"));
  commitAll(folder, "Add");
  const env = {
    ...process.env,
    INPUT_COMMAND: "pictures",
    INPUT_ARGS: "HEAD^1",
    GITHUB_STEP_SUMMARY: join(folder, "summary"),
  };
  const { status, stderr } = spawnSync(process.execPath, [join(ACTION_FOLDER, "main.ts")], { cwd: folder, env });
  assert.equal(status, 0, String(stderr));
  assert.equal(existsSync(join(folder, "summary")), false);
});
