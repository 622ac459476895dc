/**
 * Every test, with the command bundled first: the tests start it some thousand times, and most of what a start costs is looking for
 * files. A single test file runs without this, on the source as it is.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { COMPILE_CACHE } from "./helpers/command.ts";

const ROOT = join(import.meta.dirname, "..");
/** As deep below the checkout as the source is, for files are found by their place beside it. */
const BUNDLE = join(ROOT, ".bundle");

/** Some libraries are CommonJS, and ask for Node's own modules in a way that a bundle of ESM has to provide. */
const REQUIRE = `import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);`;

rmSync(BUNDLE, { recursive: true, force: true });
await build({
  absWorkingDir: ROOT,
  entryPoints: ["src/cli/program.ts"],
  outdir: join(BUNDLE, "cli"),
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node22",
  keepNames: true,
  banner: { js: REQUIRE },
  logLevel: "warning",
});
const start = readFileSync(join(ROOT, "src/cli/start.js"), "utf8").replace('"./program.ts"', '"./program.js"');
writeFileSync(join(BUNDLE, "cli/start.js"), start);
mkdirSync(join(BUNDLE, "emulator"));
copyFileSync(join(ROOT, "src/emulator/acme-seed.yaml"), join(BUNDLE, "emulator/acme-seed.yaml"));

const files = process.argv.length > 2 ? process.argv.slice(2) : ["test/**/*.test.ts"];
const { status } = spawnSync(process.execPath, ["--test", "--test-concurrency=3", ...files], {
  cwd: ROOT,
  stdio: "inherit",
  // Every file of tests is a process that loads much the same source: each after the first finds it compiled.
  env: { ...process.env, ...COMPILE_CACHE, CXONE_GITOPS_START: join(BUNDLE, "cli/start.js") },
});
rmSync(BUNDLE, { recursive: true, force: true });
process.exitCode = status ?? 1;
