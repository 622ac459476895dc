import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import { systemCodeOf } from "../errors.ts";
import { compareText, type Finding } from "../model/finding.ts";
import type { RuleId } from "../model/rules.ts";
import { isHidden, isManifestName, makeFileFinding } from "./source-file.ts";

/** A file to read: under the name it is known by, at the place where it really is. */
export interface FoundFile {
  readonly file: string;
  readonly realPath: string;
}

export interface FoundFiles {
  /** In code-unit order of their names; cut at the limit, with a finding. */
  readonly found: readonly FoundFile[];
  readonly problems: readonly Finding[];
}

interface Entry {
  readonly display: string;
  readonly realPath: string;
}

export interface WalkOptions {
  /** The folder's real path: nothing outside it is ever opened. */
  readonly realRoot: string;
  readonly display: string;
  readonly maxFiles: number;
}

/**
 * Finds the manifest files below a folder. Symbolic links are looked at last and only lead to what was not found without them:
 * so no file is found twice, a cycle ends, and a link never takes the place of the real thing.
 */
export async function findManifestFiles(options: WalkOptions): Promise<FoundFiles> {
  const walk = new FolderWalk(options);
  await walk.enterFolder({ display: options.display, realPath: options.realRoot });
  await walk.followLinks();
  const found = walk.found.sort((left, right) => compareText(left.file, right.file));
  return { found, problems: walk.problems };
}

class FolderWalk {
  readonly found: FoundFile[] = [];
  readonly problems: Finding[] = [];
  readonly #realRoot: string;
  readonly #root: string;
  readonly #maxFiles: number;
  readonly #seen = new Set<string>();
  #links: Entry[] = [];
  #isFull = false;

  constructor(options: WalkOptions) {
    this.#realRoot = options.realRoot;
    this.#root = options.display;
    this.#maxFiles = options.maxFiles;
  }

  async enterFolder(start: Entry): Promise<void> {
    const folders = [start];
    for (let folder = folders.pop(); folder !== undefined && !this.#isFull; folder = folders.pop()) {
      if (this.#seen.has(folder.realPath)) continue;
      this.#seen.add(folder.realPath);
      for (const child of await this.#list(folder)) {
        if (isHidden(child.name)) continue;
        const entry = { display: joinDisplay(folder.display, child.name), realPath: join(folder.realPath, child.name) };
        if (child.isDirectory()) folders.push(entry);
        else if (child.isSymbolicLink()) this.#links.push(entry);
        else if (child.isFile() && isManifestName(child.name)) this.#addFile(entry);
      }
    }
  }

  async followLinks(): Promise<void> {
    while (this.#links.length > 0 && !this.#isFull) {
      const links = this.#links.sort((left, right) => compareText(left.display, right.display));
      this.#links = [];
      for (const link of links) await this.#followLink(link);
    }
  }

  async #followLink(link: Entry): Promise<void> {
    const target = await findTarget(link.realPath);
    const isManifest = isManifestName(link.display);
    if (target === undefined) {
      const message = "the symbolic link leads nowhere, in a circle, or to what cannot be read";
      if (isManifest)
        this.#report("source/unreadable", link.display, message, "Remove the link, or repair its target.");
      return;
    }
    if (!target.isFolder && !(target.isFile && isManifest)) return;
    if (!isInside(this.#realRoot, target.realPath)) {
      const message = "the symbolic link leads out of the manifests folder and is not followed";
      this.#report("source/outside", link.display, message, "Put a copy of what it names into the folder.");
      return;
    }
    const entry = { display: link.display, realPath: target.realPath };
    if (target.isFolder) await this.enterFolder(entry);
    else this.#addFile(entry);
  }

  async #list(folder: Entry): Promise<readonly Dirent[]> {
    try {
      return await readdir(folder.realPath, { withFileTypes: true });
    } catch (thrown) {
      const message = `the folder cannot be read (${systemCodeOf(thrown) ?? "unknown error"})`;
      this.#report("source/unreadable", folder.display, message, "Check its permissions.");
      return [];
    }
  }

  #addFile(entry: Entry): void {
    if (this.#isFull || this.#seen.has(entry.realPath)) return;
    this.#seen.add(entry.realPath);
    this.found.push({ file: entry.display, realPath: entry.realPath });
    if (this.found.length <= this.#maxFiles) return;
    const message = `the folder holds more than ${this.#maxFiles} manifest files`;
    this.#report("source/too-many", this.#root, message, "Point to a smaller folder, or split it.");
    this.found.length = 0;
    this.#isFull = true;
  }

  #report(rule: RuleId, file: string, message: string, hint: string): void {
    this.problems.push(makeFileFinding(rule, file, message, hint));
  }
}

interface LinkTarget {
  readonly realPath: string;
  readonly isFolder: boolean;
  readonly isFile: boolean;
}

async function findTarget(link: string): Promise<LinkTarget | undefined> {
  try {
    const target = await realpath(link);
    const stats = await stat(target);
    return { realPath: target, isFolder: stats.isDirectory(), isFile: stats.isFile() };
  } catch {
    return undefined;
  }
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function joinDisplay(folder: string, name: string): string {
  return folder === "" || folder === "." ? name : `${folder}/${name}`;
}
