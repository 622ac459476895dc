import { createHash } from "node:crypto";
import { GitopsError, messageOf } from "../../errors.ts";
import { type BareRepository, openGit, passOn, toGitProblem } from "./git-client.ts";
import type { RepositoryUrl } from "./repository-url.ts";

export interface FetchOptions {
  /** The repository that what comes is kept in. */
  readonly into: BareRepository;
  readonly from: RepositoryUrl;
  readonly branch: string;
  /** Gives up the fetch. */
  readonly signal?: AbortSignal | undefined;
}

export interface Fetched {
  /** The commit that the branch is at now. */
  readonly commit: string;
  /** The commit that it was at before; null the first time. */
  readonly before: string | null;
  /** True when the branch does not hold any more what it held before: somebody forced a push. */
  readonly isRewritten: boolean;
}

/** What it takes to reach another machine, besides what every git gets. */
const PASSED_TO_REMOTES = [
  "SSH_AUTH_SOCK",
  "GIT_SSH_COMMAND",
  "GIT_ASKPASS",
  "GIT_SSL_CAINFO",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "http_proxy",
  "https_proxy",
  "all_proxy",
  "no_proxy",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "NO_PROXY",
];

/**
 * Brings one branch of a remote, and nothing else of it: no tags, no submodules. What the branch was before never stands in the way.
 * The first time only its last commit comes; afterwards whatever is new, so that a forced push can be told from another.
 * Throws `git/unavailable`.
 */
export async function fetchBranch({ into, from, branch, signal }: FetchOptions): Promise<Fetched> {
  const ref = refOf(branch);
  const git = openGit(into, {
    // A clean-up that goes on in the background would outlive the run that it belongs to.
    config: ["gc.autoDetach=false", "maintenance.autoDetach=false"],
    unsafe: { allowUnsafeSshCommand: true, allowUnsafeAskPass: true, allowUnsafeConfigEnvCount: true },
    env: remoteEnvironment(from),
    ...(signal && { signal }),
  });
  try {
    const before = await commitAt(into, ref);
    const depth = before === null ? "--depth=1" : "--update-shallow";
    // Progress is a sign of life: a git that says nothing for a minute is given up.
    const flags = ["--progress", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--force", depth];
    await git.raw(["fetch", ...flags, "--", from.url, `refs/heads/${branch}:${ref}`]);
    const commit = await commitAt(into, ref);
    if (commit === null) throw new GitopsError("git/unavailable", `${from.display} gave no branch "${branch}"`);
    const isRewritten = before !== null && before !== commit && !(await isAncestor(into, before, commit));
    return { commit, before, isRewritten };
  } catch (thrown) {
    throw toFetchProblem(thrown, { from, branch });
  }
}

/** Where a branch is kept. A digest, because `a` and `a/b` cannot both be references, and both may be followed in turn. */
function refOf(branch: string): string {
  return `refs/cxone-gitops/${createHash("sha256").update(branch).digest("hex").slice(0, 16)}`;
}

/** Exported for whoever pushes: everything that git is told about how to reach a remote. */
export function remoteEnvironment({ login, transport }: RepositoryUrl): Record<string, string> {
  const passed = passOn(PASSED_TO_REMOTES);
  return {
    // Nobody is there to be asked; a command of the user's own says for itself what it wants.
    GIT_SSH_COMMAND: "ssh -oBatchMode=yes",
    ...passed,
    GIT_TERMINAL_PROMPT: "0",
    // Overrules what any configuration allows: no helper that runs commands, and nothing in the clear.
    GIT_ALLOW_PROTOCOL: transport === "http" ? "http" : "https:ssh:file",
    ...(login && sendLogin(login)),
  };
}

/** By the environment, which others on the machine cannot read. To one host only: a redirect is not followed with it. */
function sendLogin({ user, password }: NonNullable<RepositoryUrl["login"]>): Record<string, string> {
  const basic = Buffer.from(`${user}:${password}`, "utf8").toString("base64");
  return {
    GIT_CONFIG_COUNT: "2",
    GIT_CONFIG_KEY_0: "http.extraHeader",
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
    GIT_CONFIG_KEY_1: "http.followRedirects",
    GIT_CONFIG_VALUE_1: "false",
  };
}

async function commitAt(repository: BareRepository, ref: string): Promise<string | null> {
  const id = await openGit(repository).raw(["rev-parse", "--verify", "--quiet", `${ref}^{commit}`]);
  return id.trim() === "" ? null : id.trim();
}

async function isAncestor(repository: BareRepository, before: string, commit: string): Promise<boolean> {
  const base = await openGit(repository).raw(["merge-base", before, commit]);
  return base.trim() === before;
}

/** Git says a lot while it fetches; what went wrong is in the lines that are neither progress nor the server's talk. */
function toFetchProblem(thrown: unknown, { from, branch }: Pick<FetchOptions, "from" | "branch">): GitopsError {
  if (thrown instanceof GitopsError) return thrown;
  const lines = messageOf(thrown)
    .split(/[\r\n]+/)
    .map((line) => line.trim());
  const told = lines.filter((line) => /^(?:fatal|error|ssh|Host key|.*Permission denied)\b/i.test(line));
  const what = told.slice(0, 2).join("; ") || (lines.find((line) => line !== "") ?? "it said nothing");
  const { message } = toGitProblem(new Error(what), `fetch the branch "${branch}" of ${from.display}`);
  return new GitopsError("git/unavailable", message, { hint: hintFor(what) });
}

function hintFor(what: string): string {
  if (/couldn't find remote ref/.test(what)) return "Check --branch: the repository has no branch of that name.";
  if (/\.lock|cannot lock ref/.test(what))
    return "Another run may be fetching it. If none is, remove the clone: the next run makes it anew.";
  if (/Username|Password|Authentication|Permission denied|Host key|terminal prompts/i.test(what)) {
    return "Nobody can be asked here: git needs a key or a credential helper. docs/follow-a-repository.md shows both.";
  }
  return "Check the address, the network, and that this machine may read the repository.";
}
