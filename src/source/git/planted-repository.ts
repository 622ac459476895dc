import { lstatSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { GitopsError } from "../../errors.ts";

/**
 * Refuses a folder where git would find a repository that is not called `.git`. A commit cannot hold a `.git`, but it can hold `HEAD`,
 * `objects`, `refs` and a `config`: git takes such a folder, and all below it, for a bare repository, and runs what its `config` names
 * (filters, helpers). Whoever could push a manifest could run commands beside our credentials. Git from 2.38 on refuses it when it is told
 * to (`safe.bareRepository`); this is for every git, and looks at the files alone. Throws `git/unavailable`.
 *
 * A bare repository that is ours is named by `GIT_DIR` and never looked for.
 */
export function refusePlantedRepository(folder: string): void {
  let at = realpathSync(folder);
  for (;;) {
    // What git looks at first, and where it stops: `.git` comes from whoever made the clone.
    if (isThere(join(at, ".git"))) return;
    if (looksLikeRepository(at)) throw refuse(at);
    const above = dirname(at);
    if (above === at) return;
    at = above;
  }
}

/** Less than git asks for, so that nothing that git takes for one gets past. */
function looksLikeRepository(folder: string): boolean {
  if (!isThere(join(folder, "HEAD"))) return false;
  const hasCommits = isThere(join(folder, "objects")) && isThere(join(folder, "refs"));
  return hasCommits || isThere(join(folder, "commondir"));
}

/** Links count by what they are, not by what they lead to. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // It cannot be looked at, so git might see what we do not.
    return true;
  }
}

function refuse(folder: string): GitopsError {
  return new GitopsError(
    "git/unavailable",
    `"${folder}" holds what git would take for a repository (HEAD, objects, refs)`,
    {
      hint: "Remove these from the folder: a repository among committed files can run commands. Find out who committed them.",
    },
  );
}
