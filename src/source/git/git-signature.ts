import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GitopsError } from "../../errors.ts";
import { withoutExpired } from "./allowed-signers.ts";
import { type GitPlace, openGit, passOn, toGitProblem } from "./git-client.ts";

/** Whose signature a commit carries. */
export interface Signature {
  /** The principal of the allowed signers' file, or the user id of an OpenPGP key. */
  readonly signer: string;
  /** The fingerprint of the key. */
  readonly key: string;
}

export interface SignatureOptions {
  readonly standing: GitPlace;
  /** A full commit id. */
  readonly commit: string;
  /** A file in OpenSSH's allowed_signers format, absolute; undefined lets nobody sign with ssh. */
  readonly allowedSigners: string | undefined;
}

/**
 * Who signed a commit: with an ssh key that the file allows, or with an OpenPGP key that the keyring of the user who runs this trusts
 * (fully: that it is in the keyring is not enough, some are filled from key servers). The key must be allowed today, and when the commit
 * says that it was made. Throws `git/unsigned` when nobody did.
 * Which program looks at a signature, and which file says who may sign, is never read from a repository's configuration.
 */
export async function verifySignature({ standing, commit, allowedSigners }: SignatureOptions): Promise<Signature> {
  const { state, signer, key } = await judge(standing, commit, allowedSigners ?? "/dev/null");
  const hint = hintFor(allowedSigners);
  if (state !== "G" || signer === "") {
    throw new GitopsError("git/unsigned", `the commit ${commit} ${describe(state, key)}`, { hint });
  }
  const today = allowedSigners === undefined ? undefined : await judgeToday(standing, commit, allowedSigners);
  if (today === undefined || (today.state === "G" && today.signer === signer)) return { signer, key };
  const why = `is signed with a key that is not allowed today (${key}), whatever date the commit bears`;
  throw new GitopsError("git/unsigned", `the commit ${commit} ${why}`, { hint });
}

interface Judgement extends Signature {
  /** What git's `%G?` says. */
  readonly state: string;
}

async function judge(standing: GitPlace, commit: string, allowedSigners: string): Promise<Judgement> {
  const config = [
    `gpg.ssh.allowedSignersFile=${allowedSigners}`,
    "gpg.program=gpg",
    "gpg.openpgp.program=gpg",
    "gpg.ssh.program=ssh-keygen",
    "gpg.x509.program=gpgsm",
  ];
  const git = openGit(standing, { config, unsafe: { allowUnsafeGpgProgram: true }, env: passOn(["GNUPGHOME"]) });
  const answer = await git
    .raw(["log", "-1", "--no-show-signature", "--no-color", "--format=%G?%n%GS%n%GF", commit, "--"])
    .catch((thrown: unknown) => {
      throw toGitProblem(thrown, `look at the signature of ${commit}`);
    });
  const [state = "", signer = "", key = ""] = answer.split("\n");
  return { state, signer, key };
}

/** Git asks whether a key was allowed at the commit's own date. undefined when all of the file's lines are in force. */
async function judgeToday(standing: GitPlace, commit: string, allowedSigners: string): Promise<Judgement | undefined> {
  const inForce = withoutExpired(await readFile(allowedSigners, "utf8"), Date.now());
  if (inForce === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "cxone-gitops-signers-"));
  try {
    const file = join(folder, "allowed_signers");
    await writeFile(file, inForce, { mode: 0o600 });
    return await judge(standing, commit, file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What git's `%G?` says of a signature that is not good. */
function describe(state: string, key: string): string {
  const by = key === "" ? "" : ` (${key})`;
  if (state === "B") return `carries a signature that does not fit it${by}`;
  if (state === "X") return `carries a signature that has expired${by}`;
  if (state === "Y") return `is signed with a key that has expired${by}`;
  if (state === "R") return `is signed with a key that was revoked${by}`;
  if (state === "U" || state === "E" || state === "G") return `is signed with a key that is not allowed${by}`;
  return "is not signed";
}

function hintFor(allowedSigners: string | undefined): string {
  const where = allowedSigners === undefined ? "Name an allowed signers' file with --allowed-signers, or sign" : "Sign";
  return `${where} it with a key that is allowed; docs/follow-a-repository.md shows how.`;
}
