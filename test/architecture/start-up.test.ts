/** What is shipped: that it needs nothing beside it, and that no command loads what it does not use. No clock is asked: the bundle tells. */
import assert from "node:assert/strict";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import type { Metafile } from "esbuild";
import { bundleCommand } from "../../build/bundle.ts";
import { writeNotices } from "../../build/notices.ts";
import { runFile } from "../helpers/command.ts";
import { makeFolder } from "../helpers/temp-folder.ts";
import { ROOT } from "../pipelines/workflow.ts";

const OFFLINE = ["validate", "test", "graph", "audit", "init", "completion", "emulator"];
const ALL = [...OFFLINE, "plan", "apply", "reconcile-command", "restore", "import", "diff", "demo"];
const WITHOUT_GIT = ["validate", "test", "graph", "audit", "completion", "emulator", "plan", "import", "diff"];

/** Which commands must start without a library. What one of them needs now and then, it asks for then. */
const NOT_LOADED_BY: Readonly<Record<string, readonly string[]>> = {
  got: OFFLINE,
  "simple-git": WITHOUT_GIT,
  "fast-json-patch": OFFLINE.filter((command) => command !== "graph"),
  fastify: ALL.filter((command) => command !== "emulator" && command !== "demo"),
  "@dagrejs/dagre": ALL.filter((command) => command !== "graph"),
  diff: ALL.filter((command) => command !== "import"),
  "prom-client": ALL,
  "pino-pretty": ALL,
  standardwebhooks: ALL,
  graphology: ["audit", "init", "completion", "emulator"],
  zod: ["completion"],
};

it("no command loads a library before it needs it", async (t) => {
  const metafile = await bundleCommand({ root: ROOT, into: join(makeFolder(t), "dist") });
  const line = "src/cli/program.ts";
  assert.deepEqual([...librariesOf(metafile, line)], ["commander"], "the command line itself");
  const loadedBy = new Map(ALL.map((command) => [command, librariesOf(metafile, `src/cli/${command}.ts`)]));
  const bundled = new Set(Object.keys(metafile.inputs).flatMap((input) => libraryIn(input) ?? []));
  for (const [library, commands] of Object.entries(NOT_LOADED_BY)) {
    assert.ok(bundled.has(library), `nobody uses ${library}`);
    const wrong = commands.filter((command) => loadedBy.get(command)?.has(library) !== false);
    assert.deepEqual(wrong, [], library);
  }
});

/** The libraries that are loaded before the first line of an entry runs: what is imported later is another entry. */
function librariesOf({ outputs }: Metafile, entry: string): ReadonlySet<string> {
  const start = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === entry);
  assert.ok(start !== undefined, `${entry} is no entry of the bundle`);
  const waiting = [start];
  const seen = new Set(waiting);
  const libraries = new Set<string>();
  for (const path of waiting) {
    const { imports = [], inputs = {} } = outputs[path] ?? {};
    for (const input of Object.keys(inputs)) {
      const library = libraryIn(input);
      if (library !== undefined && (inputs[input]?.bytesInOutput ?? 0) > 0) libraries.add(library);
    }
    for (const { path: next, kind, external } of imports) {
      if (kind !== "import-statement" || external === true || seen.has(next)) continue;
      seen.add(next);
      waiting.push(next);
    }
  }
  return libraries;
}

function libraryIn(input: string): string | undefined {
  return /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}

it("the package runs the whole story with nothing installed beside it, and holds the licences of what is in it", async (t) => {
  const folder = makeFolder(t);
  const { files }: { readonly files: readonly string[] } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  for (const file of [...files, "package.json"]) {
    if (file !== "dist") cpSync(join(ROOT, file), join(folder, file), { recursive: true });
  }
  const { inputs } = await bundleCommand({ root: ROOT, into: join(folder, "dist") });
  const { code, stdout, stderr } = await runFile(join(folder, "src/cli/start.js"), ["demo"], { cwd: makeFolder(t) });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /That is all of it/);
  const notices = readFileSync(join(folder, "dist/THIRD-PARTY-NOTICES.txt"), "utf8");
  for (const library of new Set(Object.keys(inputs).flatMap((input) => libraryIn(input) ?? [])))
    assert.ok(notices.includes(`\n${library} `), `the licence of ${library} is missing`);
  assert.match(notices, /\ngot \d+\.\d+\.\d+ \(MIT\)\n-+\n\nMIT License/);
});

it("a library that names no licence is not shipped", (t) => {
  const manifest = (license: object) => JSON.stringify({ name: "some-lib", version: "1.0.0", ...license });
  const of = (license: object) =>
    makeFolder(t, { "node_modules/some-lib/package.json": manifest(license), "node_modules/some-lib/NOTICE": "Hello" });
  const input = ["src/cli/plan.ts", "node_modules/some-lib/lib/index.js"];
  assert.match(writeNotices(of({ license: "ISC" }), input), /\nsome-lib 1\.0\.0 \(ISC\)\n-+\n\nHello\n/);
  assert.throws(() => writeNotices(of({}), input), /some-lib names no licence/);
});
