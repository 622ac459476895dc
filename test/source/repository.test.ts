/** Following a remote repository: what comes, what never runs, and who signed it. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { GitopsError } from "../../src/errors.ts";
import { readCommit } from "../../src/source/git/git.ts";
import { verifySignature } from "../../src/source/git/git-signature.ts";
import { followBranch } from "../../src/source/git/repository.ts";
import { parseRepositoryUrl } from "../../src/source/git/repository-url.ts";
import { makeKey, makeRemote } from "../helpers/remote.ts";
import { git, makeFolder, writeFiles } from "../helpers/temp-folder.ts";

const failsAs = (code: string, message: RegExp) => (thrown: unknown) => {
  assert.ok(thrown instanceof GitopsError);
  assert.equal(thrown.code, code);
  assert.match(thrown.message, message);
  assert.ok(thrown.hint);
  return true;
};

/** Follows the branch `main` of an address into a folder of its own. */
function follower(t: TestContext, address: string) {
  const clones = join(makeFolder(t), "kept", "clones");
  const from = parseRepositoryUrl(address, "/");
  return { clones, follow: (branch = "main") => followBranch({ from, branch, clones }) };
}

async function textsOf(commit: string, standing: { readonly gitDir: string }): Promise<readonly string[]> {
  const { files } = await readCommit({ standing, commit, rev: "main", path: "m" });
  return files.map(({ file, text }) => `${file}=${text}`);
}

/** Sets a variable of this process for one test. */
function setVariable(t: TestContext, name: string, value: string): void {
  const before = process.env[name];
  t.after(() => {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  });
  process.env[name] = value;
}

describe("a branch that is followed", () => {
  it("is read as it is now, from a path as from a file URL, and only its last commit comes at first", async (t) => {
    const remote = makeRemote(t, { "m/a.yaml": "one", "other/b.yaml": "no" });
    const second = remote.push({ "m/a.yaml": "two" });
    git(remote.work, "tag", "v1");
    git(remote.work, "push", "-q", "origin", "v1", "main:other");
    const { clones, follow } = follower(t, `file://${remote.path}`);

    const first = await follow();
    assert.deepEqual(
      { ...first, standing: null },
      { commit: second, before: null, isRewritten: false, standing: null },
    );
    assert.deepEqual(await textsOf(first.commit, first.standing), ["main:m/a.yaml=two"]);
    const clone = first.standing.gitDir;
    assert.equal(git(clone, "rev-list", "--count", second), "1");
    assert.deepEqual(
      git(clone, "for-each-ref", "--format=%(objectname)").split("\n"),
      [second],
      "and nothing else of it",
    );
    assert.deepEqual(
      [clones, clone].map((folder) => statSync(folder).mode & 0o777),
      [0o700, 0o700],
    );
    assert.ok(!existsSync(join(clone, "m")), "nothing is checked out");

    assert.equal((await follow()).commit, second, "again, and nothing is new");
    const third = remote.push({ "m/b.yaml": "three" });
    const next = await follow();
    assert.deepEqual([next.commit, next.before, next.isRewritten], [third, second, false]);
    assert.deepEqual(await textsOf(third, next.standing), ["main:m/a.yaml=two", "main:m/b.yaml=three"]);

    const plain = follower(t, remote.path);
    assert.equal((await plain.follow()).commit, third);
  });

  it("is followed through a forced push, and says so; also back to where it was before", async (t) => {
    const remote = makeRemote(t, { "m/a.yaml": "one" });
    const first = git(remote.work, "rev-parse", "HEAD");
    const second = remote.push({ "m/a.yaml": "two" });
    const { follow } = follower(t, remote.path);
    await follow();
    const rewritten = remote.forcePush({ "m/a.yaml": "other" });
    const next = await follow();
    assert.deepEqual([next.commit, next.before, next.isRewritten], [rewritten, second, true]);
    assert.deepEqual(await textsOf(rewritten, next.standing), ["main:m/a.yaml=other"]);
    git(remote.work, "push", "-q", "--force", "origin", `${first}:main`);
    const back = await follow();
    assert.deepEqual([back.commit, back.isRewritten], [first, true]);
  });

  it("may be another one each time, also one whose name begins with the other's", async (t) => {
    const remote = makeRemote(t, { "m/a.yaml": "one" });
    git(remote.work, "push", "-q", "origin", "main:release");
    const { follow } = follower(t, remote.path);
    await follow("release");
    git(remote.work, "push", "-q", "origin", ":release", "main:release/2");
    assert.equal((await follow("release/2")).before, null);
  });

  it("that is not there is an error, and so is a remote that is not; what was fetched before is not taken instead", async (t) => {
    const remote = makeRemote(t, { "m/a.yaml": "one" });
    const { follow } = follower(t, remote.path);
    await follow();
    await assert.rejects(
      follow("nope"),
      failsAs("git/unavailable", /fetch the branch "nope" of .*couldn't find remote ref/),
    );
    git(remote.work, "push", "-q", "origin", "main:kept");
    git(remote.path, "symbolic-ref", "HEAD", "refs/heads/kept");
    git(remote.work, "push", "-q", "origin", ":main");
    await assert.rejects(follow(), failsAs("git/unavailable", /couldn't find remote ref/));
    const gone = follower(t, join(remote.path, "no-such"));
    await assert.rejects(gone.follow(), failsAs("git/unavailable", /does not appear to be a git repository/));
    for (const odd of ["--upload-pack=x", "a..b", "a b", "/a", "a/", "a.lock", "a:b", "@{u}"]) {
      await assert.rejects(follow(odd), failsAs("usage", /is not the name of a branch/), odd);
    }
  });

  it("runs nothing of the repository: no hook, no filter, no template of the user's", async (t) => {
    const mark = join(makeFolder(t), "ran");
    const script = `#!/bin/sh\necho "$0" >> "${mark}"\n`;
    const home = makeFolder(t, {
      ".gitconfig": `[init]\n\ttemplateDir = ~/template\n[filter "evil"]\n\tsmudge = ~/evil.sh\n`,
      "evil.sh": script,
      "template/hooks/post-checkout": script,
      "template/hooks/reference-transaction": script,
    });
    for (const name of ["evil.sh", "template/hooks/post-checkout", "template/hooks/reference-transaction"]) {
      chmodSync(join(home, name), 0o755);
    }
    setVariable(t, "HOME", home);
    const remote = makeRemote(t, { "m/a.yaml": "one", ".gitattributes": "*.yaml filter=evil\n" });
    writeFiles(remote.path, { "hooks/post-update": script, "hooks/reference-transaction": script });
    const { follow } = follower(t, remote.path);
    const { commit, standing } = await follow();
    remote.push({ "m/a.yaml": "two" });
    await follow();
    assert.deepEqual(await textsOf(commit, standing), ["main:m/a.yaml=one"]);
    assert.ok(!existsSync(mark), existsSync(mark) ? readFileSync(mark, "utf8") : "");
  });

  it("goes on after a git that was killed: locks and broken references are no obstacle for long", async (t) => {
    const remote = makeRemote(t, { "m/a.yaml": "one" });
    const { clones, follow } = follower(t, remote.path);
    const { standing } = await follow();
    writeFileSync(join(standing.gitDir, "shallow.lock"), "");
    const [ref = ""] = git(standing.gitDir, "for-each-ref", "--format=%(refname)").split("\n");
    writeFileSync(join(standing.gitDir, `${ref}.lock`), "");
    const second = remote.push({ "m/a.yaml": "two" });
    assert.equal((await follow()).commit, second);
    assert.equal(readdirSync(clones).length, 1, "the broken one is gone");
  });

  it("is followed by several runs at once, from the first fetch on", async (t) => {
    const remote = makeRemote(t, { "m/a.yaml": "one" });
    const { clones, follow } = follower(t, remote.path);
    for (const text of ["two", "three"]) {
      const commit = remote.push({ "m/a.yaml": text });
      const followed = await Promise.all([follow(), follow(), follow()]);
      assert.deepEqual(
        followed.map((one) => one.commit),
        [commit, commit, commit],
      );
    }
    assert.equal(readdirSync(clones).length, 1);
  });

  it("comes by ssh with the command of GIT_SSH_COMMAND, which is asked for the repository's path and nothing else", async (t) => {
    const remote = makeRemote(t, { "m/a.yaml": "one" });
    const folder = makeFolder(t);
    const ssh = join(folder, "ssh");
    const log = join(folder, "asked");
    // As ssh would on the other side: the last argument is the command to run there.
    writeFileSync(ssh, `#!/bin/sh\necho "$@" >> "${log}"\nfor last; do :; done\neval "$last"\n`, { mode: 0o755 });
    setVariable(t, "GIT_SSH_COMMAND", `${ssh} -oMark=1`);
    setVariable(t, "CXONE_CLIENT_SECRET", "planted-secret");
    for (const address of [`ssh://git@example.test${remote.path}`, `git@example.test:${remote.path}`]) {
      const { commit } = await follower(t, address).follow();
      assert.equal(commit, git(remote.work, "rev-parse", "HEAD"));
    }
    for (const line of readFileSync(log, "utf8").trim().split("\n")) {
      assert.match(line, /^-oMark=1 .*git@example\.test git-upload-pack '\S+'$/);
    }
  });
});

describe("an address of a repository", () => {
  const taken: readonly (readonly [text: string, transport: string, url: string])[] = [
    ["https://example.test/a.git", "https", "https://example.test/a.git"],
    ["ssh://git@example.test:2222/a.git", "ssh", "ssh://git@example.test:2222/a.git"],
    ["git@example.test:acme/flows.git", "ssh", "git@example.test:acme/flows.git"],
    ["http://127.0.0.1:8080/a", "http", "http://127.0.0.1:8080/a"],
    ["file:///srv/a.git", "file", "file:///srv/a.git"],
    ["../a.git", "file", "/work/a.git"],
    ["./host:path", "file", "/work/here/host:path"],
  ];
  for (const [text, transport, url] of taken) {
    it(`${text} is taken`, () => {
      const read = parseRepositoryUrl(text, "/work/here");
      assert.deepEqual([read.transport, read.url, read.display, read.login], [transport, url, url, undefined]);
    });
  }

  const refused: readonly (readonly [text: string, reason: RegExp])[] = [
    ["-uevil", /no address/],
    ["--upload-pack=evil", /no address/],
    ["a\nb", /no address/],
    ["ext::sh -c evil", /transport helpers/],
    ["http::https://example.test/a", /transport helpers/],
    ["http://example.test/a", /protects nothing/],
    ["git://example.test/a", /protects nothing/],
    ["ftp://example.test/a", /protects nothing/],
    ["ssh://-oProxyCommand=evil/a", /no host is called so|cannot be read/],
    ["ssh://git:hunter2hunter2@example.test/a", /no password/],
    ["https://", /cannot be read/],
  ];
  for (const [text, reason] of refused) {
    it(`${JSON.stringify(text)} is refused`, () => {
      assert.throws(() => parseRepositoryUrl(text, "/work"), failsAs("usage", reason));
    });
  }

  it("keeps a token that stands where a user would be as secret as a password, and leaves names to the helpers", () => {
    const tokens = [
      "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
      "glpat-x",
      "tmnhrkq7w2c4pzv5xj3l6yd8sbfge",
      "aBcDeFgHiJkLmNoPqRsTuV",
    ];
    for (const token of tokens) {
      const { url, display, login } = parseRepositoryUrl(`https://${token}@example.test/a.git`, "/");
      assert.deepEqual([url, display], ["https://example.test/a.git", "https://example.test/a.git"]);
      assert.deepEqual(login, { user: token, password: "" });
    }
    for (const name of ["bot", "acme", "anna.schmidt.2%40example.com", "a-rather-long-organisation"]) {
      const address = `https://${name}@example.test/a.git`;
      const { url, login } = parseRepositoryUrl(address, "/");
      assert.deepEqual([url, login], [address, undefined]);
    }
  });

  it("keeps its password out of what is shown and out of git's arguments", () => {
    const { url, display, login } = parseRepositoryUrl("https://bot:p%40ss@example.test/a.git", "/");
    assert.deepEqual([url, display], ["https://example.test/a.git", "https://example.test/a.git"]);
    assert.deepEqual(login, { user: "bot", password: "p@ss" });
  });
});

describe("the signature of a commit", () => {
  it("is good when an allowed key made it, and by that key's principal", async (t) => {
    const [ann, stranger] = [makeKey(t), makeKey(t)];
    const remote = makeRemote(t, { "m/a.yaml": "one" });
    const unsigned = git(remote.work, "rev-parse", "HEAD");
    const byAnn = remote.push({ "m/a.yaml": "two" }, ann);
    const byStranger = remote.push({ "m/a.yaml": "three" }, stranger);
    const allowedSigners = join(makeFolder(t, { signers: ann.allow("ann@example.com") }), "signers");
    const verify = (commit: string, signers: string | undefined = allowedSigners) =>
      verifySignature({ standing: remote.work, commit, allowedSigners: signers });

    const { signer, key } = await verify(byAnn);
    assert.equal(signer, "ann@example.com");
    assert.match(key, /^SHA256:/);
    await assert.rejects(verify(unsigned), failsAs("git/unsigned", /is not signed/));
    await assert.rejects(verify(byStranger), failsAs("git/unsigned", /a key that is not allowed \(SHA256:/));
    const nobody = { standing: remote.work, commit: byAnn, allowedSigners: undefined };
    await assert.rejects(verifySignature(nobody), failsAs("git/unsigned", /not allowed/));

    const forged = git(remote.work, "cat-file", "commit", byAnn).replace(/\nsigned$/, "\nforged");
    writeFiles(remote.work, { forged: `${forged}\n` });
    const forgedId = git(remote.work, "hash-object", "-t", "commit", "-w", "forged");
    await assert.rejects(verify(forgedId), failsAs("git/unsigned", /does not fit it/));
  });

  const hasGpg = spawnSync("gpg", ["--version"]).status === 0;
  it("of OpenPGP is good when the keyring trusts the key, not when it only holds it", { skip: !hasGpg }, async (t) => {
    const homes: string[] = [];
    // Before the folders are removed: afterwards nobody finds the agents.
    t.after(() => homes.map((home) => spawnSync("gpgconf", ["--homedir", home, "--kill", "all"])));
    const [own, other] = [makeFolder(t), makeFolder(t)];
    homes.push(own, other);
    const gpg = (home: string, args: readonly string[], input = "") =>
      execFileSync("gpg", ["--homedir", home, "--batch", "--quiet", ...args], {
        input,
        stdio: ["pipe", "pipe", "ignore"],
      });
    for (const home of [own, other]) chmodSync(home, 0o700);
    gpg(own, ["--passphrase", "", "--quick-generate-key", "Ann <ann@example.com>", "ed25519", "sign"]);
    const remote = makeRemote(t, { "m/a.yaml": "one" });
    const signing = ["-c", "user.signingkey=ann@example.com", "-c", `gpg.program=${join(own, "gpg")}`];
    writeFileSync(join(own, "gpg"), `#!/bin/sh\nexec gpg --homedir "${own}" "$@"\n`, { mode: 0o755 });
    git(remote.work, ...signing, "commit", "-q", "--allow-empty", "-S", "-m", "signed");
    const commit = git(remote.work, "rev-parse", "HEAD");
    const verify = (home: string) => {
      setVariable(t, "GNUPGHOME", home);
      return verifySignature({ standing: remote.work, commit, allowedSigners: undefined });
    };
    assert.equal((await verify(own)).signer, "Ann <ann@example.com>");
    await assert.rejects(verify(other), failsAs("git/unsigned", /a key that is not allowed/));
    gpg(other, ["--import"], gpg(own, ["--export", "--armor"]).toString());
    await assert.rejects(verify(other), failsAs("git/unsigned", /a key that is not allowed/));
  });

  it("is judged by our own programs and file, whatever the repository's configuration and `git replace` say", async (t) => {
    const [ann, stranger] = [makeKey(t), makeKey(t)];
    const remote = makeRemote(t, { "m/a.yaml": "one" });
    const good = remote.push({ "m/a.yaml": "two" }, ann);
    const bad = remote.push({ "m/a.yaml": "three" }, stranger);
    const folder = makeFolder(t, {
      signers: ann.allow("ann@example.com"),
      theirs: stranger.allow("ann@example.com"),
      says: `#!/bin/sh\necho 'Good "git" signature for ann@example.com with ED25519 key SHA256:x'\n`,
    });
    chmodSync(join(folder, "says"), 0o755);
    git(remote.work, "config", "gpg.ssh.allowedSignersFile", join(folder, "theirs"));
    git(remote.work, "config", "gpg.ssh.program", join(folder, "says"));
    git(remote.work, "replace", bad, good);
    const allowedSigners = join(folder, "signers");
    const verify = (commit: string) => verifySignature({ standing: remote.work, commit, allowedSigners });
    await assert.rejects(verify(bad), failsAs("git/unsigned", /not allowed/));
    assert.equal((await verify(good)).signer, "ann@example.com");
    const { files } = await readCommit({ standing: remote.work, commit: bad, rev: "bad", path: "m" });
    assert.equal(files[0]?.text, "three", "what is verified is what is read");
  });
});
