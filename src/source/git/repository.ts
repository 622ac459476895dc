import { createHash } from "node:crypto";
import { mkdtemp, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { GitopsError, messageOf, systemCodeOf } from "../../errors.ts";
import { makeFolders } from "../../make-folders.ts";
import { type BareRepository, openGit, toGitProblem } from "./git-client.ts";
import { type Fetched, fetchBranch } from "./git-remote.ts";
import type { RepositoryUrl } from "./repository-url.ts";

/** How long another run's locks are waited for, in milliseconds. */
const PATIENCE = 1000;

export interface FollowedRepository {
  readonly from: RepositoryUrl;
  readonly branch: string;
  /** The folder that clones are kept in, absolute. It is created, readable by its owner only. */
  readonly clones: string;
  readonly signal?: AbortSignal | undefined;
}

/** Where a branch is now, and the clone that holds it. */
export interface Followed extends Fetched {
  readonly standing: BareRepository;
}

/**
 * Brings a private, bare clone of a remote repository up to date with one branch. Nothing is checked out, so nothing of the repository
 * runs. The clone is a copy that can be lost: one that a crash has left broken is made anew.
 * Throws `git/unavailable`; what the branch was at before is never given in its place.
 */
export async function followBranch({ from, branch, clones, signal }: FollowedRepository): Promise<Followed> {
  refuseOddName(branch);
  const gitDir = join(clones, digestOf(from.url));
  const standing = await openClone(gitDir, clones);
  const fetch = () => fetchBranch({ into: standing, from, branch, signal });
  const mend = async (thrown: unknown, how: () => Promise<unknown>) => {
    if (signal?.aborted || !isBroken(thrown)) throw thrown;
    await how();
    return fetch();
  };
  // Another run may be fetching into it at this moment: then a little patience is enough, and its clone is not taken from it.
  const fetched = await fetch()
    .catch((thrown: unknown) => mend(thrown, () => wait(PATIENCE)))
    .catch((thrown: unknown) => mend(thrown, () => discard(gitDir).then(() => openClone(gitDir, clones))));
  return { standing, ...fetched };
}

async function openClone(gitDir: string, clones: string): Promise<BareRepository> {
  try {
    await makeFolders(clones, { mode: 0o700 });
    const made = await stat(gitDir).catch(() => undefined);
    if (made === undefined) await makeClone(gitDir);
    return { gitDir };
  } catch (thrown) {
    throw toGitProblem(thrown, `keep a clone in "${gitDir}"`);
  }
}

/** Made aside and then moved, so that there is never half of one, whoever else is making it. */
async function makeClone(gitDir: string): Promise<void> {
  const draft = await mkdtemp(`${gitDir}.new-`);
  try {
    await openGit({ gitDir: draft }).raw(["init", "--bare", "--quiet"]);
    await rename(draft, gitDir);
  } catch (thrown) {
    await rm(draft, { recursive: true, force: true });
    const isThere = ["EEXIST", "ENOTEMPTY"].includes(systemCodeOf(thrown) ?? "");
    if (!isThere) throw thrown;
  }
}

/** The folder carries our digest for its name and lies in the clones' folder: nobody else's is removed. */
async function discard(gitDir: string): Promise<void> {
  const aside = `${gitDir}.broken-${process.pid}`;
  await rename(gitDir, aside).catch(() => undefined);
  await rm(aside, { recursive: true, force: true }).catch((thrown: unknown) => {
    throw new GitopsError("git/unavailable", `the broken clone "${aside}" cannot be removed: ${messageOf(thrown)}`);
  });
}

/** What a killed git leaves: locks, and objects or references that were not written to their end. */
function isBroken(thrown: unknown): boolean {
  return /\.lock|cannot lock ref|not a git repository|bad object|corrupt|is empty|unable to read|bad config|shallow file has changed/i.test(
    messageOf(thrown),
  );
}

function digestOf(url: string): string {
  return createHash("sha256").update(url).digest("hex").slice(0, 32);
}

/** What git's own rules say of a branch's name, as far as it could mean something else in a command. */
function refuseOddName(branch: string): void {
  const isOdd = /^[-/.]|\.\.|@\{|[\p{Cc} ~^:?*[\\]|\/\/|[/.]$|\.lock$/u.test(branch);
  if (!isOdd) return;
  throw new GitopsError("usage", `--branch: "${branch}" is not the name of a branch`, {
    hint: "Name it as the remote does, without refs/heads/.",
  });
}
