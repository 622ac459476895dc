import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";
import { commitFiles } from "../../src/source/git/git-branch-objects.ts";
import { packLooseObjects } from "../../src/source/git/git-tidy.ts";
import { git, makeFolder, writeFiles } from "../helpers/temp-folder.ts";

test("versions of a file that grows are packed once they are many bytes, and nothing of them is lost", async (t) => {
  const folder = makeFolder(t);
  const gitDir = join(folder, "own.git");
  git(folder, "init", "-q", "--bare", gitDir);
  const ref = "refs/cxone-gitops/audit/x";
  const from = join(folder, "trail");
  let text = randomBytes(100_000).toString("base64");
  let parent: string | null = null;
  for (let version = 0; version < 8; version += 1) {
    text += `${randomBytes(60).toString("base64")}\n`;
    writeFiles(folder, { trail: text });
    const files = [{ path: "audit.jsonl", from }];
    ({ commit: parent } = await commitFiles({ gitDir }, { parent, message: "x", folder: "", files, ref }));
  }
  const sizes = () => {
    const counted = git(gitDir, "count-objects", "-v");
    return ["size", "size-pack"].map((name) => Number(new RegExp(`^${name}: (\\d+)$`, "m").exec(counted)?.[1]));
  };
  const [before = 0] = sizes();
  assert.ok(before > 700, "each version is there as a whole");
  await packLooseObjects({ gitDir });
  assert.deepEqual(sizes(), [before, 0], "so little is left alone");
  await packLooseObjects({ gitDir }, 500);
  const [loose, packed = before] = sizes();
  assert.equal(loose, 0);
  assert.ok(packed < before / 4, `${packed} of ${before} KiB`);
  assert.equal(git(gitDir, "rev-list", "--count", ref), "8");
  assert.equal(git(gitDir, "show", `${ref}:audit.jsonl`), text.trim());
});
