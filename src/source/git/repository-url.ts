import { resolve } from "node:path";
import { GitopsError } from "../../errors.ts";

/** What `--repo` names, taken apart. */
export interface RepositoryUrl {
  /** What git gets: without a password or token, because the arguments of a process are for all to see. */
  readonly url: string;
  /** What people get to see. */
  readonly display: string;
  readonly transport: "https" | "http" | "ssh" | "file";
  /** What stood before the host, when that holds a password, or is a token by itself (`https://TOKEN@host`): its password is empty. */
  readonly login: { readonly user: string; readonly password: string } | undefined;
}

const LOOPBACK = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;
/** `git@host:path`; no slash may stand before the colon, or it is a path. */
const SCP_LIKE = /^(?:[\w.+-]+@)?(?:[\w.-]+|\[[\da-fA-F:.]+\]):(?!:)/;
const CAN_BE = "It can be https://…, ssh://…, git@host:path, file://… or a path.";

/**
 * Reads the address of a repository: https, ssh (also `git@host:path`), file, or a path, which starts at the working directory. What
 * git could take for an option or a command (`-…`, `ext::…`) and what travels in the clear is refused.
 * Throws `usage`; its message holds no password.
 */
export function parseRepositoryUrl(text: string, cwd: string): RepositoryUrl {
  if (text.startsWith("-") || hasControlCharacter(text)) throw refuse("it is no address of a repository", CAN_BE);
  if (/^[\w+.-]+::/.test(text)) throw refuse("transport helpers (NAME::…) run commands and are not taken", CAN_BE);
  if (text.includes("://")) return parseUrl(text);
  if (SCP_LIKE.test(text)) return { url: text, display: text, transport: "ssh", login: undefined };
  const path = resolve(cwd, text);
  return { url: path, display: path, transport: "file", login: undefined };
}

function parseUrl(text: string): RepositoryUrl {
  if (!URL.canParse(text)) throw refuse("it cannot be read as a URL", CAN_BE);
  const url = new URL(text);
  const transport = transportOf(url);
  const isToken = transport !== "ssh" && transport !== "file" && looksLikeToken(decode(url.username));
  if (url.password === "" && !isToken) {
    const address = transport === "file" ? text : url.href;
    return { url: address, display: address, transport, login: undefined };
  }
  if (transport === "ssh") throw refuse("ssh takes no password from an address", "Use a key; see GIT_SSH_COMMAND.");
  const login = { user: decode(url.username), password: decode(url.password) };
  url.username = "";
  url.password = "";
  return { url: url.href, display: url.href, transport, login };
}

/**
 * Whether what stands alone before a host is more than a name. A name stays in the address: credential helpers look for its password. Names
 * as long as tokens are mail addresses, or words in one case.
 */
function looksLikeToken(user: string): boolean {
  if (/^(gh[a-z]|github_pat|glpat|gl[a-z]+t)[_-]/.test(user)) return true;
  return user.length >= 20 && !user.includes("@") && (/\d/.test(user) || (/[a-z]/.test(user) && /[A-Z]/.test(user)));
}

function transportOf({ protocol, hostname }: URL): RepositoryUrl["transport"] {
  if (hostname.startsWith("-")) throw refuse("no host is called so", CAN_BE);
  if (protocol === "https:") return "https";
  if (protocol === "ssh:") return "ssh";
  if (protocol === "file:") return "file";
  if (protocol === "http:" && LOOPBACK.test(hostname)) return "http";
  throw refuse(`${protocol}// is not taken: it protects nothing on its way`, "Use https or ssh.");
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

/** The address is not repeated: what could not be taken apart may hold a password. */
function refuse(why: string, hint: string): GitopsError {
  return new GitopsError("usage", `--repo: ${why}`, { hint });
}
