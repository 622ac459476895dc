import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { keptFolderOf, readKept } from "../../src/audit/kept.ts";
import { verifyTrail } from "../../src/audit/verify.ts";
import { git, makeFolder, makeRepository, writeFiles } from "../helpers/temp-folder.ts";
import { BRANCH, branchIn, makeRemote, type Remote, trailIn, withPush } from "./git-world.ts";
import { failsWith, manyRecords, outcomeWith, recordWith } from "./world.ts";

const SEEN = `refs/cxone-gitops/audit/${BRANCH}`;
const named = (name: string) => recordWith({ name });

async function entriesOf(file: string): Promise<number | string> {
  const verdict = await verifyTrail(file);
  return verdict.ok ? verdict.entries : verdict.message;
}

/** Somebody with a work tree of the branch does something to it and, if it is still there, pushes by force. */
function tamper(remote: Remote, edit: (folder: string) => void): void {
  const folder = remote.clone("--branch", BRANCH);
  git(folder, "config", "user.name", "Mallory");
  git(folder, "config", "user.email", "mallory@example.com");
  edit(folder);
  const isThere = git(remote.url, "branch", "--list", BRANCH) !== "";
  if (isThere) git(folder, "push", "-q", "--force", "origin", `HEAD:refs/heads/${BRANCH}`);
}

function beginAnew(folder: string): void {
  git(folder, "checkout", "-q", "--orphan", "other");
  git(folder, "commit", "-q", "-m", "the same files, without their history");
}

describe("an append to a trail on a branch", () => {
  it("returns when the remote has it: another machine reads, verifies and continues it", async (t) => {
    const remote = makeRemote(t);
    const first = trailIn(remote.clone());
    const image = await first.keep({ name: "before" });
    await first.append([{ ...named("a"), image }, outcomeWith({ name: "a" })]);

    const second = trailIn(remote.clone("--depth=1"));
    assert.equal(second.names(), null);
    await second.sync();
    assert.equal(await entriesOf(second.file), 2);
    assert.deepEqual(await readKept(second.file, image), { name: "before" });
    await second.append([named("b")]);
    await first.sync();
    assert.deepEqual(first.names(), ["a", "a", "b"]);
    assert.deepEqual(readFileSync(first.file), readFileSync(second.file));

    for (const name of [
      second.file,
      `${second.file}.head`,
      join(keptFolderOf(second.file), `${image.slice(7)}.json`),
    ]) {
      assert.equal(statSync(name).mode & 0o777, 0o600, name);
    }
    assert.equal(statSync(dirname(second.file)).mode & 0o777, 0o700);
    const [name, email] = git(remote.url, "log", "-1", "--format=%an%n%ae", BRANCH).split("\n");
    assert.deepEqual([name, email], ["cxone-gitops", "cxone-gitops@localhost"]);
  });

  it("by two machines at once loses nothing: both become one chain, each in its own order", async (t) => {
    const remote = makeRemote(t);
    const machines = [trailIn(remote.clone()), trailIn(remote.clone("--depth=1"))];
    const runs = machines.map(async (trail, index) => {
      for (let round = 1; round <= 4; round += 1)
        await trail.append([recordWith({ run: `r${index}`, name: `n${round}` })]);
    });
    await Promise.all(runs);
    const fresh = trailIn(remote.clone());
    await fresh.sync();
    assert.equal(await entriesOf(fresh.file), 8);
    const entries: { run: string; name: string }[] = readFileSync(fresh.file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    for (const run of ["r0", "r1"]) {
      const names = entries.filter((entry) => entry.run === run).map(({ name }) => name);
      assert.deepEqual(names, ["n1", "n2", "n3", "n4"], run);
    }
  });

  it("beside another one of the same checkout waits its turn", async (t) => {
    const remote = makeRemote(t);
    const folder = remote.clone();
    const [one, other] = [trailIn(folder), trailIn(folder)];
    await Promise.all([one.append([named("a")]), other.append([named("b")])]);
    await one.append([named("c")]);
    assert.deepEqual(one.names()?.toSorted(), ["a", "b", "c"]);
    assert.equal(await entriesOf(one.file), 3);
  });

  it("that waits for another process ends with the stop, and one that has lost its lock pushes nothing", async (t) => {
    const remote = makeRemote(t);
    const folder = remote.clone();
    let pushes = 0;
    const trail = trailIn(folder, {
      wrap: (branch) => ({
        ...withPush(branch, (commit, expected) => {
          pushes += 1;
          return branch.push(commit, expected);
        }),
        async seen() {
          // Somebody takes the lock away while the copy is brought up to date.
          for (const name of readdirSync(dirname(trail.file))) {
            if (name.endsWith(".branch")) writeFileSync(join(dirname(trail.file), name), "somebody else's");
          }
          return branch.seen();
        },
      }),
    });
    await assert.rejects(trail.append([named("a")]), failsWith("audit/locked", "was lost before"));
    assert.equal(pushes, 0);

    const stop = new AbortController();
    const waiting = trailIn(folder, { stop: stop.signal });
    const appended = assert.rejects(waiting.append([named("b")]), failsWith("audit/locked", "another process"));
    stop.abort();
    await appended;
  });

  it("goes with others that come while a push is under way, and one that cannot be recorded fails alone", async (t) => {
    const remote = makeRemote(t);
    const trail = trailIn(remote.clone());
    await trail.sync();
    const appends = manyRecords(30).map((record, index) =>
      trail.append([index === 7 ? { ...record, attempts: -1 } : record]),
    );
    const settled = await Promise.allSettled(appends);
    assert.deepEqual(
      settled.flatMap(({ status }, index) => (status === "rejected" ? [index] : [])),
      [7],
    );
    assert.equal(await entriesOf(trail.file), 29);
    assert.ok(remote.commits() <= 3, `${remote.commits()} pushes`);
  });

  it("that comes second is chained behind what came first", async (t) => {
    const remote = makeRemote(t);
    const rival = trailIn(remote.clone());
    let collisions = 2;
    const trail = trailIn(remote.clone(), {
      wrap: (branch) =>
        withPush(branch, async (commit, expected) => {
          if (collisions > 0) await rival.append([named(`rival-${collisions}`)]);
          collisions -= 1;
          return branch.push(commit, expected);
        }),
    });
    await trail.append([named("ours")]);
    assert.deepEqual(trail.names(), ["rival-2", "rival-1", "ours"]);
    assert.equal(await entriesOf(trail.file), 3);
  });

  it("gives up when others always come first, and leaves nothing of its own", async (t) => {
    const remote = makeRemote(t);
    const rival = trailIn(remote.clone());
    const trail = trailIn(remote.clone(), {
      patienceMs: 0,
      wrap: (branch) =>
        withPush(branch, async (commit, expected) => {
          await rival.append([named("rival")]);
          return branch.push(commit, expected);
        }),
    });
    await assert.rejects(trail.append([named("ours")]), failsWith("audit/unwritable", "came first 1 times", BRANCH));
    assert.deepEqual(trail.names(), ["rival"]);
  });

  it("signs the head with the key, which every machine can check, and a machine without it is refused", async (t) => {
    const { privateKey: signingKey, publicKey: verifyKey } = generateKeyPairSync("ed25519");
    const remote = makeRemote(t);
    await trailIn(remote.clone(), { signingKey }).append([named("a")]);
    const other = trailIn(remote.clone());
    await other.sync();
    const verdict = await verifyTrail(other.file, { verifyKey });
    assert.ok(verdict.ok && verdict.isSignatureChecked);
    await assert.rejects(other.append([named("b")]), failsWith("audit/unwritable", "no key to sign"));
    assert.equal(remote.commits(), 1);
  });
});

describe("when the remote", () => {
  it("cannot be reached, nothing is appended here, and the next append goes on as if nothing had been", async (t) => {
    const remote = makeRemote(t);
    const trail = trailIn(remote.clone());
    await trail.append([named("a")]);
    renameSync(remote.url, `${remote.url}.away`);
    await assert.rejects(trail.append([named("b")]), failsWith("audit/unwritable", "cannot be reached", BRANCH));
    await assert.rejects(trail.sync(), failsWith("audit/unwritable", "cannot be reached"));
    assert.deepEqual(trail.names(), ["a"]);
    renameSync(`${remote.url}.away`, remote.url);
    await trail.append([named("c")]);
    assert.deepEqual(trail.names(), ["a", "c"]);
    assert.equal(await entriesOf(trail.file), 2);
  });

  it("takes a push and its answer is lost, the entry is there once", async (t) => {
    const remote = makeRemote(t);
    const rival = trailIn(remote.clone());
    const losing = (isFollowed: boolean) => {
      let pushes = 0;
      return trailIn(remote.clone(), {
        wrap: (branch) =>
          withPush(branch, async (commit, expected) => {
            pushes += 1;
            const push = await branch.push(commit, expected);
            if (pushes > 1) return push;
            if (isFollowed) await rival.append([named("rival")]);
            return { result: "failed", reason: "the remote end hung up unexpectedly" };
          }),
      });
    };
    await losing(false).append([named("first")]);
    const second = losing(true);
    await second.append([named("second")]);
    assert.deepEqual(second.names(), ["first", "second", "rival"]);
    assert.equal(await entriesOf(second.file), 3);
  });

  it("refuses, that is said at once, in its own words", async (t) => {
    const remote = makeRemote(t);
    const trail = trailIn(remote.clone());
    await trail.append([named("a")]);
    writeFileSync(
      join(remote.url, "hooks/pre-receive"),
      "#!/bin/sh\necho 'this branch wants a pull request'\nexit 1\n",
    );
    chmodSync(join(remote.url, "hooks/pre-receive"), 0o755);
    const words = ["does not accept", "pre-receive hook declined", "this branch wants a pull request"];
    await assert.rejects(trail.append([named("b")]), failsWith("audit/unwritable", ...words));
    assert.deepEqual(trail.names(), ["a"]);
  });
});

describe("a branch that was changed behind the trail's back", () => {
  it("stops everything, however it was changed, until what was seen is put back", async (t) => {
    const remote = makeRemote(t);
    const folder = remote.clone();
    const trail = trailIn(folder);
    await trail.append([named("a")]);
    await trail.append([named("b")]);
    const seen = git(folder, "rev-parse", SEEN);
    const tamperings: readonly (readonly [words: string, edit: (work: string) => void])[] = [
      ["was rewritten", (work) => git(work, "reset", "-q", "--hard", "HEAD~1")],
      ["was rewritten", beginAnew],
      [
        "no longer begins with the entries that it had",
        (work) => {
          git(work, "checkout", "-q", "HEAD~1", "--", "audit.jsonl", "audit.jsonl.head");
          git(work, "commit", "-q", "-m", "forget");
        },
      ],
      ["is gone from the remote", () => git(remote.url, "update-ref", "-d", `refs/heads/${BRANCH}`)],
    ];
    for (const [words, edit] of tamperings) {
      tamper(remote, edit);
      await assert.rejects(trail.sync(), failsWith("audit/broken", words, seen));
      await assert.rejects(trailIn(folder).append([named("c")]), failsWith("audit/broken", words));
      assert.deepEqual(trail.names(), ["a", "b"], "what was seen is still here");
      git(folder, "push", "-q", "--force", "origin", `${SEEN}:refs/heads/${BRANCH}`);
    }
    await trail.append([named("c")]);
    assert.equal(await entriesOf(trail.file), 3);
  });

  it("is taken as it is when somebody accepts it", async (t) => {
    const remote = makeRemote(t);
    const folder = remote.clone();
    await trailIn(folder).append([named("a")]);
    tamper(remote, beginAnew);
    await assert.rejects(trailIn(folder).sync(), failsWith("audit/broken", "was rewritten"));
    git(folder, "update-ref", "-d", SEEN);
    const trail = trailIn(folder);
    await trail.append([named("b")]);
    assert.deepEqual(trail.names(), ["a", "b"]);
  });
});

describe("the repository that the trail's branch is in", () => {
  it("runs no hook, signs nothing, and its attributes and line endings change no byte", async (t) => {
    const remote = makeRemote(t);
    const folder = remote.clone();
    for (const hook of ["pre-push", "reference-transaction", "post-commit", "post-checkout", "pre-auto-gc"]) {
      writeFiles(folder, { [`.git/hooks/${hook}`]: `#!/bin/sh\ntouch ${folder}/ran-${hook}\nexit 1\n` });
      chmodSync(join(folder, ".git/hooks", hook), 0o755);
    }
    writeFiles(folder, { ".git/info/attributes": "* text eol=crlf ident filter=odd\n" });
    for (const [key, value] of [
      ["core.autocrlf", "true"],
      ["filter.odd.clean", `touch ${folder}/ran-filter`],
      ["filter.odd.smudge", `touch ${folder}/ran-filter`],
      ["commit.gpgSign", "true"],
      ["push.gpgSign", "true"],
      ["gpg.program", `${folder}/no-such-gpg`],
    ] as const) {
      git(folder, "config", key, value);
    }
    const trail = trailIn(folder);
    await trail.append([named("a $Id$")]);
    await trailIn(remote.clone()).append([named("b")]);
    await trail.sync();
    assert.equal(await entriesOf(trail.file), 2);
    assert.ok(!readFileSync(trail.file, "utf8").includes("\r"));
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith("ran-")),
      [],
    );
  });

  it("stays as deep as it was, on its branch, with its index, and gets no work tree", async (t) => {
    const remote = makeRemote(t);
    await trailIn(remote.clone()).append([named("a")]);
    await trailIn(remote.clone()).append([named("b")]);
    const deep = remote.clone();
    const shallow = remote.clone("--depth=1");
    for (const folder of [deep, shallow]) {
      const head = readFileSync(join(folder, ".git/HEAD"), "utf8");
      const index = readFileSync(join(folder, ".git/index"));
      await trailIn(folder).append([named("c")]);
      assert.equal(git(folder, "rev-parse", "--is-shallow-repository"), String(folder === shallow));
      assert.equal(readFileSync(join(folder, ".git/HEAD"), "utf8"), head);
      assert.deepEqual(readFileSync(join(folder, ".git/index")), index);
      assert.equal(git(folder, "worktree", "list").split("\n").length, 1);
      assert.equal(git(folder, "fsck", "--no-dangling", "--connectivity-only"), "");
    }
    assert.equal(git(shallow, "rev-list", "--count", SEEN), "2", "one commit of history, and ours");
  });

  it("may keep other things on the branch, and the trail in a folder of it", async (t) => {
    const remote = makeRemote(t);
    const desk = makeRepository(t, {
      "README.md": "the trail\n",
      "audit/notes.md": "ours\n",
      "audit.jsonl": "no trail\n",
    });
    git(desk, "push", "-q", `file://${remote.url}`, `HEAD:refs/heads/${BRANCH}`);
    const folder = remote.clone();
    const file = join(folder, ".cxone-gitops/audit-git/x/audit/audit.jsonl");
    const trail = trailIn(folder, { file, branch: branchIn(folder, { folder: "audit" }) });
    await trail.append([named("a")]);
    assert.equal(await entriesOf(file), 1);
    const listing = git(remote.url, "ls-tree", "-r", "--name-only", BRANCH).split("\n");
    assert.deepEqual(
      listing.filter((name) => !name.includes(".objects/")),
      ["README.md", "audit.jsonl", "audit/audit.jsonl", "audit/audit.jsonl.head", "audit/notes.md"],
    );
    assert.ok(!existsSync(join(dirname(file), "notes.md")), "what is not the trail's gets no place here");
  });

  it("need not be there: a URL is enough, and a repository of its own is made beside the copy", async (t) => {
    const remote = makeRemote(t);
    const folder = makeFolder(t);
    const branch = () => branchIn(folder, { remote: `file://${remote.url}` });
    await trailIn(folder, { branch: branch() }).append([named("a")]);
    const again = trailIn(folder, { branch: branch() });
    await again.append([named("b")]);
    assert.deepEqual(again.names(), ["a", "b"]);
    await assert.rejects(trailIn(folder).sync(), failsWith("config/invalid", "origin", "in no git repository"));
  });
});

describe("the copy of the trail on this disk", () => {
  it("is made anew when it is gone, and put right when somebody edits it, and no edit of it is ever pushed", async (t) => {
    const remote = makeRemote(t);
    const folder = remote.clone();
    const trail = trailIn(folder);
    await trail.append([named("a")]);
    rmSync(join(folder, ".cxone-gitops"), { recursive: true });
    await trailIn(folder).sync();
    assert.equal(await entriesOf(trail.file), 1);

    writeFileSync(trail.file, readFileSync(trail.file, "utf8").replace("alice", "mallory"));
    await trail.append([named("b")]);
    assert.equal(await entriesOf(trail.file), 2);
    assert.match(git(remote.url, "show", `${BRANCH}:audit.jsonl`), /"actor":"alice".*\n.*"name":"b"/);

    rmSync(`${trail.file}.head`);
    mkdirSync(join(dirname(trail.file), ".next"), { recursive: true });
    writeFiles(dirname(trail.file), { ".next/audit.jsonl": "what a killed run left\n" });
    await trailIn(folder).append([named("c")]);
    assert.equal(await entriesOf(trail.file), 3);
  });
});
