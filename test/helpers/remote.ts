/** A bare repository that others push to, and keys to sign commits with. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { commitAll, git, makeFolder, makeRepository, writeFiles } from "./temp-folder.ts";

export interface Remote {
  /** The bare repository's folder. */
  readonly path: string;
  /** Where commits are made before they are pushed. */
  readonly work: string;
  /** Commits these files on top of what is there, and pushes. Returns the commit. */
  push(files: Readonly<Record<string, string>>, key?: SigningKey): string;
  /** Puts a commit of these files in the place of the last one. Returns the commit. */
  forcePush(files: Readonly<Record<string, string>>): string;
}

export function makeRemote(t: TestContext, files: Readonly<Record<string, string>>): Remote {
  const work = makeRepository(t, files);
  const path = makeFolder(t);
  git(path, "init", "-q", "--bare", "-b", "main");
  git(work, "remote", "add", "origin", path);
  git(work, "push", "-q", "origin", "main");
  return {
    path,
    work,
    push(changed, key) {
      writeFiles(work, changed);
      const commit = key === undefined ? commitAll(work, "another") : commitSigned(work, key);
      git(work, "push", "-q", "origin", "main");
      return commit;
    },
    forcePush(changed) {
      writeFiles(work, changed);
      git(work, "add", "-A");
      git(work, "commit", "-q", "--amend", "-m", "rewritten");
      git(work, "push", "-q", "--force", "origin", "main");
      return git(work, "rev-parse", "HEAD");
    },
  };
}

export interface SigningKey {
  readonly file: string;
  /** The line of an allowed signers' file that lets this key sign as somebody. */
  allow(principal: string): string;
}

export function makeKey(t: TestContext): SigningKey {
  const file = join(makeFolder(t), "key");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", file]);
  const publicKey = readFileSync(`${file}.pub`, "utf8").trim();
  return { file, allow: (principal) => `${principal} namespaces="git" ${publicKey}\n` };
}

/** Commits everything, signed. Returns the commit. */
export function commitSigned(folder: string, key: SigningKey): string {
  git(folder, "add", "-A");
  const signing = ["-c", "gpg.format=ssh", "-c", `user.signingkey=${key.file}`];
  git(folder, ...signing, "commit", "-q", "--allow-empty", "-S", "-m", "signed");
  return git(folder, "rev-parse", "HEAD");
}
