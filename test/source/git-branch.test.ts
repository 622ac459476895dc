import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { test } from "node:test";
import { describeRevision } from "../../src/source/git/git.ts";
import { describePush, openRemote, reasonOf } from "../../src/source/git/git-branch-remote.ts";
import { branchIn, makeRemote } from "../audit/git-world.ts";
import { git, makeFolder, makeRepository, writeFiles } from "../helpers/temp-folder.ts";

test("what git said of a push is one of: somebody was first, refused for good, or nobody knows", () => {
  const line = (what: string) => `To https://example.com/t.git\n!\tabc:refs/heads/cxone-audit\t${what}\nDone\n`;
  const cases: readonly (readonly [text: string, result: string, reason?: RegExp])[] = [
    [line("[rejected] (stale info)"), "moved"],
    [line("[rejected] (fetch first)"), "moved"],
    [line("[remote rejected] (cannot lock ref 'refs/heads/cxone-audit': is at 1 but expected 2)"), "failed"],
    [line("[remote rejected] (failed to update ref)"), "failed"],
    [
      `${line("[remote rejected] (protected branch hook declined)")}remote: error: GH006: Protected branch update failed\n`,
      "refused",
      /^protected branch hook declined; GH006: Protected branch update failed$/,
    ],
    ["fatal: unable to access 'https://bot:planted-token@example.com/t.git/': 403\n", "failed", /403$/],
    [
      "Enumerating objects: 3, done.\rWriting objects: 100% (3/3)\nfatal: the remote end hung up\n",
      "failed",
      /^the remote end/,
    ],
    ["", "failed", /git said nothing/],
  ];
  for (const [text, result, reason] of cases) {
    const push = describePush(new Error(text));
    assert.equal(push.result, result, text);
    const said = "reason" in push ? push.reason : "";
    if (reason !== undefined) assert.match(said, reason);
    assert.doesNotMatch(said, /planted-token/);
  }
});

test("a reason is the telling line, without credentials, and no longer than a line should be", () => {
  const text =
    "Cloning\nfatal: unable to access 'https://x-access-token:planted@example.com/t.git/': could not resolve\n";
  assert.equal(reasonOf(new Error(text)), "unable to access 'https://(secret)@example.com/t.git/': could not resolve");
  assert.ok(reasonOf(new Error(`error: ${"x".repeat(5_000)}`)).length < 400);
});

test("a push lands only on exactly what was expected, also where it would be a plain step forward", async (t) => {
  const remote = makeRemote(t);
  const folder = remote.clone();
  const branch = branchIn(folder);
  assert.equal(await branch.fetch(), null, "a branch that is not there is no failure");
  const from = `${makeFolder(t, { a: "one\n" })}/a`;
  const commitOn = async (parent: string | null, message: string) =>
    (await branch.commit({ parent, message, files: [{ path: "a", from }] })).commit;
  const first = await commitOn(null, "first");
  const second = await commitOn(first, "second\nwith two lines");
  assert.deepEqual(await branch.push(second, first), { result: "moved" }, "there is none yet");
  assert.deepEqual(await branch.push(first, null), { result: "pushed" });
  assert.deepEqual(await branch.push(await commitOn(second, "third"), second), { result: "moved" });
  assert.deepEqual(await branch.push(second, first), { result: "pushed" });
  assert.equal(await branch.fetch(), second);
  assert.deepEqual([await branch.descends(second, first), await branch.descends(first, second)], [true, false]);
  const [file, ...others] = await branch.list(second);
  assert.deepEqual([file?.path, file?.size, others], ["a", 4, []]);
  assert.equal(String((await branch.read(file === undefined ? [] : [file]))[0]), "one\n");
});

test("git that talks to a remote gets what git needs from the environment, and nothing of ours", async (t) => {
  const remote = makeRemote(t);
  const folder = remote.clone();
  const seen = `${makeFolder(t)}/environment`;
  writeFiles(folder, { "ssh.sh": `env > ${seen}\nexec git-upload-pack ${remote.url}\n` });
  git(folder, "remote", "set-url", "origin", "ssh://git@example.com/trail.git");
  const given = {
    GIT_SSH_COMMAND: `sh ${folder}/ssh.sh`,
    https_proxy: "http://127.0.0.1:9",
    CXONE_CLIENT_SECRET: "planted",
  };
  for (const [name, value] of Object.entries(given)) process.env[name] = value;
  t.after(() => {
    for (const name of Object.keys(given)) delete process.env[name];
  });
  assert.equal(await branchIn(folder).fetch(), null);
  const environment = readFileSync(seen, "utf8");
  assert.match(environment, /^https_proxy=/m);
  assert.doesNotMatch(environment, /planted/);
});

test("a login reaches the host that it is for, and no error and no argument of a process holds it", async (t) => {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization);
    response.writeHead(404).end();
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  t.after(() => server.close());
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const remote = `http://bot:planted-token@127.0.0.1:${port}/t.git`;
  assert.equal(openRemote(remote).address, `http://127.0.0.1:${port}/t.git`, "what git gets as an argument");
  const branch = branchIn(makeFolder(t), { remote });
  assert.equal(branch.name, `"cxone-audit" of http://127.0.0.1:${port}/t.git`);
  await assert.rejects(branch.fetch(), (thrown: Error) => {
    assert.match(thrown.message, /not found/);
    assert.doesNotMatch(JSON.stringify(thrown) + thrown.message + thrown.stack, /planted-token/);
    return true;
  });
  assert.equal(Buffer.from(asked[0]?.replace("Basic ", "") ?? "", "base64").toString(), "bot:planted-token");
});

test("what we keep ourselves does not make the manifests differ from their commit", async (t) => {
  const root = makeRepository(t, { "a.yaml": "a: 1" });
  writeFiles(root, { ".cxone-gitops/audit.jsonl": "{}", "tenant/.cxone-gitops/x": "" });
  assert.equal((await describeRevision(root))?.dirty, false);
  writeFiles(root, { "tenant/b.yaml": "b" });
  assert.equal((await describeRevision(root))?.dirty, true);
});
