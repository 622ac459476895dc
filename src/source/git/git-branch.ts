/**
 * One branch on a remote that holds files and is never checked out. Commits are made of objects (`hash-object`, `fast-import`) and read as
 * objects (`ls-tree`, `cat-file`): there is no work tree, no index and no HEAD in it, so no hook, filter, attribute, signature or line
 * ending setting can touch a byte, and whoever works in the repository notices nothing but three references:
 *
 *   refs/cxone-gitops/audit/NAME           the last commit that was agreed to
 *   refs/cxone-gitops/audit-fetched/NAME   what the remote had when it was last asked
 *   refs/cxone-gitops/audit-draft/NAME     the last commit that was made here, pushed or not
 *
 * Inside a repository that one is used, because its configuration is where a pipeline's checkout has put the remote and the credentials.
 * How deep it is fetched follows from it: a shallow repository stays shallow, a full one full. Elsewhere a bare repository of its own is
 * made, with one commit of history to begin with.
 */
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { GitopsError } from "../../errors.ts";
import { makeFolders } from "../../make-folders.ts";
import { readBlobs } from "./git-blobs.ts";
import { commitFiles, type DraftFile, listTree, type TreeFile } from "./git-branch-objects.ts";
import { describePush, type GitRemote, openRemote, type Push, reasonOf } from "./git-branch-remote.ts";
import {
  type BareRepository,
  type GitPlace,
  isNotRepository,
  nearestFolder,
  openGit,
  toGitProblem,
} from "./git-client.ts";
import { packLooseObjects } from "./git-tidy.ts";

export interface GitBranchOptions {
  /** Absolute; the repository that it is in is used. */
  readonly directory: string;
  /** Absolute: where one is made when it is in none. */
  readonly ownRepository: string;
  /** The name of a remote of that repository, or a URL, which may hold a login, or an absolute path. */
  readonly remote: string;
  readonly branch: string;
  /** The folder of the files in the branch, with forward slashes; empty for its top. */
  readonly folder: string;
  /** Tells this branch's references from those of others. */
  readonly refName: string;
  /** Cuts off what is being said to the remote. */
  readonly signal?: AbortSignal | undefined;
}

interface Repository {
  readonly place: GitPlace;
  readonly isShallow: boolean;
  /** The repository when it is one of our own: nobody else tidies it up. */
  readonly own: BareRepository | null;
}

/** So many pushes are between two looks at what has piled up; the first one of a process is followed by one. */
const PUSHES_PER_LOOK = 8;

/** Opens nothing until it is used. Every method throws `git/unavailable` when git cannot do it. */
export class GitBranch {
  readonly name: string;
  readonly #options: GitBranchOptions;
  readonly #remote: GitRemote;
  readonly #ref: Readonly<Record<"seen" | "fetched" | "draft", string>>;
  #repository: Promise<Repository> | undefined;
  #hasFetched = false;
  #pushes = 0;

  constructor(options: GitBranchOptions) {
    const { branch, refName, signal } = options;
    const remote = openRemote(options.remote, signal);
    this.name = `"${branch}" of ${remote.display}`;
    this.#options = options;
    this.#remote = remote;
    const ref = (kind: string) => `refs/cxone-gitops/${kind}/${refName}`;
    this.#ref = { seen: ref("audit"), fetched: ref("audit-fetched"), draft: ref("audit-draft") };
  }

  async fetch(): Promise<string | null> {
    const { branch } = this.#options;
    const { place, isShallow, own } = await this.#open();
    // Only to begin with: later the commits in between are what shows that the branch has only grown.
    const isFirst = !this.#hasFetched && (await this.seen()) === null;
    const depth = isFirst && isShallow ? ["--depth=1"] : [];
    // Progress is a sign of life: a git that says nothing for a minute is given up.
    const alone = ["--progress", "--no-tags", "--no-prune", "--no-write-fetch-head", "--no-recurse-submodules"];
    const refspec = `+refs/heads/${branch}:${this.#ref.fetched}`;
    try {
      const flags = [...alone, "--no-filter", ...depth, ...(own === null ? ["--no-auto-gc"] : [])];
      await this.#remote.open(place).raw(["fetch", ...flags, this.#remote.address, refspec]);
    } catch (thrown) {
      if (!/couldn't find remote ref/i.test(String(thrown))) throw this.#unavailable(thrown);
      this.#hasFetched = true;
      return null;
    }
    this.#hasFetched = true;
    return this.#resolve(this.#ref.fetched);
  }

  seen(): Promise<string | null> {
    return this.#resolve(this.#ref.seen);
  }

  async markSeen(commit: string): Promise<void> {
    await this.#git(["update-ref", this.#ref.seen, commit], "note how far the audit trail was read");
  }

  async descends(commit: string, from: string): Promise<boolean> {
    // `--is-ancestor` answers by exit code alone, which simple-git does not give.
    return (await this.#git(["merge-base", from, commit], "compare commits")).trim() === from;
  }

  async list(commit: string): Promise<readonly TreeFile[]> {
    const { place } = await this.#open();
    return listTree(place, commit, this.#options.folder);
  }

  async read(files: readonly TreeFile[]): Promise<readonly Buffer[]> {
    const { place } = await this.#open();
    return readBlobs(
      place,
      files.map(({ path, id, size }) => ({ file: path, id, size })),
    );
  }

  async commit(draft: {
    readonly parent: string | null;
    readonly message: string;
    readonly files: readonly DraftFile[];
  }): Promise<{ readonly commit: string; readonly ids: readonly string[] }> {
    const { place } = await this.#open();
    return commitFiles(place, { ...draft, folder: this.#options.folder, ref: this.#ref.draft });
  }

  async push(commit: string, expected: string | null): Promise<Push> {
    const { branch } = this.#options;
    const { place, own } = await this.#open();
    // The commit is the expected one's child, so nothing is ever forced: the lease makes sure that the branch is exactly there.
    const lease = `--force-with-lease=refs/heads/${branch}:${expected ?? ""}`;
    const plain = [
      "--porcelain",
      "--progress",
      "--no-verify",
      "--no-follow-tags",
      "--no-signed",
      "--recurse-submodules=no",
    ];
    try {
      const refspec = `${commit}:refs/heads/${branch}`;
      await this.#remote.open(place).raw(["push", ...plain, lease, this.#remote.address, refspec]);
      if (own !== null) await this.#tidy(own);
      return { result: "pushed" };
    } catch (thrown) {
      return describePush(thrown);
    }
  }

  /** What it does is for the disk alone: when it fails, the push was one all the same. */
  async #tidy(own: BareRepository): Promise<void> {
    this.#pushes += 1;
    if (this.#pushes % PUSHES_PER_LOOK === 1) await packLooseObjects(own).catch(() => undefined);
  }

  #open(): Promise<Repository> {
    this.#repository ??= this.#findRepository();
    return this.#repository;
  }

  async #findRepository(): Promise<Repository> {
    const { directory, ownRepository } = this.#options;
    const place = nearestFolder(directory);
    try {
      const answer = await openGit(place).raw(["rev-parse", "--is-shallow-repository"]);
      return { place, isShallow: answer.trim() === "true", own: null };
    } catch (thrown) {
      if (!isNotRepository(thrown)) throw toGitProblem(thrown, "open the repository of the configuration");
      const own = await this.#makeRepository(ownRepository);
      return { place: own, isShallow: true, own };
    }
  }

  async #makeRepository(gitDir: string): Promise<BareRepository> {
    const { directory } = this.#options;
    if (this.#remote.isName) {
      const message = `audit.git.remote is "${this.#remote.address}", and the configuration's folder ${directory} is in no git repository that could have such a remote`;
      throw new GitopsError("config/invalid", message, { hint: "Set audit.git.remote to a URL." });
    }
    const found = await stat(`${gitDir}/HEAD`).catch(() => undefined);
    if (found?.isFile()) return { gitDir };
    try {
      await makeFolders(gitDir, { mode: 0o700 });
      await openGit(dirname(gitDir)).raw(["init", "--quiet", "--bare", gitDir]);
      return { gitDir };
    } catch (thrown) {
      throw toGitProblem(thrown, "make a repository for the audit trail");
    }
  }

  async #resolve(ref: string): Promise<string | null> {
    const commit = (
      await this.#git(["rev-parse", "--verify", "--quiet", `${ref}^{commit}`], "read a reference")
    ).trim();
    return commit === "" ? null : commit;
  }

  async #git(commands: readonly string[], doing: string): Promise<string> {
    const { place } = await this.#open();
    try {
      return await openGit(place).raw([...commands]);
    } catch (thrown) {
      throw toGitProblem(thrown, doing);
    }
  }

  #unavailable(thrown: unknown): GitopsError {
    const hint =
      "Check audit.git.remote, the network, and that git here can read from that remote (git fetch with the same name or URL).";
    return new GitopsError("git/unavailable", `the remote cannot be reached: ${reasonOf(thrown)}`, { hint });
  }
}
