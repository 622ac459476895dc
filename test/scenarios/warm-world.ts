/** A tenant whose documents one run has read already, and the requests of the next. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { CacheReport } from "../../src/cxone/events.ts";
import type { EmulatorOptions } from "../../src/emulator/server.ts";
import { flowNamed } from "../helpers/manifests.ts";
import { type EmulatedWorld, openEmulatedWorld } from "../helpers/world.ts";

export const NAMES: readonly string[] = Array.from({ length: 6 }, (_, index) => `flow-${index}`);

export interface WarmWorld extends EmulatedWorld {
  /** Runs a command, and returns which GETs it sent: `flows` for a page of the list, otherwise the document's id; in order of their names. */
  asks(...args: readonly string[]): Promise<readonly string[]>;
  /** As `asks`, for a plan: what it says, and what the cache had to do with it. */
  planned(...flags: readonly string[]): Promise<WarmPlan>;
  readonly cacheFolder: string;
  /** The cache of the one tenant. */
  cacheFile(): string;
  cached(): string;
}

export interface WarmPlan {
  readonly asked: readonly string[];
  /** The plan as it is printed, without what it cost. */
  readonly plan: string;
  readonly cache: CacheReport | null;
  /** In back-offs and pauses. */
  readonly waitedMs: number;
}

/** The manifests are applied, by somebody whose trail is not here: what was just written would be asked for whatever is known. */
export async function openWarmWorld(
  t: TestContext,
  manifests: Readonly<Record<string, string>> = flowsNamed(NAMES),
  options: EmulatorOptions = {},
  env: Readonly<Record<string, string>> = {},
): Promise<WarmWorld> {
  const world = await openEmulatedWorld(t, manifests, options, env);
  await world.apply();
  const state = join(world.folder, ".cxone-gitops");
  rmSync(state, { recursive: true });
  const cacheFolder = join(state, "cache");
  const asks = async (...args: readonly string[]) => {
    world.emulator.clearLog();
    const ran = await world.run(...args);
    assert.notEqual(ran.code, 1, ran.stdout + ran.stderr);
    return readsOf(world);
  };
  const cacheFile = () => {
    const [file = "none", ...others] = readdirSync(cacheFolder).filter((name) => name.endsWith(".jsonl"));
    assert.deepEqual(others, []);
    return join(cacheFolder, file);
  };
  return {
    ...world,
    asks,
    async planned(...flags) {
      world.emulator.clearLog();
      const { stdout, code } = await world.run("plan", "--output", "json", ...flags);
      assert.equal(code, 0, stdout);
      const { requests, ...plan } = JSON.parse(stdout);
      return { asked: readsOf(world), plan: JSON.stringify(plan), cache: requests.cache, waitedMs: requests.waitedMs };
    },
    cacheFolder,
    cacheFile,
    cached: () => (existsSync(cacheFolder) ? readFileSync(cacheFile(), "utf8") : ""),
  };
}

export function flowsNamed(names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [`${name}.yaml`, flowNamed(name)]));
}

function readsOf({ emulator }: EmulatedWorld): readonly string[] {
  const reads = emulator.log().filter(({ method }) => method === "GET");
  return reads.map(({ path }) => path.slice(path.lastIndexOf("/") + 1)).toSorted();
}
