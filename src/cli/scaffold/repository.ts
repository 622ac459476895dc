/** What `init` finds out about where it is: the repository around the folder, and whose pipelines are there already. */
import { createHash } from "node:crypto";
import { lstat, realpath } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { nearestFolder } from "../../source/git/git-client.ts";
import type { Pipelines } from "./pipelines.ts";
import { lookAt } from "./place.ts";

/**
 * The folder's path from the top of the git repository that it is in, with slashes; empty for the top itself, and outside any repository.
 * The folder need not be there yet. Asks the file system and not git, which need not be installed.
 */
export async function findSubfolder(folder: string): Promise<string> {
  const near = nearestFolder(folder);
  const real = join(await realpath(near), relative(near, folder));
  for (let top = real; ; top = dirname(top)) {
    // A folder, or a file in a work tree that is linked to a repository elsewhere.
    const found = await lstat(join(top, ".git")).catch(() => undefined);
    if (found !== undefined) return relative(top, real).split(sep).join("/");
    if (dirname(top) === top) return "";
  }
}

/** A name for the trail's folder on its branch, made of a path: two paths never share one. */
export function trailFolderOf(path: string): string {
  return path
    .split("/")
    .map((part) => {
      const name = part.replace(/[^\w.-]/g, "-").replace(/^[^A-Za-z0-9_]/, "_");
      return name === part ? part : `${name}-${createHash("sha256").update(part).digest("hex").slice(0, 6)}`;
    })
    .join("/");
}

const SIGNS = [
  [".gitlab-ci.yml", "gitlab"],
  ["Jenkinsfile", "jenkins"],
] as const;

/** Whose pipelines the folder's files show; GitHub's where nothing shows any. */
export async function findPipelines(folder: string): Promise<Pipelines> {
  if ((await lookAt(folder, ".github")) === "taken") return "github";
  for (const [path, pipelines] of SIGNS) if ((await lookAt(folder, path)) === "taken") return pipelines;
  return "github";
}
