/** A remote that several machines share, each with a clone of its own. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type BranchTrailOptions, openBranchTrail } from "../../src/audit/branch/git-store.ts";
import type { TrailBranch } from "../../src/audit/branch/trail-branch.ts";
import type { FileTrail } from "../../src/audit/file-store.ts";
import { GitBranch, type GitBranchOptions } from "../../src/source/git/git-branch.ts";
import { git, makeFolder } from "../helpers/temp-folder.ts";
import { MANIFEST } from "./world.ts";

export const BRANCH = "cxone-audit";

export interface Remote {
  /** The bare repository. */
  readonly url: string;
  /** A fresh checkout, as a runner makes it. */
  clone(...args: readonly string[]): string;
  /** How many commits the audit branch has. */
  commits(): number;
}

/** A remote whose main branch has one file. */
export function makeRemote(t: TestContext): Remote {
  const root = makeFolder(t);
  const url = join(root, "remote.git");
  git(root, "init", "-q", "--bare", "-b", "main", url);
  importFirstCommit(url);
  let clones = 0;
  return {
    url,
    clone(...args) {
      clones += 1;
      const folder = join(root, `clone-${clones}`);
      // Only what looks like a URL can be cloned in part.
      git(root, "clone", "-q", ...args, args.length === 0 ? url : `file://${url}`, folder);
      return folder;
    },
    commits: () => Number(git(url, "rev-list", "--count", BRANCH)),
  };
}

export function branchIn(folder: string, options: Partial<GitBranchOptions> = {}): GitBranch {
  const ownRepository = join(folder, ".cxone-gitops/audit-git/repository.git");
  return new GitBranch({
    directory: folder,
    ownRepository,
    remote: "origin",
    branch: BRANCH,
    folder: "",
    refName: BRANCH,
    ...options,
  });
}

export interface CloneTrail extends FileTrail {
  readonly warnings: string[];
  /** The names of the entries in its copy, in order; null when there is none. */
  names(): readonly string[] | null;
}

function importFirstCommit(url: string): void {
  const commit = "commit refs/heads/main\ncommitter Test Person <test@example.com> 1700000000 +0000\ndata 5\nfirst\n";
  const input = `${commit}M 100644 inline README.md\ndata 7\ntenant\n\n`;
  execFileSync("git", ["fast-import", "--quiet"], { cwd: url, input });
}

/** The trail as a machine with that checkout has it. Waits are short, because the tests' remotes are near. */
export function trailIn(
  folder: string,
  options: Partial<BranchTrailOptions> & { readonly wrap?: (branch: GitBranch) => TrailBranch } = {},
): CloneTrail {
  const { wrap = (branch) => branch, ...others } = options;
  const warnings: string[] = [];
  const trail = openBranchTrail({
    branch: wrap(branchIn(folder)),
    file: join(folder, ".cxone-gitops/audit-git", BRANCH, "audit.jsonl"),
    pauseMs: 5,
    onWarning: ({ what }) => warnings.push(what),
    ...others,
  });
  return {
    ...trail,
    warnings,
    names() {
      if (!existsSync(trail.file)) return null;
      const lines = readFileSync(trail.file, "utf8").split("\n").slice(0, -1);
      return lines.map((line) => JSON.parse(line).name);
    },
    async append(records) {
      await trail.keep(MANIFEST);
      await trail.append(records);
    },
  };
}

/** A branch whose pushes go another way. */
export function withPush(branch: GitBranch, push: TrailBranch["push"]): TrailBranch {
  return {
    name: branch.name,
    fetch: () => branch.fetch(),
    seen: () => branch.seen(),
    markSeen: (commit) => branch.markSeen(commit),
    descends: (commit, from) => branch.descends(commit, from),
    list: (commit) => branch.list(commit),
    read: (files) => branch.read(files),
    commit: (draft) => branch.commit(draft),
    push,
  };
}
