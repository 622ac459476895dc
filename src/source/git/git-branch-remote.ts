import type { SimpleGit } from "simple-git";
import { messageOf } from "../../errors.ts";
import { type GitPlace, openGit } from "./git-client.ts";
import { remoteEnvironment } from "./git-remote.ts";
import { parseRepositoryUrl } from "./repository-url.ts";

/**
 * What talking to a remote may need besides: the ssh agent, proxies, certificates, and the places where git's own helpers find
 * credentials. All of it is the caller's, as for a `git push` that they type.
 */
const PASSED_ON =
  /^(SSH_AUTH_SOCK|GIT_SSH(_COMMAND|_VARIANT)?|(GIT|SSH)_ASKPASS|GIT_SSL_\w+|SSL_CERT_(FILE|DIR)|(https?|all|no)_proxy|(HTTPS?|ALL|NO)_PROXY|GIT_CONFIG_(COUNT|KEY_\d+|VALUE_\d+|GLOBAL|NOSYSTEM)|GH_TOKEN|GITHUB_TOKEN|CI_JOB_TOKEN)$/;

/** simple-git keeps strangers from setting these; here it is the environment of whoever runs us. */
const CALLERS_OWN = {
  allowUnsafeAskPass: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeSshCommand: true,
  allowUnsafeUrlRewrite: true,
};

const LONGEST_REASON = 300;
const PROGRESS = /^(remote: )?(Enumerating|Counting|Compressing|Writing|Receiving|Resolving|Unpacking|Total|Delta) /;

/** A remote, by the name that a repository has for it or by its address. */
export interface GitRemote {
  /** What git is told; no credentials, because the arguments of a process are for all to see. */
  readonly address: string;
  readonly display: string;
  readonly isName: boolean;
  /** Git for a command that talks to it. It asks nobody for a password; the signal cuts it off. */
  open(place: GitPlace): SimpleGit;
}

/** `remote` is a name, a URL, which may hold a login, or an absolute path. */
export function openRemote(remote: string, signal?: AbortSignal): GitRemote {
  const url = /^\/|:/.test(remote) ? parseRepositoryUrl(remote, "/") : undefined;
  const login = url?.login === undefined ? {} : remoteEnvironment(url);
  return {
    address: url?.url ?? remote,
    display: url?.display ?? remote,
    isName: url === undefined,
    open: (place) =>
      openGit(place, {
        env: { ...passOnToRemotes(), ...login, GIT_TERMINAL_PROMPT: "0" },
        unsafe: CALLERS_OWN,
        // A clean-up that goes on in the background would outlive the run that it belongs to.
        config: ["gc.autoDetach=false", "maintenance.autoDetach=false"],
        ...(signal && { signal }),
      }),
  };
}

function passOnToRemotes(): Record<string, string> {
  const passed = Object.entries(process.env).flatMap(([name, value]): [string, string][] =>
    value !== undefined && PASSED_ON.test(name) ? [[name, value]] : [],
  );
  return Object.fromEntries(passed);
}

export type Push =
  | { readonly result: "pushed" | "moved" }
  | { readonly result: "refused" | "failed"; readonly reason: string };

/** What `git push --porcelain` has said of one reference, by what it failed with. */
export function describePush(thrown: unknown): Push {
  const text = messageOf(thrown);
  if (/^!\t.*\[rejected\]/m.test(text)) return { result: "moved" };
  const remote = /^!\t.*\[remote rejected\] \((.*)\)\s*$/m.exec(text)?.[1];
  // Two pushes at the same instant: one of them finds the reference locked, or not as it was a moment ago.
  if (remote === undefined || /lock ref|failed to update ref|old value|reference already exists/.test(remote)) {
    return { result: "failed", reason: reasonOf(thrown) };
  }
  const said = linesOf(thrown).flatMap((line) => /^remote: (?:error: )?(.*\S)$/.exec(line)?.[1] ?? []);
  return { result: "refused", reason: cut([remote, ...said].join("; ")) };
}

/** Why a command failed, in one line and without credentials; nothing of the command line, which simple-git's errors may hold. */
export function reasonOf(thrown: unknown): string {
  const lines = linesOf(thrown);
  const telling = lines.find((line) => /^(fatal|error|ssh): /.test(line)) ?? lines[0] ?? "git said nothing";
  return cut(telling.replace(/^(fatal|error): /, ""));
}

/** What git said, without its progress. */
function linesOf(thrown: unknown): readonly string[] {
  const lines = messageOf(thrown).split(/[\r\n]+/);
  return lines.map((line) => line.trim()).filter((line) => line !== "" && !PROGRESS.test(line));
}

function cut(text: string): string {
  const masked = text.replace(/:\/\/[^/@\s]*@/g, "://(secret)@");
  return masked.length <= LONGEST_REASON ? masked : `${masked.slice(0, LONGEST_REASON)}…`;
}
