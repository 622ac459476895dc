import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  type Stats,
  unlinkSync,
  utimesSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { systemCodeOf } from "../../errors.ts";
import { RUN_KINDS, type RunKind } from "./shares.ts";

/** A run that was here, as its file tells. */
export interface NeighbourFile {
  readonly path: string;
  readonly kind: RunKind;
  /** When it last said that it is there, milliseconds since 1970. */
  readonly seenAt: number;
  /** True when its process is known to have ended. */
  readonly isDead: boolean;
}

/** More files than any machine has runs are somebody's mischief, or nobody's who cleans up. */
const MOST_FILES = 1_000;
/** `DIGEST.writes.HOST.PID.NONCE`: all that there is to say, so that no file is ever opened for reading. */
const NAME = /^([0-9a-f]{24})\.([a-z]+)\.([0-9a-f]{8})\.(\d{1,10})\.[0-9a-f]{16}$/;

/** Where the runs of one user of this machine find each other. */
export function neighbourFolder(env: Readonly<Record<string, string | undefined>>): string {
  const runtime = env["XDG_RUNTIME_DIR"] ?? "";
  return isAbsolute(runtime)
    ? join(runtime, "cxone-gitops")
    : join(tmpdir(), `cxone-gitops-${process.getuid?.() ?? ""}`);
}

/** What runs that share a quota have in common, without saying it. */
export function digestOfQuota(baseUrl: string, clientId: string): string {
  return digest(JSON.stringify([baseUrl, clientId])).slice(0, 24);
}

/** A name that no other run has. */
export function nameNeighbour(quota: string, kind: RunKind): string {
  return `${quota}.${kind}.${thisHost()}.${process.pid}.${randomBytes(8).toString("hex")}`;
}

/**
 * Makes the folder, or makes sure that it is ours alone: who else could write into it could slow every run down. Throws when it is not, and
 * the system's errors.
 */
export function openFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (systemCodeOf(error) !== "EEXIST") throw error;
  }
  const found = lstatSync(folder);
  const isOpen = process.getuid !== undefined && (found.mode & 0o077) !== 0;
  if (!found.isDirectory() || !isOurs(found) || isOpen) throw new Error("the folder is not this user's alone");
}

/** Says at `now` that the run is there. True when the file had to be made. */
export function touch(path: string, now: number): boolean {
  try {
    utimesSync(path, now / 1000, now / 1000);
    return false;
  } catch (error) {
    if (systemCodeOf(error) !== "ENOENT") throw error;
  }
  closeSync(openSync(path, "wx", 0o600));
  utimesSync(path, now / 1000, now / 1000);
  return true;
}

export function move(from: string, to: string): void {
  renameSync(from, to);
}

/** Takes a file away; that it is gone or may not be touched is no trouble. */
export function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Whoever finds it later sees from its age that nobody is there.
  }
}

/** Every run that has left a file about this quota. */
export function listNeighbours(folder: string, quota: string): readonly NeighbourFile[] {
  const names = readdirSync(folder).filter((name) => name.startsWith(quota));
  return names.slice(0, MOST_FILES).flatMap((name) => {
    const [, , word, host, pid] = NAME.exec(name) ?? [];
    const kind = RUN_KINDS.find((one) => one === word);
    const path = join(folder, name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (kind === undefined || found === undefined || !found.isFile() || !isOurs(found)) return [];
    return [{ path, kind, seenAt: found.mtimeMs, isDead: host === thisHost() && !isAlive(Number(pid)) }];
  });
}

function isOurs({ uid }: Stats): boolean {
  return process.getuid === undefined || uid === process.getuid();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) !== "ESRCH";
  }
}

function thisHost(): string {
  return digest(hostname()).slice(0, 8);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
