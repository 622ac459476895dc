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
import { isProcessAlive } from "../../process-alive.ts";
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

/** What a run that has ended had used of the quota. */
export interface UsedFile {
  readonly path: string;
  /** When that will be there again, milliseconds since 1970. */
  readonly wholeAt: number;
}

/** Stands in a name where that of a run which is there has what it does. */
const USED = "used";
/** More files than any machine has runs are somebody's mischief, or nobody's who cleans up. */
const MOST_FILES = 1_000;
/** So old is what killed runs have left. */
const LEFT_OVER_MS = 24 * 3_600_000;
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
  return nameFile(quota, kind);
}

/** What a run that ends calls what it leaves behind. */
export function nameUsed(quota: string): string {
  return nameFile(quota, USED);
}

function nameFile(quota: string, word: string): string {
  return `${quota}.${word}.${thisHost()}.${process.pid}.${randomBytes(8).toString("hex")}`;
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

/** Takes a file away; that it is gone or may not be touched is no trouble. True for the one that took it. */
export function remove(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch {
    // Whoever finds it later sees from its age that nobody is there.
    return false;
  }
}

/** Makes of a run's file what it leaves behind; where that does not work, takes it away. */
export function leaveUsed(path: string, used: string, wholeAt: number): void {
  try {
    utimesSync(path, wholeAt / 1000, wholeAt / 1000);
    renameSync(path, used);
  } catch {
    remove(path);
  }
}

/** Removes what says nothing more to anybody, about any quota: nobody else looks after one that is asked no more. */
export function removeLeftOver(folder: string, now: number): void {
  for (const { path, word, found } of listOurs(folder, "")) {
    const isOver = word === USED && found.mtimeMs < now;
    if (isOver || Math.abs(now - found.mtimeMs) > LEFT_OVER_MS) remove(path);
  }
}

/** Every run that has left a file about this quota. */
export function listNeighbours(folder: string, quota: string): readonly NeighbourFile[] {
  return listOurs(folder, quota).flatMap(({ path, word, host, pid, found }) => {
    const kind = RUN_KINDS.find((one) => one === word);
    if (kind === undefined) return [];
    return [{ path, kind, seenAt: found.mtimeMs, isDead: host === thisHost() && !isProcessAlive(pid) }];
  });
}

/** What runs that have ended had used of this quota. */
export function listUsed(folder: string, quota: string): readonly UsedFile[] {
  const all = listOurs(folder, quota).filter(({ word }) => word === USED);
  return all.map(({ path, found }) => ({ path, wholeAt: Math.round(found.mtimeMs) }));
}

interface OurFile {
  readonly path: string;
  readonly word: string;
  readonly host: string;
  readonly pid: number;
  readonly found: Stats;
}

function listOurs(folder: string, quota: string): readonly OurFile[] {
  const names = readdirSync(folder).filter((name) => name.startsWith(quota));
  return names.slice(0, MOST_FILES).flatMap((name) => {
    const [isName, , word = "", host = "", pid] = NAME.exec(name) ?? [];
    const path = join(folder, name);
    const found = isName === undefined ? undefined : lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined || !found.isFile() || !isOurs(found)) return [];
    return [{ path, word, host, pid: Number(pid), found }];
  });
}

function isOurs({ uid }: Stats): boolean {
  return process.getuid === undefined || uid === process.getuid();
}

function thisHost(): string {
  return digest(hostname()).slice(0, 8);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
