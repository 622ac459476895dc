/** A small valid world: a folder with a configuration and manifests, a tenant behind a socket, and the command between them. */
import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/emulator/server.ts";
import type { Plan } from "../../src/model/plan.ts";
import type { Ran } from "./command.ts";
import { runHere } from "./here.ts";
import { makeFolder, writeFiles } from "./temp-folder.ts";

export const CREDENTIALS = { CXONE_CLIENT_ID: "client-1234", CXONE_CLIENT_SECRET: "planted-client-secret" };

export interface World {
  readonly folder: string;
  /** What the command finds in its environment. */
  readonly env: Readonly<Record<string, string>>;
  write(files: Readonly<Record<string, string>>): void;
  /** Takes manifests away. */
  remove(...names: readonly string[]): void;
  /** Rewrites the configuration. */
  config(edit: (text: string) => string): void;
  run(...args: readonly string[]): Promise<Ran>;
  /** Runs `plan --output json`, whatever its exit code. */
  plan(): Promise<{ readonly code: number | null; readonly plan: Plan }>;
  /** Runs `apply --auto-approve` and asserts its exit code. */
  apply(code?: number): Promise<Ran>;
  trail(): readonly Readonly<Record<string, unknown>>[];
}

/** The configuration of a tenant behind a URL. Waits are short, because the tests' servers are near. */
export function configFor(url: string, more: string = ""): string {
  return `tenants:
  dev:
    org: acme-dev
    credentials: { clientId: "\${env:CXONE_CLIENT_ID}", clientSecret: "\${env:CXONE_CLIENT_SECRET}" }
    flows: { baseUrl: "${url}" }
    workflows: { baseUrl: "${url}" }
    retry: { baseMs: 1, capMs: 5 }
    consistencyWindowMs: 300
    limits: { requestsPerSecond: 1000, burst: 1000, concurrency: 8 }
${more}`;
}

export function openWorld(
  t: TestContext,
  url: string,
  manifests: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
): World {
  const folder = makeFolder(t, { "cxone-gitops.yaml": configFor(url), ...inManifests(manifests) });
  const env = { ...CREDENTIALS, ...more };
  const run = (...args: readonly string[]) => runHere(args, { cwd: folder, env });
  return {
    folder,
    env,
    run,
    write: (files) => writeFiles(folder, inManifests(files)),
    remove: (...names) => {
      for (const name of names) rmSync(join(folder, "manifests", name));
    },
    config: (edit) => writeFiles(folder, { "cxone-gitops.yaml": edit(configFor(url)) }),
    async plan() {
      const { code, stdout } = await run("plan", "--output", "json");
      return { code, plan: JSON.parse(stdout) };
    },
    async apply(code = 0) {
      const ran = await run("apply", "--auto-approve");
      assert.equal(ran.code, code, `${ran.stdout}\n${ran.stderr}`);
      return ran;
    },
    trail: () => readTrail(folder),
  };
}

export interface EmulatedWorld extends World {
  readonly emulator: Emulator;
  /** Writes that the tenant carried out, as `METHOD path`. */
  writes(): readonly string[];
}

export async function openEmulatedWorld(
  t: TestContext,
  manifests: Readonly<Record<string, string>>,
  options: EmulatorOptions = {},
  env: Readonly<Record<string, string>> = {},
): Promise<EmulatedWorld> {
  const emulator = await startEmulator(options);
  t.after(() => emulator.close());
  return {
    ...openWorld(t, emulator.url, manifests, env),
    emulator,
    writes: () =>
      emulator
        .log()
        .filter((entry) => entry.carriedOut)
        .map((entry) => `${entry.method} ${entry.path}`),
  };
}

function inManifests(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [join("manifests", name), text]));
}

function readTrail(folder: string): readonly Readonly<Record<string, unknown>>[] {
  const text = readFileSync(join(folder, ".cxone-gitops", "audit.jsonl"), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}
