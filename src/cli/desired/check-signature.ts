import { realpath, stat } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { GitopsError } from "../../errors.ts";
import { type CommittedFolder, findWorkTree } from "../../source/git/git.ts";
import { type Signature, verifySignature } from "../../source/git/git-signature.ts";
import type { SourceContext } from "./source.ts";

/**
 * Who signed the commit that is about to be read, as `verifySignature` finds it; says so. The allowed signers come from the command
 * line or the configuration, never from the repository whose commits they judge: there, whoever pushes could allow himself.
 */
export async function checkSignature(context: SourceContext, from: CommittedFolder): Promise<Signature> {
  const { io, options, config, log } = context;
  const { standing, commit } = from;
  const allowedSigners =
    options.allowedSigners === undefined ? config.source.allowedSigners : resolve(io.cwd, options.allowedSigners);
  if (allowedSigners !== undefined) await refuseOddFile(allowedSigners, standing);
  const signature = await verifySignature({ standing, commit, allowedSigners });
  log.info({ commit, ...signature }, "signed commit");
  io.say(`${commit} is signed by ${signature.signer} (${signature.key})\n`);
  return signature;
}

async function refuseOddFile(file: string, standing: CommittedFolder["standing"]): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) {
    const hint = "Name a file in OpenSSH's allowed_signers format; docs/follow-a-repository.md shows one.";
    throw new GitopsError("source/unreadable", `the allowed signers' file "${file}" is not there`, { hint });
  }
  if (typeof standing !== "string") return;
  const workTree = await findWorkTree(standing);
  if (!(await realpath(file)).startsWith(`${workTree}${sep}`)) return;
  throw new GitopsError(
    "git/unsigned",
    `the allowed signers' file "${file}" is in the repository that it is to judge`,
    {
      hint: "Keep it where a push cannot change it: outside the work tree.",
    },
  );
}
