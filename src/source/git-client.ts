import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { GitError, type SimpleGit, simpleGit } from "simple-git";
import { GitopsError, messageOf } from "../errors.ts";

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

export interface GitOptions {
  /** Written to the standard input of a `cat-file --batch`. */
  readonly input?: string;
}

/**
 * Git in a folder, made harmless: no hook and no file-system monitor of the repository runs, the index is not refreshed on
 * disk, GIT_* variables of the caller (as inside a hook) do not redirect it, and its messages are English.
 * The folder must exist. simple-git spawns git with an argument list; there is no shell.
 */
export function openGit(folder: string, options: GitOptions = {}): SimpleGit {
  const { input } = options;
  const git = simpleGit({
    baseDir: folder,
    config: ["core.hooksPath=/dev/null", "core.fsmonitor=false", "core.quotePath=false"],
    // These guards exist to keep hooks and monitors from being set; we set them to nothing.
    unsafe: { allowUnsafeHooksPath: true, allowUnsafeFsMonitor: true },
    // The process has ended when its output has, not a moment after it exits: a long listing would be cut.
    completion: { onClose: true, onExit: false },
    timeout: { block: SILENCE },
    ...(input === undefined
      ? {}
      : { input: (commands: readonly string[]) => (commands.includes("--batch") ? input : undefined) }),
  });
  return git.env(childEnvironment());
}

function childEnvironment(): Record<string, string> {
  const passed: Record<string, string> = { LC_ALL: "C" };
  for (const name of PASSED_ON) {
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
  if (isGitMissing(thrown)) return "Install git, or read the manifests from a folder without --rev.";
  if (isNotRepository(thrown)) return "Run this inside a git work tree.";
  if (/dubious ownership/.test(messageOf(thrown))) {
    return "The repository belongs to another user. If you trust it: git config --global --add safe.directory FOLDER";
  }
  return "Check that the repository is complete (a shallow clone may lack the revision) and readable.";
}
