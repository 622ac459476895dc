/** Imports go one way, and each library has one room. The folders' order is the product's design; this keeps it true. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { it } from "node:test";
import { fileURLToPath } from "node:url";

const SRC = fileURLToPath(new URL("../../src", import.meta.url));

/** What each folder may import of ours, besides itself. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  "errors.ts": [],
  "make-folders.ts": [],
  "process-alive.ts": ["errors.ts"],
  model: [],
  conditions: ["model"],
  callpaths: ["model", "conditions"],
  kinds: ["model", "conditions", "callpaths"],
  source: ["errors.ts", "make-folders.ts", "model"],
  validate: ["errors.ts", "model", "callpaths", "kinds", "source"],
  engine: ["errors.ts", "model", "kinds"],
  cxone: ["errors.ts", "process-alive.ts", "model", "engine"],
  audit: ["errors.ts", "make-folders.ts", "process-alive.ts", "model", "engine"],
  render: ["errors.ts", "model", "callpaths", "engine", "audit"],
  notify: ["model", "engine", "cxone", "render"],
  config: ["errors.ts", "model", "source"],
  cache: ["errors.ts", "make-folders.ts", "model", "cxone"],
  emulator: [],
  cli: [
    "errors.ts",
    "make-folders.ts",
    "model",
    "conditions",
    "callpaths",
    "kinds",
    "source",
    "validate",
    "engine",
    "cxone",
    "cache",
    "audit",
    "render",
    "config",
    "notify",
    "emulator",
  ],
};

/** From these folders the engine's types may be imported, never its code. */
const TYPES_ONLY: readonly (readonly [from: string, of: string])[] = [
  ["cxone", "engine"],
  ["audit", "engine"],
  ["render", "engine"],
  ["render", "audit"],
  ["cache", "cxone"],
];

/** Libraries that only some files may know. */
const ROOMS: Readonly<Record<string, RegExp>> = {
  "js-yaml": /^(source\/yaml(-write|-manifest)?\.ts|emulator\/seed\.ts)$/,
  "prom-client": /^cli\/metrics\/instruments\.ts$/,
  standardwebhooks: /^notify\/sign\.ts$/,
  diff: /^render\/line-diff\.ts$/,
  "simple-git": /^source\/git\//,
  got: /^cxone\//,
  "@dagrejs/dagre": /^render\/graph\/layout\.ts$/,
  "fast-json-patch": /^engine\/diff\.ts$/,
  jsep: /^conditions\/parse\.ts$/,
  fastify: /^emulator\//,
  commander: /^cli\/(program\.ts|program\/[\w-]+\.ts|completion\/words\.ts|options\.ts)$/,
  pino: /^cli\//,
  "pino-pretty": /^cli\//,
  "node:fs": /^(source|audit|cli|emulator|cxone|config|cache)\//,
  "node:fs/promises": /^(make-folders\.ts$|(source|audit|cli|emulator|config|cache)\/)/,
  "node:child_process": /^$/,
};

interface Import {
  readonly file: string;
  readonly specifier: string;
  readonly isTypeOnly: boolean;
}

function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|js)$/.test(name))
    .map((name) => join(folder, name));
}

function importsOf(path: string): readonly Import[] {
  const text = readFileSync(path, "utf8");
  const file = relative(SRC, path);
  const pattern = /^(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|\bimport\("([^"]+)"\)/gms;
  return [...text.matchAll(pattern)].map(([, type, named, dynamic]) => ({
    file,
    specifier: named ?? dynamic ?? "",
    isTypeOnly: type !== undefined,
  }));
}

function folderOf(path: string): string {
  return path.split("/")[0] ?? "";
}

const IMPORTS = listFiles(SRC).flatMap(importsOf);

it("the walk sees the imports at all", () => {
  assert.ok(IMPORTS.length > 300);
  assert.ok(IMPORTS.some(({ file, specifier }) => file === "cli/program/changes.ts" && specifier === "../plan.ts"));
});

it("every folder is known here", () => {
  const folders = new Set(listFiles(SRC).map((path) => folderOf(relative(SRC, path))));
  assert.deepEqual([...folders].toSorted(), Object.keys(ALLOWED).toSorted());
});

it("no folder imports from one that it must not know", () => {
  const wrong = IMPORTS.filter(({ specifier }) => specifier.startsWith(".")).flatMap(
    ({ file, specifier, isTypeOnly }) => {
      const from = folderOf(file);
      const of = folderOf(relative(SRC, resolve(SRC, dirname(file), specifier)));
      if (from === of) return [];
      const isAllowed = ALLOWED[from]?.includes(of) === true;
      const needsType = TYPES_ONLY.some(([a, b]) => a === from && b === of);
      return isAllowed && (!needsType || isTypeOnly) ? [] : [`${file} imports ${specifier}`];
    },
  );
  assert.deepEqual(wrong, []);
});

it("each library stays in its room", () => {
  const wrong = IMPORTS.filter(({ file, specifier }) => ROOMS[specifier]?.test(file) === false);
  assert.deepEqual(
    wrong.map(({ file, specifier }) => `${file} imports ${specifier}`),
    [],
  );
  for (const library of Object.keys(ROOMS)) {
    if (library !== "node:child_process")
      assert.ok(
        IMPORTS.some(({ specifier }) => specifier === library),
        `nobody uses ${library}`,
      );
  }
});

it("only the command line writes to stdout, and nobody exits the process", () => {
  const wrong = listFiles(SRC).flatMap((path) => {
    const file = relative(SRC, path);
    const text = readFileSync(path, "utf8").replace(/^\s*(\/\/|\*|\/\*).*$/gm, "");
    const writes = /process\.stdout|console\.(log|error|warn)/.test(text) && !/^cli\/start\.js$/.test(file);
    return writes || /process\.exit\(/.test(text) ? [file] : [];
  });
  assert.deepEqual(wrong, []);
});

it("the engine knows nothing of HTTP, versions' meaning, or particular kinds", () => {
  const wrong = listFiles(join(SRC, "engine")).flatMap((path) => {
    const code = readFileSync(path, "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    return /"(Flow|EmailNode|Workflow|Webhook|flow|workflow|webhook)"|https?:|\b(409|429)\b/.test(code)
      ? [relative(SRC, path)]
      : [];
  });
  assert.deepEqual(wrong, []);
});
