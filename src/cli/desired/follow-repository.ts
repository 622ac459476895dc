import { isAbsolute, join, posix, resolve } from "node:path";
import { EXIT, GitopsError } from "../../errors.ts";
import type { Secrets } from "../../model/secrets.ts";
import type { CommittedFolder } from "../../source/git/git.ts";
import { parseRepositoryUrl, type RepositoryUrl } from "../../source/git/repository-url.ts";
import type { SourceContext } from "./source.ts";

const DEFAULT_BRANCH = "main";
/** Below the configuration's folder. */
const DEFAULT_CLONES = ".cxone-gitops/repos";

/** What `--repo` and the flags beside it ask for. */
export interface Following {
  readonly from: RepositoryUrl;
  readonly branch: string;
  /** Where clones are kept, absolute. */
  readonly clones: string;
  /** The manifests' folder, from the repository's top. */
  readonly path: string;
}

/** Reads the flags; undefined without `--repo`. Throws `usage`, before anything is fetched. */
export function readFollowing({ io, options, config }: SourceContext): Following | undefined {
  const { repo, branch = DEFAULT_BRANCH, repoDir } = options;
  if (repo === undefined) return undefined;
  const from = parseRepositoryUrl(repo, io.cwd);
  hidePassword(from, io.secrets);
  const clones = repoDir === undefined ? join(config.directory, DEFAULT_CLONES) : resolve(io.cwd, repoDir);
  return { from, branch, clones, path: pathInRepository(options.manifests ?? config.manifests) };
}

/**
 * The manifests' folder in the commit that the branch is at now, fetched. Only manifests come from there: the configuration, and with it
 * every address that gets credentials, stays the local one. Throws `git/unavailable`.
 */
export async function followRepository(
  { io, log, stop }: SourceContext,
  { from, branch, clones, path }: Following,
): Promise<CommittedFolder> {
  if (from.login !== undefined) {
    io.say("warning: a password or token in --repo is in the list of processes; use a key or a credential helper\n");
  }
  const { followBranch } = await import("../../source/git/repository.ts");
  const followed = await followBranch({ from, branch, clones, signal: stop }).catch((thrown: unknown) => {
    throw stop.aborted ? stopped() : thrown;
  });
  const { standing, commit, before, isRewritten } = followed;
  log.info({ repository: from.display, branch, commit, before }, "fetched");
  if (isRewritten) {
    io.say(`the branch "${branch}" was rewritten: ${before} is not part of ${commit}, which is followed now\n`);
  }
  return { standing, commit, rev: branch, path };
}

function stopped(): GitopsError {
  const message = "the run was stopped while it fetched the manifests; nothing was begun";
  return new GitopsError("run/stopped", message, { hint: "Run it again.", exitCode: EXIT.partial });
}

/** In every form in which it could be printed: by itself, and as it is sent. */
function hidePassword({ login }: RepositoryUrl, secrets: Secrets): void {
  if (login === undefined) return;
  const { user, password } = login;
  secrets.add(`${user}:${password}`);
  // Some tokens are sent as the user, with a password that says nothing or none.
  if (password === "" || user.length >= 20) secrets.add(user);
  if (password !== "") secrets.add(password);
}

/** From the repository's top. Nothing outside it is read, whatever a configuration says. */
function pathInRepository(written: string): string {
  const path = posix.normalize(written.replaceAll("\\", "/")).replace(/\/$/, "");
  const isOutside = isAbsolute(written) || posix.isAbsolute(path) || path === ".." || path.startsWith("../");
  if (!isOutside) return path === "." ? "" : path;
  throw new GitopsError("usage", `"${written}" is no folder inside the repository of --repo`, {
    hint: "With --repo, `manifests` of the configuration or --manifests is a path from the repository's top.",
  });
}
