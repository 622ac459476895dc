import { createHash } from "node:crypto";
import { join } from "node:path";
import { messageOf } from "../errors.ts";
import type { Problem } from "../model/finding.ts";
import type { Secrets } from "../model/secrets.ts";
import { parseRepositoryUrl } from "../source/git/repository-url.ts";
import { resolveVariables } from "../source/variables.ts";
import type { KeyOptions, WrittenAudit } from "./audit-keys.ts";
import type { ResolvedAuditGit } from "./resolved.ts";

type WrittenAuditGit = NonNullable<WrittenAudit["git"]>;

const WORK_FOLDER = ".cxone-gitops/audit-git";
const DEFAULT_REMOTE = "origin";
/** No path: that has a slash or a dot in front. */
const REMOTE_NAME = /^[A-Za-z0-9_][\w.-]*(\/[\w.-]+)*$/;
/** The name of the trail on its branch; the files that belong to it are named after it. */
const TRAIL = "audit.jsonl";

/** A trail has one place, and what opens it is no secret that stands here. */
export function findAuditPlaceProblems(written: WrittenAudit | undefined, secrets: Secrets): readonly Problem[] {
  const login = findLoginProblem(written?.git?.remote, secrets);
  if (login !== undefined) return [login];
  if (written?.git === undefined || written.file === undefined) return [];
  const message = "the audit trail is either in a file or on a git branch, and both are set";
  const hint = 'Remove "file" or "git". docs/audit-branch.md shows how a branch begins with the entries of a file.';
  return [{ rule: "config/invalid", message, path: ["audit", "git"], at: "key", hint }];
}

export interface AuditGitResult {
  /** null when the trail is in a file, and when there are problems. */
  readonly git: ResolvedAuditGit | null;
  readonly problems: readonly Problem[];
}

/** Where a trail on a branch is: the remote's side, and its copy here. */
export function resolveAuditGit(written: WrittenAudit | undefined, options: KeyOptions): AuditGitResult {
  if (written?.git === undefined) return { git: null, problems: [] };
  const problems: Problem[] = [];
  const read = (key: keyof WrittenAuditGit, find: (text: string) => Omit<Problem, "rule" | "path"> | undefined) => {
    const path = ["audit", "git", key];
    const { value, problems: unset } = resolveVariables(written.git?.[key] ?? "", options.variables);
    const text = String(value);
    const wrong = unset.length > 0 || written.git?.[key] === undefined ? undefined : find(text);
    problems.push(...unset.map((problem) => ({ ...problem, path })));
    if (wrong !== undefined) problems.push({ rule: "config/invalid", path, ...wrong });
    return text;
  };
  const branch = read("branch", findBranchProblem);
  const folder = read("folder", findFolderProblem).replace(/\/$/, "");
  const text = read("remote", () => undefined) || DEFAULT_REMOTE;
  const found = readRemote(text, options.directory);
  if ("message" in found && problems.length === 0)
    problems.push({ rule: "config/invalid", path: ["audit", "git", "remote"], ...found });
  if ("message" in found || problems.length > 0) return { git: null, problems };
  const { remote, place } = found;
  const refName = nameOf(branch, place);
  const workFolder = join(options.directory, WORK_FOLDER, refName);
  const git = {
    branch,
    remote,
    folder,
    refName,
    ownRepository: join(workFolder, "repository.git"),
    file: join(workFolder, "trail", folder, TRAIL),
  };
  return { git, problems: [] };
}

function findBranchProblem(branch: string): Omit<Problem, "rule" | "path"> | undefined {
  const isName = /^[A-Za-z0-9_][\w./-]*$/.test(branch) && !/\.\.|\/\/|\/\.|\.lock(\/|$)|[./]$/.test(branch);
  if (isName && branch !== "HEAD" && !branch.startsWith("refs/")) return undefined;
  const hint = 'Use letters, digits, hyphens, underscores, dots and slashes, as in "cxone-audit".';
  return { message: `"${branch}" cannot be the name of the audit trail's branch`, hint };
}

function findFolderProblem(folder: string): Omit<Problem, "rule" | "path"> | undefined {
  const parts = folder.replace(/\/$/, "").split("/");
  if (parts.every((part) => /^[A-Za-z0-9_][\w.-]*$/.test(part))) return undefined;
  const hint = 'Write it as seen from the top of the branch: "audit" or "audit/prod".';
  return { message: `"${folder}" cannot be the audit trail's folder on its branch`, hint };
}

const HOW_TO_LOG_IN = "Write https://USER:${env:TOKEN}@HOST/PATH, or leave it to git's credential helpers.";

/** Where a login is, it comes from the environment: a token that is written out here would be a token in git. */
function findLoginProblem(written: string | undefined, secrets: Secrets): Problem | undefined {
  const login = /^https?:\/\/([^/@]*)@/i.exec(written ?? "")?.[1];
  if (login === undefined) return undefined;
  const path = ["audit", "git", "remote"];
  const [user = "", password] = splitOnce(login, ":");
  if (password?.includes("${env:")) return undefined;
  secrets.add(password ?? user);
  const message = "the URL of the audit trail's remote must not hold a token or a password";
  return { rule: "config/literal-secret", message, path, hint: HOW_TO_LOG_IN };
}

interface Remote {
  /** What git is told to talk to. */
  readonly remote: string;
  /** The same without credentials, which change. */
  readonly place: string;
}

/** A remote of the repository by its name, or an address; a path starts at the configuration's folder, as every path in it. */
function readRemote(text: string, directory: string): Remote | Omit<Problem, "rule" | "path"> {
  if (REMOTE_NAME.test(text)) return { remote: text, place: text };
  try {
    const { url, transport } = parseRepositoryUrl(text, directory);
    return { remote: transport === "file" ? url : text, place: url };
  } catch (thrown) {
    const reason = messageOf(thrown).replace(/^--repo: /, "");
    const hint = 'Name a remote of the repository, as "origin", or write a URL with https, ssh or file, or a path.';
    return { message: `the remote of the audit trail's branch cannot be used: ${reason}`, hint };
  }
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** A name for folders and references: two branches never share one, nor the same branch of two remotes. */
function nameOf(branch: string, remote: string): string {
  const name = encodeURIComponent(branch);
  if (remote === DEFAULT_REMOTE) return name;
  return `${name}@${createHash("sha256").update(remote).digest("hex").slice(0, 8)}`;
}
