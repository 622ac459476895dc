import { constants } from "node:fs";
import { open, realpath, stat } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import { GitopsError, systemCodeOf } from "../errors.ts";
import type { Finding } from "../model/finding.ts";
import { findManifestFiles } from "./folder-walk.ts";
import { DEFAULT_LIMITS, formatBytes, type SourceLimits } from "./limits.ts";
import { type LoadedDocuments, parseFiles } from "./parse-files.ts";
import { readFoundFiles, readOpened } from "./read-files.ts";
import { isFinding, isSourceFile, makeFileFinding, type SourceFile, type SourceFiles } from "./source-file.ts";

export interface FolderOptions {
  /** The working directory: a relative folder starts here, and files are named relative to it. */
  readonly cwd: string;
  readonly limits?: SourceLimits;
}

/** Reads and parses every manifest file below a folder; see `readFolder` for what is read and what is thrown. */
export async function loadDocuments(folder: string, options: FolderOptions): Promise<LoadedDocuments> {
  return parseFiles(await readFolder(folder, options), options.limits);
}

/**
 * Reads every `*.yaml`, `*.yml` and `*.json` below a folder, hidden files and folders left out. A symbolic link is followed
 * only to what is inside the folder. Sizes are looked up before anything is read. One bad file is a finding, never an error;
 * when all files together are too many or too large, none is returned.
 * Throws `source/unreadable` when the folder itself is missing or is no folder.
 */
export async function readFolder(folder: string, options: FolderOptions): Promise<SourceFiles> {
  const { cwd, limits = DEFAULT_LIMITS } = options;
  const root = resolve(cwd, folder);
  const display = displayPath(cwd, root);
  const realRoot = await findRealFolder(root, display);
  const { found, problems } = await findManifestFiles({ realRoot, display, maxFiles: limits.files });
  const budget = { left: limits.totalBytes };
  const results = await readFoundFiles(found, limits, budget);
  if (budget.left < 0) {
    const message = `the manifest files are larger than ${formatBytes(limits.totalBytes)} together`;
    const finding = makeFileFinding("source/too-large", display, message, "Point to a smaller folder, or split it.");
    return { files: [], problems: [...problems, finding] };
  }
  return {
    files: results.filter(isSourceFile),
    problems: [...problems, ...results.filter(isFinding)],
  };
}

/**
 * Reads one text file that was named on purpose (a configuration, not a manifest). Throws the system's error when it cannot be
 * opened; too large or not UTF-8 is a finding. `display` is the name that the result carries.
 */
export async function readTextFile(
  path: string,
  display: string,
  limits: SourceLimits = DEFAULT_LIMITS,
): Promise<SourceFile | Finding> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    return readOpened(handle.fd, display, limits, { left: limits.totalBytes });
  } finally {
    await handle.close();
  }
}

/** The path as people write it: relative to the working directory, with forward slashes, `.` for the directory itself. */
export function displayPath(cwd: string, path: string): string {
  const way = relative(cwd, path);
  return way === "" ? "." : way.split(sep).join("/");
}

async function findRealFolder(root: string, display: string): Promise<string> {
  try {
    const real = await realpath(root);
    if ((await stat(real)).isDirectory()) return real;
  } catch (thrown) {
    const isMissing = systemCodeOf(thrown) === "ENOENT";
    const message = isMissing
      ? `the manifests folder "${display}" does not exist`
      : `the manifests folder "${display}" cannot be read (${systemCodeOf(thrown) ?? "unknown error"})`;
    const hint = isMissing ? "Create it, or name another with --manifests." : "Check its permissions.";
    throw new GitopsError("source/unreadable", message, { hint, place: { file: display } });
  }
  const hint = "Name the folder that holds the manifests, not a file in it.";
  throw new GitopsError("source/unreadable", `"${display}" is not a folder`, { hint, place: { file: display } });
}
