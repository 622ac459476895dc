import { dirname } from "node:path";
import { GitopsError } from "../../errors.ts";
import { makeFolder } from "../disk.ts";
import { type ArrivedTrail, findFault } from "./branch-arrival.ts";
import { BRANCH_TRAIL, isInPlace, isSideFile, isTrailFile, placeFiles, readWhole } from "./branch-files.ts";
import type { BranchFile, TrailBranch } from "./trail-branch.ts";

/** What a commit has of the trail. */
export interface TrailState {
  /** null when the branch is not there yet. */
  readonly commit: string | null;
  readonly files: readonly BranchFile[];
}

/**
 * The trail's files on this disk as the branch has them. They only follow what the remote has accepted, and only what a run can have
 * written: what was seen here once must be the beginning of whatever is seen later, and the head file must name the last entry, or somebody
 * has changed the branch (`audit/broken`; nothing on disk changes then). All methods are to be called while the branch's lock is held.
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
    if (commit !== null && seen !== commit) await this.#checkArrival(seen, commit, files);
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

  async #checkArrival(seen: string | null, commit: string, files: readonly BranchFile[]): Promise<void> {
    if (seen !== null && !(await this.#branch.descends(commit, seen))) throw this.#rewritten(seen, "was rewritten");
    const before = trailIn(seen === null ? [] : await this.#listTrail(seen));
    const after = trailIn(files);
    if (before.entries?.id === after.entries?.id && before.head?.id === after.head?.id) return;
    const fault = await findFault(this.#file, await this.#read(after), await this.#read(before));
    if (fault !== undefined) throw this.#rewritten(seen, fault);
  }

  async #read({ entries, head }: TrailFiles): Promise<ArrivedTrail> {
    const files = [entries, head].filter((file) => file !== undefined);
    const contents = await readWhole(this.#branch, files);
    const contentOf = (file: BranchFile | undefined) => file && contents[files.indexOf(file)];
    return { entries: contentOf(entries), head: contentOf(head) };
  }

  #rewritten(seen: string | null, what: string): GitopsError {
    const since = seen === null ? "" : ` since it was last read here (commit ${seen})`;
    const message = `The audit trail's branch ${this.#branch.name} ${what}${since}. Nothing was sent.`;
    return new GitopsError("audit/broken", message, {
      place: { file: this.#file },
      hint: 'Find out who changed it. docs/audit-branch.md, "A rewritten branch", says how to put back what was seen, and how to accept what is there.',
    });
  }
}

interface TrailFiles {
  readonly entries: BranchFile | undefined;
  readonly head: BranchFile | undefined;
}

function trailIn(files: readonly BranchFile[]): TrailFiles {
  const named = (name: string) => files.find(({ path }) => path === name);
  return { entries: named(BRANCH_TRAIL), head: named(`${BRANCH_TRAIL}.head`) };
}
