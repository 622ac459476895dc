/** The parts of the action, each by itself. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { postComment } from "../../.github/actions/cxone-gitops/comment.ts";
import { fence, type Input, readInput } from "../../.github/actions/cxone-gitops/input.ts";
import { wordsOf } from "../../.github/actions/cxone-gitops/run.ts";
import { commitAll, makeFolder, makeRepository, writeFiles } from "../helpers/temp-folder.ts";
import { startGithubApi, TOKEN } from "./github-api.ts";
import { makePrograms, runBash } from "./shell.ts";
import { ACTION_FOLDER, readAction } from "./workflow.ts";

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

it("a comment of before is found behind a hundred others, and only one of the token's own login that is about the same tenant", async (t) => {
  const { url, comments, requests } = await startGithubApi(t);
  const add = (body: string, login: string, type: "User" | "Bot") => {
    comments.push({ id: comments.length + 1, body, user: { login, type } });
  };
  for (let count = 0; count < 120; count += 1) add(`Comment ${count}`, "eve", "User");
  add(REPORT, "eve", "User");
  add(REPORT, "other-app[bot]", "Bot");
  add(REPORT.replace("tenant=dev", "tenant=dev2"), "github-actions[bot]", "Bot");
  add(`Somebody quotes:\n${REPORT}`, "github-actions[bot]", "Bot");
  await postComment(commentInput(t, url, REPORT));
  await postComment(commentInput(t, url, `${REPORT}Once more.\n`));
  assert.equal(comments.length, 125);
  assert.equal(comments.at(-1)?.body, `${REPORT}Once more.\n`);
  assert.deepEqual(
    requests.filter((request) => !request.startsWith("GET")),
    ["POST /repos/acme/cxone/issues/7/comments", `PATCH /repos/acme/cxone/issues/comments/${comments.at(-1)?.id}`],
  );
  await postComment({ ...commentInput(t, url, `${REPORT}By the app.\n`), author: "other-app[bot]" });
  assert.equal(comments.at(121)?.body, `${REPORT}By the app.\n`);
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

it("the step that is cancelled ends its command softly, and says how that ended", async (t) => {
  const folder = makeFolder(t, { output: "" });
  const step = readAction().runs.steps.find(({ id }) => id === "run");
  writeFileSync(join(folder, "step.sh"), step?.run ?? "");
  // It would end by itself, so that nothing is left behind where no signal comes.
  const command = "trap 'kill $!; exit 4' TERM; echo ready; sleep 10 & wait $!";
  const programs = makePrograms(join(folder, "programs"), { "cxone-gitops": command });
  const env = {
    PATH: `${programs}:${process.env["PATH"]}`,
    GITHUB_ACTION_PATH: ACTION_FOLDER,
    GITHUB_OUTPUT: join(folder, "output"),
    INPUT_COMMAND: "reconcile",
  };
  const words = ["--noprofile", "--norc", "-eo", "pipefail", join(folder, "step.sh")];
  const child = spawn("bash", words, { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  child.kill("SIGTERM");
  assert.deepEqual(await once(child, "exit"), [4, null]);
  assert.equal(readFileSync(join(folder, "output"), "utf8"), "exit-code=4\n");
});

it("the installation runs no package's scripts, is done once in a job, and leaves the command on the PATH", async (t) => {
  const folder = makeFolder(t);
  // Stands before the machine's own, which would install into this very checkout.
  const programs = makePrograms(join(folder, "programs"), { npm: 'echo "$@" >> "$CALLS"' });
  const env = {
    GITHUB_ACTION_PATH: ACTION_FOLDER,
    RUNNER_TEMP: join(folder, "runner"),
    GITHUB_PATH: join(folder, "path"),
    CALLS: join(folder, "calls"),
  };
  const script =
    'bash "$GITHUB_ACTION_PATH/install.sh"; bash "$GITHUB_ACTION_PATH/install.sh"; "$(head -1 "$GITHUB_PATH")/cxone-gitops" -V';
  const { code, text } = await runBash(script, { cwd: folder, path: [programs], env });
  assert.equal(code, 0, text);
  assert.match(text, /^\d+\.\d+\.\d+\n$/);
  assert.match(readFileSync(env.CALLS, "utf8"), /^ci --prefix \S+ --omit=dev --ignore-scripts --no-audit --no-fund\n$/);
});
