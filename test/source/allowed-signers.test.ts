import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { GitopsError } from "../../src/errors.ts";
import { withoutExpired } from "../../src/source/git/allowed-signers.ts";
import { verifySignature } from "../../src/source/git/git-signature.ts";
import { makeKey } from "../helpers/remote.ts";
import { git, makeFolder, makeRepository } from "../helpers/temp-folder.ts";

test("a key that has expired signs no more, also not a commit that is dated back; a line without an end still counts", async (t) => {
  const key = makeKey(t);
  const line = key.allow("release@example.com");
  const expired = line.replace('"git"', '"git",valid-before="20200701Z"');
  const folder = makeFolder(t, {
    expired,
    both: `${expired}# kept\n${line}`,
    other: `${expired}${line.replace("release", "ann")}`,
  });
  const root = makeRepository(t, { "m/a.yaml": "one" });
  const date = "2020-06-01T00:00:00Z";
  execFileSync(
    "git",
    ["-c", "gpg.format=ssh", "-c", `user.signingkey=${key.file}`, "commit", "-q", "--allow-empty", "-S", "-m", "x"],
    {
      cwd: root,
      env: { PATH: process.env["PATH"], HOME: root, GIT_COMMITTER_DATE: date, GIT_AUTHOR_DATE: date },
    },
  );
  const commit = git(root, "rev-parse", "HEAD");
  const verify = (file: string) => verifySignature({ standing: root, commit, allowedSigners: join(folder, file) });
  for (const file of ["expired", "other"]) {
    await assert.rejects(verify(file), (thrown: unknown) => {
      assert.ok(thrown instanceof GitopsError);
      assert.equal(thrown.code, "git/unsigned");
      assert.match(thrown.message, /not allowed today \(SHA256:.*whatever date/);
      return true;
    });
  }
  assert.equal((await verify("both")).signer, "release@example.com");
});

test("lines are in force by their limits; one that cannot be read is not", () => {
  const now = Date.UTC(2026, 10, 21, 12);
  const key = "ssh-ed25519 AAAA ann";
  const cases: readonly (readonly [options: string, isInForce: boolean])[] = [
    ["", true],
    ['namespaces="git"', true],
    ['valid-before="20261122Z"', true],
    ['valid-before="20261121Z"', false],
    ['valid-before="202611211201Z"', true],
    ['valid-before="20261121115959UTC"', false],
    ['valid-before="20261130"', true],
    ['valid-after="20261122Z"', false],
    ['valid-after="20200101",valid-before="20300101"', true],
    ['valid-after="20200101",Valid-Before="20210101",namespaces="git"', false],
    ['valid-before="soon"', false],
    ["valid-before=20300101", false],
    ['valid-before="20300101', false],
  ];
  for (const [options, isInForce] of cases) {
    const line = `ann@example.com ${options} ${key}`;
    assert.equal(withoutExpired(`${line}\n`, now), isInForce ? undefined : "", options);
  }
  assert.equal(withoutExpired('# valid-before="20200101" would be a limit\n', now), undefined);
});
