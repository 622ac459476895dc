/**
 * Every test, with the command bundled first: the tests start it some thousand times, and most of what a start costs is looking for
 * files. A single test file runs without this, on the source as it is.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleCommand } from "../build/bundle.ts";
import { COMPILE_CACHE } from "./helpers/command.ts";

const ROOT = join(import.meta.dirname, "..");
/** As deep below the checkout as the source is, for files are found by their place beside it. */
const BUNDLE = join(ROOT, ".bundle");

rmSync(BUNDLE, { recursive: true, force: true });
await bundleCommand({ root: ROOT, into: BUNDLE });
const start = readFileSync(join(ROOT, "src/cli/start.js"), "utf8").replace('"./program.ts"', '"./program.js"');
writeFileSync(join(BUNDLE, "cli/start.js"), start);

const files = process.argv.length > 2 ? process.argv.slice(2) : ["test/**/*.test.ts"];
const { status } = spawnSync(process.execPath, ["--test", "--test-concurrency=3", ...files], {
  cwd: ROOT,
  stdio: "inherit",
  // Every file of tests is a process that loads much the same source: each after the first finds it compiled.
  env: { ...process.env, ...COMPILE_CACHE, CXONE_GITOPS_START: join(BUNDLE, "cli/start.js") },
});
rmSync(BUNDLE, { recursive: true, force: true });
process.exitCode = status ?? 1;
