/** Whoever may push to the trail's branch can add entries that chain. No run may take them for its own, and none may sign behind them. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { appendToChain } from "../../src/audit/chain.ts";
import { readHead, writeHead } from "../../src/audit/head-file.ts";
import { commitAll, git } from "../helpers/temp-folder.ts";
import { BRANCH, makeRemote, type Remote, trailIn, withPush } from "./git-world.ts";
import { failsWith, recordWith } from "./world.ts";

const named = (name: string) => recordWith({ name });

/** Adds an entry that chains, does something to the head file, and pushes both as one plain commit. */
async function forge(remote: Remote, edit: (file: string, end: { sequence: number; hash: string }) => unknown) {
  const folder = remote.clone("--branch", BRANCH);
  for (const name of ["user.name", "user.email"]) git(folder, "config", name, "mallory@example.com");
  const file = join(folder, "audit.jsonl");
  const head = await readHead(file);
  assert.ok(head);
  const forged = appendToChain({ sequence: head.sequence, hash: head.hash }, [named("forged")]);
  appendFileSync(file, forged.text);
  await edit(file, forged.head);
  commitAll(folder, "forged");
  git(folder, "push", "-q", "origin", BRANCH);
}

const forgeries: readonly (readonly [
  how: string,
  signed: boolean,
  words: string,
  edit: Parameters<typeof forge>[1],
])[] = [
  ["behind the head file's last one", false, "its head file does not name", () => {}],
  ["behind a signed head", true, "its head file does not name", () => {}],
  ["without a head file", false, "its head file does not name", (file) => rmSync(`${file}.head`)],
  ["with a head that nobody signed", true, "lost the signature", (file, end) => writeHead(file, end)],
];
for (const [how, signed, words, edit] of forgeries) {
  it(`an entry ${how} stops every reader and every append, on the machine that saw the branch before`, async (t) => {
    const { privateKey } = generateKeyPairSync("ed25519");
    const signingKey = signed ? privateKey : undefined;
    const remote = makeRemote(t);
    const folder = remote.clone();
    await trailIn(folder, { signingKey }).append([named("a")]);
    await forge(remote, edit);
    const forged = git(remote.url, "rev-parse", BRANCH);
    const trail = trailIn(folder, { signingKey });
    await assert.rejects(trail.sync(), failsWith("audit/broken", words, "Nothing was sent"));
    await assert.rejects(trail.append([named("b")]), failsWith("audit/broken", words));
    assert.deepEqual(trail.names(), ["a"]);
    if (words === "its head file does not name") {
      await assert.rejects(
        trailIn(remote.clone(), { signingKey }).append([named("b")]),
        failsWith("audit/broken", words),
      );
    }
    assert.equal(git(remote.url, "rev-parse", BRANCH), forged, "nothing was pushed behind it");
  });
}

it("an entry that comes while a run writes, under another key, is not signed over", async (t) => {
  const [ours, theirs] = [generateKeyPairSync("ed25519").privateKey, generateKeyPairSync("ed25519").privateKey];
  const remote = makeRemote(t);
  const rival = () => forge(remote, (file, end) => writeHead(file, end, theirs));
  let pushes = 0;
  const trail = trailIn(remote.clone(), {
    signingKey: ours,
    wrap: (branch) =>
      withPush(branch, async (commit, expected) => {
        pushes += 1;
        if (pushes === 2) await rival();
        return branch.push(commit, expected);
      }),
  });
  await trail.append([named("a")]);
  await assert.rejects(trail.append([named("b")]), failsWith("audit/broken", "signed by key"));
  assert.equal(pushes, 2, "nothing is pushed behind it");
});
