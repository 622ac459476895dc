/** Where manifests are that live edits are taken over into: the folder, or a branch that nobody has checked out. */
import { resolve } from "node:path";
import { type FileChange, writeManifestFiles } from "../../source/manifest-files.ts";
import type { LoadedDocuments } from "../../source/parse-files.ts";
import type { Session } from "../session.ts";
import type { Memory } from "../trail/memory.ts";
import { approveEdits } from "./approval.ts";
import type { Described } from "./described.ts";
import type { Draft } from "./drafts.ts";
import { openBranch } from "./drift-branch.ts";

export interface DriftBase {
  /** The manifests, where they are not those of the folder. */
  readonly loaded: LoadedDocuments | undefined;
  /** Those of the changes that are still to be written, as they are to be written. Throws when they could not be. */
  settle(changes: readonly FileChange[], found: Settling): Promise<readonly FileChange[]>;
  /** Writes what `settle` gave. */
  write(changes: readonly FileChange[], taken: Taken): Promise<Landing>;
}

/** What was taken over, for the commit. */
export interface Taken {
  readonly lines: readonly string[];
  /** Other tenants that share the manifests. */
  readonly others: readonly string[];
}

/** What the changes come from. */
export interface Settling {
  readonly memory: Memory;
  readonly described: Described;
  readonly accepted: readonly Draft[];
}

/** Where edits have landed. */
export interface Landing {
  readonly branch: string | null;
  readonly commit: string | null;
  /** What brings the commit to where others see it. */
  readonly push: string | null;
  /** False for a commit of an earlier run, which holds them all. */
  readonly isNew: boolean;
}

export const NOWHERE: Landing = { branch: null, commit: null, push: null, isNew: false };

export interface DriftBaseOptions {
  readonly branch?: string;
  readonly author?: string;
  readonly autoApprove?: boolean;
}

/** Throws what `openBranch` throws. */
export async function openDriftBase(session: Session, options: DriftBaseOptions): Promise<DriftBase> {
  const { io, config } = session;
  const { manifests } = session.options;
  const folder = manifests === undefined ? config.manifestsDirectory : resolve(io.cwd, manifests);
  const { branch, author } = options;
  return branch === undefined ? openFolder(session, folder, options) : openBranch(session, { folder, branch, author });
}

function openFolder(session: Session, folder: string, options: DriftBaseOptions): DriftBase {
  return {
    loaded: undefined,
    settle: (changes) => Promise.resolve(changes),
    async write(changes) {
      await approveEdits(session, changes, options);
      await writeManifestFiles(changes, { folder, cwd: session.io.cwd });
      return NOWHERE;
    },
  };
}
