/** Folders that a configuration may name and no system makes: below /proc it says that what is above is missing, though it is there. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, it } from "node:test";
import { openTrail } from "../../src/audit/file-store.ts";
import { writePlace } from "../../src/cache/place.ts";
import { makeTop } from "../../src/cli/scaffold/place.ts";
import { makeFolders } from "../../src/make-folders.ts";
import { writeManifestFiles } from "../../src/source/manifest-files.ts";
import { MANIFEST } from "../audit/world.ts";

const HOPELESS = "/proc/no-such-folder/below";

describe("a folder that cannot be made", {
  skip: existsSync("/proc/self") ? false : "this system has no /proc",
}, () => {
  for (const [whose, make, says] of [
    ["anybody's", () => makeFolders(HOPELESS), /ENOENT/],
    ["the cache's", () => writePlace({ folder: HOPELESS, base: "/tmp", file: "a" }, ["a"]), /ENOENT/],
    ["the audit trail's", () => openTrail({ file: `${HOPELESS}/audit.jsonl` }).keep(MANIFEST), /could not be written/],
    ["that of manifests", () => writeManifestFiles([], { folder: HOPELESS, cwd: "/" }), /cannot be written|ENOENT/],
    ["that of a new project", () => makeTop(HOPELESS), /cannot be written/],
  ] as const) {
    it(`is an error and no endless attempt: ${whose}`, async () => {
      await assert.rejects(make(), (thrown) => thrown instanceof Error && says.test(thrown.message));
    });
  }
});
