import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import type { TestContext } from "node:test";
import type { TrailLine } from "../../src/audit/chain.ts";
import { openTrail, type TrailOptions } from "../../src/audit/file-store.ts";
import type { TrailWarning } from "../../src/audit/warnings.ts";
import type { TrailRecord } from "../../src/engine/ports.ts";
import { GitopsError } from "../../src/errors.ts";
import { digestOf } from "../../src/model/digest.ts";
import type { Json } from "../../src/model/json.ts";

/** The manifest that every record of this world names. Trails that are verified must keep it, as `makeTrail` does. */
export const MANIFEST: Json = { kind: "Flow", metadata: { name: "main-menu" }, spec: { name: "IVR Main Menü" } };

/** A valid intent; a test states only its difference. */
export function recordWith(difference: Partial<TrailRecord> = {}): TrailRecord {
  return {
    type: "intent",
    time: "2025-03-01T10:00:00.000Z",
    run: "run-1",
    tenant: "dev",
    actor: "alice",
    commit: "0123456789abcdef",
    pullRequest: null,
    kind: "Flow",
    name: "main-menu",
    id: "ivr_main_menu_v2",
    document: { type: "flow", id: "ivr_main_menu_v2" },
    action: "update",
    manifest: digestOf(MANIFEST),
    image: null,
    restores: null,
    before: { version: 3, digest: "sha256:before" },
    after: { version: null, digest: "sha256:after" },
    patch: [{ op: "replace", path: "/name", value: "IVR Main Menü" }],
    live: { "/name": "IVR Main Menu" },
    idempotencyKey: "key-1",
    attempts: 0,
    conflicts: 0,
    latency_ms: null,
    outcome: null,
    error: null,
    ...difference,
  };
}

/** The outcome that belongs to `recordWith(difference)`. */
export function outcomeWith(difference: Partial<TrailRecord> = {}): TrailRecord {
  return recordWith({ type: "outcome", attempts: 1, latency_ms: 12, outcome: "done", ...difference });
}

export function manyRecords(count: number): readonly TrailRecord[] {
  return Array.from({ length: count }, (_, index) =>
    recordWith({ name: `menu-${index + 1}`, idempotencyKey: `k${index}` }),
  );
}

/** A folder of its own that is gone after the test. */
export async function makeTempFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "trail-"));
  t.after(async () => {
    await chmod(folder, 0o700);
    await rm(folder, { recursive: true, force: true });
  });
  return folder;
}

export interface TestTrail {
  readonly file: string;
  readonly warnings: TrailWarning[];
  /** Keeps the manifest of this world, then appends. */
  append(records: readonly TrailRecord[]): Promise<void>;
  keep(document: Json): Promise<string>;
  lines(): Promise<string[]>;
  /** Puts lines in the file's place, each with its newline. */
  overwrite(lines: readonly string[]): Promise<void>;
}

/** A trail in a folder of its own with so many entries. */
export async function makeTrail(
  t: TestContext,
  entries = 0,
  options: Pick<TrailOptions, "signingKey"> = {},
): Promise<TestTrail> {
  const file = join(await makeTempFolder(t), "audit.jsonl");
  const warnings: TrailWarning[] = [];
  const trail = openTrail({ ...options, file, onWarning: (warning) => warnings.push(warning) });
  let kept: Promise<string> | undefined;
  const append = async (records: readonly TrailRecord[]) => {
    if (records.length === 0) return trail.append(records);
    kept ??= trail.keep(MANIFEST);
    await kept;
    await trail.append(records);
  };
  await append(manyRecords(entries));
  return {
    file,
    warnings,
    keep: (document) => trail.keep(document),
    append,
    lines: async () => (await readFile(file, "utf8")).split("\n").slice(0, -1),
    overwrite: (lines) => writeFile(file, lines.map((line) => `${line}\n`).join("")),
  };
}

/** For assert.rejects: one of our errors with this code, a hint, and words in its message. */
export function failsWith(code: string, ...words: readonly string[]) {
  return (error: unknown): boolean => {
    if (!(error instanceof GitopsError) || error.code !== code) throw error;
    for (const word of words) if (!error.message.includes(word)) throw error;
    return error.hint !== undefined;
  };
}

/** The lock text of a process on this host, by default one whose lease has long to go. */
export function abandonedLockText(pid: number, difference: Record<string, string> = {}): string {
  const expires = new Date(Date.now() + 3_600_000).toISOString();
  const startedAt = new Date().toISOString();
  return JSON.stringify({ pid, host: hostname(), startedAt, expires, nonce: randomUUID(), ...difference });
}

/** A process of this project's test folder, with its standard input open. */
export function startChild(script: string, args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [join(import.meta.dirname, script), ...args]);
}

/** Resolves with the exit code (null when a signal ended it) and what it said on standard error. */
export async function waitForExit(
  child: ChildProcessWithoutNullStreams,
): Promise<{ code: number | null; stderr: string }> {
  const [stderr, [code]] = await Promise.all([readText(child.stderr), once(child, "close"), child.stdout.resume()]);
  return { code: typeof code === "number" ? code : null, stderr };
}

/** The id of a process that is no more. */
export async function findDeadPid(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""], { stdio: "pipe" });
  await once(child, "close");
  return child.pid ?? 0;
}

const NOBODY = 65_534;

/** A disk of its own, small enough to be filled; undefined where mounting is not allowed. */
export async function mountSmallDisk(t: TestContext): Promise<string | undefined> {
  let mounted: string | undefined;
  // Registered before the folder's own removal, because it must come first.
  t.after(() => mounted !== undefined && execFileSync("umount", [mounted]));
  const folder = join(await makeTempFolder(t), "disk");
  await mkdir(folder);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=128k", "tmpfs", folder], { stdio: "pipe" });
  } catch {
    t.skip("mounting a small disk is not allowed here");
    return undefined;
  }
  mounted = folder;
  return folder;
}

/** Root may write everywhere, so what is about permissions is done as somebody else. */
export async function asOrdinaryUser(action: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return action();
  process.seteuid?.(NOBODY);
  try {
    await action();
  } finally {
    process.seteuid?.(0);
  }
}

/** Text as the file reader would hand it over. */
export function linesOf(text: string): TrailLine[] {
  const parts = text.split("\n");
  const torn = parts.pop() ?? "";
  const lines: TrailLine[] = parts.map((part, index) => ({ number: index + 1, text: part, ending: "newline" }));
  return torn === "" ? lines : [...lines, { number: lines.length + 1, text: torn, ending: "missing" }];
}
