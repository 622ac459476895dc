import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { GitError, type SimpleGit, type SimpleGitOptions, simpleGit } from "simple-git";
import { GitopsError, messageOf } from "../../errors.ts";
import { refusePlantedRepository } from "./planted-repository.ts";

/** How long git may be silent before it is given up, in milliseconds. */
const SILENCE = 60_000;

/** What git needs from the environment; our credentials are there too, and are none of its business. */
const PASSED_ON = [
  "PATH",
  "HOME",
  "XDG_CONFIG_HOME",
  "SystemRoot",
  "USERPROFILE",
  "HOMEDRIVE",
  "HOMEPATH",
  "APPDATA",
  "PROGRAMDATA",
  "TEMP",
  "TMP",
];

/** A repository without a work tree, named by its own folder: nothing is looked for in the folders above it. */
export interface BareRepository {
  readonly gitDir: string;
}

/** Where git stands: in a folder of a work tree, or in a bare repository. */
export type GitPlace = string | BareRepository;

export interface GitOptions {
  /** Written to the standard input of a `cat-file --batch`, a `hash-object --stdin-paths` or a `fast-import`. */
  readonly input?: string;
  /** More settings of this one process, `name=value`. */
  readonly config?: readonly string[];
  /** More of what git gets to see. */
  readonly env?: Readonly<Record<string, string>>;
  /** What simple-git guards against, and the caller has a reason for. */
  readonly unsafe?: NonNullable<SimpleGitOptions["unsafe"]>;
  /** Ends git early. */
  readonly signal?: AbortSignal;
}

/**
 * Git in a folder, made harmless: no hook and no file-system monitor of the repository runs, the index is not refreshed on
 * disk, GIT_* variables of the caller (as inside a hook) do not redirect it, and its messages are English. A repository that was
 * committed among other files is not used: throws `git/unavailable` when the folder is in one.
 * The folder must exist. simple-git spawns git with an argument list; there is no shell.
 */
export function openGit(place: GitPlace, options: GitOptions = {}): SimpleGit {
  const { input, config = [], unsafe = {}, signal } = options;
  if (typeof place === "string") refusePlantedRepository(place);
  const where = typeof place === "string" ? {} : { GIT_DIR: place.gitDir };
  const env = { ...FIXED, ...passOn(PASSED_ON), ...where, ...options.env };
  const git = simpleGit({
    baseDir: typeof place === "string" ? place : place.gitDir,
    config: [...HARMLESS, ...config],
    // These guards exist to keep hooks and monitors from being set; we set them to nothing.
    unsafe: { allowUnsafeHooksPath: true, allowUnsafeFsMonitor: true, ...unsafe },
    // Nothing but these is passed on, so each of them is meant.
    allowEnvironment: Object.keys(env),
    // The process has ended when its output has, not a moment after it exits: a long listing would be cut.
    completion: { onClose: true, onExit: false },
    timeout: { block: SILENCE },
    ...(input === undefined
      ? {}
      : { input: (commands: readonly string[]) => (commands.some(readsInput) ? input : undefined) }),
    ...(signal && { abort: signal }),
  });
  return git.env(env);
}

/** The last is for git from 2.38 on; refusePlantedRepository is for every git. */
const HARMLESS = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.quotePath=false",
  "safe.bareRepository=explicit",
];

/** English messages; and a commit is what its id says, whatever `git replace` has put in its place. */
const FIXED = { LC_ALL: "C", GIT_NO_REPLACE_OBJECTS: "1" };

function readsInput(argument: string): boolean {
  return ["--batch", "--stdin-paths", "fast-import"].includes(argument);
}

/** Those variables of our own environment that are set. */
export function passOn(names: readonly string[]): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name of names) {
    const value = process.env[name];
    if (value !== undefined) passed[name] = value;
  }
  return passed;
}

/** The folder itself, or the nearest one above it that is there: git must stand somewhere to read what is gone from disk. */
export function nearestFolder(folder: string): string {
  let near = resolve(folder);
  while (!statSync(near, { throwIfNoEntry: false })?.isDirectory() && dirname(near) !== near) near = dirname(near);
  return near;
}

export function isNotRepository(thrown: unknown): boolean {
  return thrown instanceof GitError && /not a git repository/i.test(thrown.message);
}

export function isGitMissing(thrown: unknown): boolean {
  return thrown instanceof GitError && /\bENOENT\b/.test(thrown.message);
}

/** Converts what simple-git throws; its own errors carry whole command lines and stay here. */
export function toGitProblem(thrown: unknown, doing: string): GitopsError {
  if (thrown instanceof GitopsError) return thrown;
  const firstLine = messageOf(thrown).trim().split("\n", 1)[0] ?? "";
  return new GitopsError("git/unavailable", `Git could not ${doing}: ${firstLine}`, { hint: findHint(thrown) });
}

function findHint(thrown: unknown): string {
  if (isGitMissing(thrown))
    return "Install git. Revisions, repositories that are followed, and a trail on a branch need it.";
  if (isNotRepository(thrown)) return "Run this inside a git work tree.";
  if (/dubious ownership/.test(messageOf(thrown))) {
    return "The repository belongs to another user. If you trust it: git config --global --add safe.directory FOLDER";
  }
  return "Check that the repository is complete (a shallow clone may lack the revision) and readable.";
}
