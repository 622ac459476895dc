import { resolve } from "node:path";
import type { Logger } from "pino";
import type { ResolvedConfig } from "../../config/resolved.ts";
import { GitopsError } from "../../errors.ts";
import type { CommittedFolder } from "../../source/git/git.ts";
import type { Signature } from "../../source/git/git-signature.ts";
import type { CommonOptions } from "../options.ts";
import type { Io } from "../outside/io.ts";
import { type Following, followRepository, readFollowing } from "./follow-repository.ts";

/** Where the manifests of a run come from: a folder as it is, or a commit that is settled before anything of it is read. */
export type DesiredSource =
  | { readonly kind: "folder"; readonly folder: string }
  | { readonly kind: "commit"; readonly from: CommittedFolder; readonly signature: Signature | undefined };

export interface SourceContext {
  readonly io: Io;
  readonly options: CommonOptions;
  readonly config: ResolvedConfig;
  readonly log: Logger;
  /** Gives up a fetch. */
  readonly stop: AbortSignal;
  /** True for commands that bring to a tenant what manifests ask for; `source.requireSigned` is about those. */
  readonly deploys: boolean;
}

/**
 * Settles where a run's manifests come from when it is asked first, and says the same whenever it is asked again: a branch that moves
 * meanwhile does no harm. Flags that make no sense are `usage` at once; asking throws `git/unavailable` and `git/unsigned`.
 */
export function openSource(context: SourceContext): () => Promise<DesiredSource> {
  refuseOddFlags(context.options);
  refuseIdleSigners(context);
  const following = readFollowing(context);
  let settled: Promise<DesiredSource> | undefined;
  return () => {
    settled ??= settle(context, following);
    return settled;
  };
}

async function settle(context: SourceContext, following: Following | undefined): Promise<DesiredSource> {
  const { io, options, config } = context;
  const mustBeSigned = asksForSignature(context);
  const folder = options.manifests === undefined ? config.manifestsDirectory : resolve(io.cwd, options.manifests);
  if (following === undefined && options.rev === undefined && !mustBeSigned) return { kind: "folder", folder };
  const from = following === undefined ? await findCommit(context, folder) : await followRepository(context, following);
  if (!mustBeSigned) return { kind: "commit", from, signature: undefined };
  const { checkSignature } = await import("./check-signature.ts");
  const signature = await checkSignature(context, from);
  return { kind: "commit", from, signature };
}

function asksForSignature({ options, config, deploys }: SourceContext): boolean {
  return options.requireSigned === true || (deploys && config.source.requireSigned);
}

/** Whoever names signers believes that somebody looks at the signature. */
function refuseIdleSigners(context: SourceContext): void {
  if (context.options.allowedSigners === undefined || asksForSignature(context)) return;
  throw new GitopsError("usage", "--allowed-signers verifies nothing without --require-signed", {
    hint: context.config.source.requireSigned
      ? "Add --require-signed: source.requireSigned of the configuration is about `apply` and `reconcile`."
      : "Add --require-signed, or set source.requireSigned in the configuration for `apply` and `reconcile`.",
  });
}

/** In the repository that the folder is in. */
async function findCommit({ io, options }: SourceContext, folder: string): Promise<CommittedFolder> {
  const { rev } = options;
  const { describeRevision, findRevision } = await import("../../source/git/git.ts");
  if (rev !== undefined) return findRevision({ folder, rev, cwd: io.cwd });
  const now = await describeRevision(folder);
  const hint = "Commit the change and sign the commit, or name a signed one with --rev.";
  if (now === null) {
    const message = `the folder "${folder}" has no commit, so nobody has signed it: it is in no repository or in one without commits, or git is not installed`;
    throw new GitopsError("git/unsigned", message, { hint });
  }
  if (now.dirty)
    throw new GitopsError(
      "git/unsigned",
      `the folder "${folder}" differs from its commit: something in it was changed, or never committed`,
      { hint },
    );
  return { ...(await findRevision({ folder, rev: now.commit, cwd: io.cwd })), rev: "HEAD" };
}

function refuseOddFlags({ repo, rev, branch, repoDir }: CommonOptions): void {
  if (repo === undefined && (branch !== undefined || repoDir !== undefined)) {
    const flag = branch === undefined ? "--repo-dir" : "--branch";
    throw new GitopsError("usage", `${flag} says nothing without --repo`, {
      hint: "Name the repository with --repo, or read a revision of this one with --rev.",
    });
  }
  if (repo === undefined || rev === undefined) return;
  throw new GitopsError("usage", "--repo and --rev do not go together", {
    hint: "--repo follows --branch; to read one commit of a clone of yours, use --rev there.",
  });
}
