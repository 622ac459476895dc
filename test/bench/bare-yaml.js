// What validating is measured against: the same files, read and parsed by js-yaml, and nothing else.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";

const [, , folder = ""] = process.argv;
let documents = 0;
for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
  if (!name.endsWith(".yaml")) continue;
  load(readFileSync(join(folder, name), "utf8"));
  documents += 1;
}
process.stdout.write(`${documents}\n`);
