/** Every guarantee names a test, and every test that it names is there. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { fileURLToPath } from "node:url";
import { readPage } from "./pages.ts";

const TESTS = fileURLToPath(new URL("..", import.meta.url));
const promises = readPage("guarantees.md")
  .split("\n")
  .filter((line) => /^\| .+\. \| /.test(line));

it("docs/guarantees.md: every promise names a test that holds it", () => {
  assert.ok(promises.length >= 30);
  const wishes = promises.filter((row) => !/ \| `[\w/-]+\.test\.ts`/.test(row));
  assert.deepEqual(wishes, []);
});

it("docs/guarantees.md: every test that is named is there", () => {
  for (const row of promises) {
    for (const [, file = "", titles = ""] of row.matchAll(/`([\w/-]+\.test\.ts)`((?:,? "[^"]+")*)/g)) {
      assert.ok(existsSync(join(TESTS, file)), file);
      const text = readFileSync(join(TESTS, file), "utf8");
      for (const [, title = ""] of titles.matchAll(/"([^"]+)"/g)) assert.ok(text.includes(title), `${file}: ${title}`);
    }
  }
});
