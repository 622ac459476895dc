import { dirname } from "node:path";
import { GitopsError } from "../../errors.ts";
import { makeFolder } from "../disk.ts";
import { BRANCH_TRAIL, isInPlace, isSideFile, isTrailFile, placeFiles } from "./branch-files.ts";
import type { BranchFile, TrailBranch } from "./trail-branch.ts";

/** What a commit has of the trail. */
export interface TrailState {
  /** null when the branch is not there yet. */
  readonly commit: string | null;
  readonly files: readonly BranchFile[];
}

/**
 * The trail's files on this disk as the branch has them. They only follow what the remote has accepted, and they may only grow: what was
 * seen here once must be the beginning of whatever is seen later, or somebody has rewritten the branch (`audit/broken`; nothing on
 * disk changes then). All methods are to be called while the branch's lock is held.
 */
export class BranchMirror {
  readonly #branch: TrailBranch;
  /** Where the trail's file stands, absolute. */
  readonly #file: string;
  #state: TrailState | undefined;

  constructor(branch: TrailBranch, file: string) {
    this.#branch = branch;
    this.#file = file;
  }

  /** Fetches, and brings the files to what the remote has. Throws `git/unavailable`, `audit/broken`. */
  async sync(): Promise<TrailState> {
    return this.moveTo(await this.#branch.fetch());
  }

  /** As `sync`, without asking the remote when the files are at what this machine has seen last. */
  async refresh(): Promise<TrailState> {
    const state = this.#state;
    if (state === undefined || state.commit !== (await this.#branch.seen())) return this.sync();
    const folder = dirname(this.#file);
    const sideFiles = state.files.filter(({ path }) => isSideFile(path));
    const isIntact = await Promise.all(sideFiles.map((file) => isInPlace(folder, file)));
    if (!isIntact.every(Boolean)) await placeFiles(this.#branch, folder, state.files);
    return state;
  }

  /** Brings the files to what a commit has that was fetched. */
  async moveTo(commit: string | null): Promise<TrailState> {
    const state = this.#state;
    if (state !== undefined && state.commit === commit) return state;
    const seen = await this.#branch.seen();
    if (commit === null && seen !== null) throw this.#rewritten(seen, "is gone from the remote");
    const files = commit === null ? [] : await this.#listTrail(commit);
    if (commit !== null && seen !== null && seen !== commit) await this.#checkGrowth(seen, commit, files);
    await makeFolder(dirname(this.#file));
    await placeFiles(this.#branch, dirname(this.#file), files);
    return this.#settle({ commit, files });
  }

  /** Takes over what was pushed from here and stands on disk already. */
  async adopt(state: TrailState): Promise<void> {
    await this.#settle(state);
  }

  async #settle(state: TrailState): Promise<TrailState> {
    if (state.commit !== null) await this.#branch.markSeen(state.commit);
    this.#state = state;
    return state;
  }

  async #listTrail(commit: string): Promise<readonly BranchFile[]> {
    return (await this.#branch.list(commit)).filter(({ path }) => isTrailFile(path));
  }

  async #checkGrowth(seen: string, commit: string, files: readonly BranchFile[]): Promise<void> {
    if (!(await this.#branch.descends(commit, seen))) throw this.#rewritten(seen, "was rewritten");
    const before = trailIn(await this.#listTrail(seen));
    const after = trailIn(files);
    if (before === undefined || before.id === after?.id) return;
    const [old, now] = after === undefined ? [] : await this.#branch.read([before, after]);
    if (old === undefined || now === undefined || !now.subarray(0, old.length).equals(old)) {
      throw this.#rewritten(seen, "no longer begins with the entries that it had");
    }
  }

  #rewritten(seen: string, what: string): GitopsError {
    const message = `The audit trail's branch ${this.#branch.name} ${what} since it was last read here (commit ${seen}). Nothing was sent.`;
    return new GitopsError("audit/broken", message, {
      place: { file: this.#file },
      hint: 'Find out who changed it. docs/audit-branch.md, "A rewritten branch", says how to put back what was seen, and how to accept what is there.',
    });
  }
}

function trailIn(files: readonly BranchFile[]): BranchFile | undefined {
  return files.find(({ path }) => path === BRANCH_TRAIL);
}
