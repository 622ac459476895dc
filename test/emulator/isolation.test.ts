import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";

const FOLDER = new URL("../../src/emulator/", import.meta.url);
const ALLOWED = /^(\.\/[a-z-]+\.ts|node:.+|fastify|@fastify\/formbody|js-yaml|zod)$/;

test("the emulator imports nothing from the rest of src: what it shared with the client it could not test", async () => {
  for (const file of await readdir(FOLDER)) {
    const text = await readFile(new URL(file, FOLDER), "utf8");
    for (const [, from] of text.matchAll(/\bfrom "([^"]+)"/g)) assert.match(from ?? "", ALLOWED, file);
  }
});
