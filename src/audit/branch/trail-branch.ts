/** A branch of a git repository as the trail needs it: the door to whatever speaks git, which this folder knows nothing of. */
export interface TrailBranch {
  /** For messages: which branch of which remote. Without credentials. */
  readonly name: string;
  /**
   * Gets the branch from the remote and returns its commit; null when the remote has no such branch. Moves nothing but what it fetched.
   * Throws `git/unavailable` when the remote does not answer.
   */
  fetch(): Promise<string | null>;
  /** The commit that was last agreed to be the trail, on this machine; null when there is none. It outlives the process. */
  seen(): Promise<string | null>;
  markSeen(commit: string): Promise<void>;
  /** Whether a commit comes after another one, or is it. */
  descends(commit: string, from: string): Promise<boolean>;
  /** The files of a commit below the trail's folder, links and submodules left out. */
  list(commit: string): Promise<readonly BranchFile[]>;
  /** Their bytes, as they are stored, in the order of the files. */
  read(files: readonly BranchFile[]): Promise<readonly Buffer[]>;
  /** Makes a commit that differs from its parent in these files only, and publishes it nowhere. */
  commit(draft: DraftCommit): Promise<MadeCommit>;
  /** Puts a commit in the place of the expected one (null: of none) on the remote, or changes nothing there. Never throws for what the remote says. */
  push(commit: string, expected: string | null): Promise<PushResult>;
}

export interface BranchFile {
  /** From the trail's folder, with forward slashes. */
  readonly path: string;
  /** The object id of its content. */
  readonly id: string;
  readonly size: number;
}

export interface DraftCommit {
  /** null for the first one of a branch. */
  readonly parent: string | null;
  readonly message: string;
  /** What each path (from the trail's folder) is to hold: the bytes of a file on disk, absolute. */
  readonly files: readonly { readonly path: string; readonly from: string }[];
}

export interface MadeCommit {
  readonly commit: string;
  /** The object id of each file's content, in their order. */
  readonly ids: readonly string[];
}

/**
 * `moved`: the branch is not at the expected commit. `refused`: the remote will not have it, and would say so again. `failed`: it may or
 * may not have arrived.
 */
export type PushResult =
  | { readonly result: "pushed" | "moved" }
  | { readonly result: "refused" | "failed"; readonly reason: string };
