/** Manifest files are written whole, inside their folder, and never over what nobody has read. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { GitopsError } from "../../src/errors.ts";
import { type FileChange, writeManifestFiles } from "../../src/source/manifest-files.ts";
import { makeFolder } from "../helpers/temp-folder.ts";

const added = (file: string): FileChange => ({ file, before: null, after: "new: é\n" });
const edited = (file: string): FileChange => ({ file, before: "old\n", after: "new\n" });

const write = (cwd: string, changes: readonly FileChange[]) =>
  writeManifestFiles(changes, { folder: "manifests", cwd });

describe("manifest files", () => {
  it("are made with the folders above them, and edited with the mode that they have; no draft is left", async (t) => {
    const cwd = makeFolder(t, { "manifests/a.yaml": "old\n" });
    await write(cwd, [edited("manifests/a.yaml"), added("manifests/x/y/b.yaml")]);
    assert.equal(readFileSync(join(cwd, "manifests/a.yaml"), "utf8"), "new\n");
    assert.equal(readFileSync(join(cwd, "manifests/x/y/b.yaml"), "utf8"), "new: é\n");
    assert.equal(statSync(join(cwd, "manifests/x/y/b.yaml")).mode & 0o777, 0o644 & ~process.umask());
    assert.deepEqual(readdirSync(join(cwd, "manifests/x/y")), ["b.yaml"]);
  });

  it("are made where the manifests folder is not there yet", async (t) => {
    const cwd = makeFolder(t);
    await write(cwd, [added("manifests/b.yaml")]);
    assert.ok(existsSync(join(cwd, "manifests/b.yaml")));
  });

  const refusals: readonly (readonly [string, FileChange, RegExp])[] = [
    [
      "was edited since",
      { ...edited("manifests/a.yaml"), before: "older\n" },
      /a.yaml" cannot be written: it was edited since it was read/,
    ],
    ["is gone", edited("manifests/gone.yaml"), /it is gone since it was read/],
    ["has appeared", added("manifests/a.yaml"), /a file of this name has appeared meanwhile/],
    ["is a link", edited("manifests/link.yaml"), /it is a link: edit the file that it leads to/],
    ["is a link to nothing", added("manifests/dangling.yaml"), /a file of this name has appeared meanwhile/],
    ["is behind a link", added("manifests/linked/b.yaml"), /a part of its path is a link, or no folder/],
    ["is behind a file", added("manifests/a.yaml/b.yaml"), /a part of its path is a link, or no folder/],
    ["is outside", added("manifests/../b.yaml"), /it is not in the manifests folder/],
    ["is the folder", added("manifests"), /it is not in the manifests folder/],
  ];
  for (const [what, change, says] of refusals) {
    it(`are not written at all when one ${what}`, async (t) => {
      const cwd = makeFolder(t, { "manifests/a.yaml": "old\n", "elsewhere/c.yaml": "old\n" });
      symlinkSync(join(cwd, "elsewhere/c.yaml"), join(cwd, "manifests/link.yaml"));
      symlinkSync(join(cwd, "elsewhere/none.yaml"), join(cwd, "manifests/dangling.yaml"));
      symlinkSync(join(cwd, "elsewhere"), join(cwd, "manifests/linked"));
      await assert.rejects(write(cwd, [added("manifests/new.yaml"), change]), (thrown) => {
        return thrown instanceof GitopsError && thrown.code === "import/unwritable" && says.test(thrown.message);
      });
      assert.ok(!existsSync(join(cwd, "manifests/new.yaml")));
      assert.deepEqual(readdirSync(join(cwd, "elsewhere")), ["c.yaml"]);
      assert.equal(readFileSync(join(cwd, "elsewhere/c.yaml"), "utf8"), "old\n");
    });
  }

  it("say which file a system's refusal is about", async (t) => {
    const cwd = makeFolder(t);
    writeFileSync(join(cwd, "manifests"), "a file");
    await assert.rejects(write(cwd, [added("manifests/a.yaml")]), /"manifests\/a.yaml" cannot be (read or )?written/);
  });
});
