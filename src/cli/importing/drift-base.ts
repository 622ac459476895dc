/** Where manifests are that live edits are taken over into: the folder, or a branch that nobody has checked out. */
import { join, resolve } from "node:path";
import { GitopsError } from "../../errors.ts";
import { displayPath } from "../../source/folder.ts";
import { findRevision, gitUser, readCommit } from "../../source/git/git.ts";
import {
  commitOnBranch,
  findUncommitted,
  type GitIdentity,
  openCommitBase,
  pushCommand,
  readIdentity,
} from "../../source/git/git-commit.ts";
import { type FileChange, writeManifestFiles } from "../../source/manifest-files.ts";
import { type LoadedDocuments, parseFiles } from "../../source/parse-files.ts";
import type { Session } from "../session.ts";
import { approveEdits } from "./approval.ts";

/** The first words of a take-over's commit, by which a branch of ours is known. */
const SUBJECT = "Take over live edits of";
const BYTE_ORDER_MARK = "\uFEFF";

export interface DriftBase {
  /** The manifests, where they are not those of the folder. */
  readonly loaded: LoadedDocuments | undefined;
  /** The manifests without the take-overs that the branch holds already; undefined when it holds none. */
  readonly asked: LoadedDocuments | undefined;
  readonly readText: ((file: string) => Promise<string>) | undefined;
  /** Throws when the changes could not be written. */
  check(changes: readonly FileChange[]): Promise<void>;
  /** `lines` say what was taken over, for the commit. */
  write(changes: readonly FileChange[], lines: readonly string[]): Promise<Landing>;
}

/** Where edits have landed. */
export interface Landing {
  readonly branch: string | null;
  readonly commit: string | null;
  /** What brings the commit to where others see it. */
  readonly push: string | null;
}

export const NOWHERE: Landing = { branch: null, commit: null, push: null };

export interface DriftBaseOptions {
  readonly branch?: string;
  readonly author?: string;
  readonly autoApprove?: boolean;
}

/** Throws `usage` for an author that git would not take, and what `openCommitBase` throws. */
export async function openDriftBase(session: Session, options: DriftBaseOptions): Promise<DriftBase> {
  const { io, config } = session;
  const { manifests } = session.options;
  const folder = manifests === undefined ? config.manifestsDirectory : resolve(io.cwd, manifests);
  const { branch } = options;
  return branch === undefined
    ? openFolder(session, folder, options)
    : openBranch(session, folder, { ...options, branch });
}

function openFolder(session: Session, folder: string, options: DriftBaseOptions): DriftBase {
  return {
    loaded: undefined,
    asked: undefined,
    readText: undefined,
    check: () => Promise.resolve(),
    async write(changes) {
      await approveEdits(session, changes, options);
      await writeManifestFiles(changes, { folder, cwd: session.io.cwd });
      return NOWHERE;
    },
  };
}

async function openBranch(
  session: Session,
  folder: string,
  { branch, author }: DriftBaseOptions & { readonly branch: string },
): Promise<DriftBase> {
  const { io, tenant } = session;
  const identity = await findAuthor(folder, author);
  const base = await openCommitBase(folder, branch, SUBJECT);
  const { loaded, texts, pathOf } = await readBase(session, folder, base.commit);
  const asked = base.fork === null ? undefined : (await readBase(session, folder, base.fork)).loaded;
  return {
    loaded,
    asked,
    readText: (file) => Promise.resolve(texts.get(file) ?? ""),
    async check(changes) {
      if (base.isThere) return;
      const differing = await findUncommitted(
        base.standing,
        changes.map(({ file }) => pathOf(file)),
      );
      if (differing.length > 0) throw refuseUncommitted(differing);
    },
    async write(changes, lines) {
      const files = changes.map(({ file, after }) => ({ path: pathOf(file), text: after }));
      const message = io.secrets.mask(writeMessage(tenant.name, lines));
      const commit = await commitOnBranch(base, { files, message, author: identity });
      return { branch, commit, push: await pushCommand(base) };
    },
  };
}

async function readBase({ io }: Session, folder: string, commit: string) {
  const committed = await findRevision({ folder, rev: commit, cwd: io.cwd });
  const { files, problems } = await readCommit(committed);
  const above = `${committed.rev}:${committed.path === "" ? "" : `${committed.path}/`}`;
  const texts = new Map<string, string>();
  const paths = new Map<string, string>();
  const named = files.map((one) => {
    const below = one.file.slice(above.length);
    const file = displayPath(io.cwd, join(folder, below));
    // What is read has lost its byte order mark, and is to keep it.
    const hadMark = one.bytes > Buffer.byteLength(one.text);
    texts.set(file, (hadMark ? BYTE_ORDER_MARK : "") + one.text);
    paths.set(file, one.file.slice(committed.rev.length + 1));
    return { ...one, file };
  });
  return { loaded: parseFiles({ files: named, problems }), texts, pathOf: (file: string) => paths.get(file) ?? file };
}

async function findAuthor(folder: string, author: string | undefined): Promise<GitIdentity> {
  const text = author ?? (await gitUser(folder));
  const identity = text === undefined ? undefined : readIdentity(text);
  if (identity !== undefined) return identity;
  const message = text === undefined ? "git knows no user to commit as" : `"${text}" is not "Name <email>"`;
  throw new GitopsError("usage", message, {
    hint: 'Give --author "Name <email>", or set user.name and user.email for git.',
  });
}

function refuseUncommitted(paths: readonly string[]): GitopsError {
  const message = `these manifests differ from their commit, and the edits would be made without that: ${paths.join(", ")}`;
  return new GitopsError("import/branch", message, { hint: "Commit or stash them first." });
}

function writeMessage(tenant: string, lines: readonly string[]): string {
  const plan = `Run \`cxone-gitops plan --tenant ${tenant}\` on this branch: nothing is left to change of what was taken over.`;
  return `${SUBJECT} ${tenant}\n\n${lines.map((line) => `- ${line}\n`).join("")}\n${plan}\n`;
}
