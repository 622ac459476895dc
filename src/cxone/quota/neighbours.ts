import { join } from "node:path";
import { messageOf } from "../../errors.ts";
import {
  digestOfQuota,
  leaveUsed,
  listNeighbours,
  listUsed,
  move,
  nameNeighbour,
  nameUsed,
  openFolder,
  remove,
  removeLeftOver,
  touch,
} from "./neighbour-files.ts";
import type { RunKind } from "./shares.ts";

/** Who has not said for so long that it is there asks for nothing now. Each says it about once a second while requests flow. */
const SILENT_MS = 10_000;
/** Files of which nobody will ever hear again. */
const FORGOTTEN_MS = 3_600_000;

export interface NeighboursOptions {
  /** Where the runs of one user of this machine find each other. */
  readonly folder: string;
  readonly kind: RunKind;
  readonly baseUrl: string;
  readonly clientId: string;
  /** Is told at most once why the others cannot be seen. */
  readonly onTrouble?: ((why: string) => void) | undefined;
}

/** What a look around has found. */
export interface Sight {
  readonly others: readonly RunKind[];
  /** True when the others did not know of this run until now. */
  readonly isNew: boolean;
}

const ALONE: Sight = { others: [], isNew: false };

/**
 * The other runs on this machine that share the quota of one tenant. Each run has an empty file whose name says what it is and whose time
 * says that it is at work. A run that cannot see the others is alone; that is never an error.
 */
export class Neighbours {
  readonly #options: NeighboursOptions;
  readonly #quota: string;
  #kind: RunKind;
  #path: string;
  #lookedAt = 0;
  #isAlone = false;
  #isOpen = false;

  constructor(options: NeighboursOptions) {
    this.#options = options;
    this.#quota = digestOfQuota(options.baseUrl, options.clientId);
    this.#kind = options.kind;
    this.#path = join(options.folder, nameNeighbour(this.#quota, options.kind));
  }

  get kind(): RunKind {
    return this.#kind;
  }

  /** Shows this run to the others and looks for them. It is first shown and then looked, so that of two that begin at once one sees the other. */
  look(now: number): Sight {
    return this.#orAlone(() => {
      const isNew = this.#show(now);
      const found = listNeighbours(this.#options.folder, this.#quota).filter(({ path }) => path !== this.#path);
      for (const { path, seenAt } of found) if (now - seenAt > FORGOTTEN_MS) remove(path);
      const others = found.filter(({ seenAt, isDead }) => !isDead && Math.abs(now - seenAt) <= SILENT_MS);
      return { others: others.map(({ kind }) => kind), isNew };
    }, ALONE);
  }

  /**
   * What runs that have ended had used of the quota: for each, the milliseconds until that is there again. Each is told to one run only, which
   * then answers for it, so that nothing counts twice.
   */
  takeOver(now: number): readonly number[] {
    return this.#orAlone(() => {
      const taken = listUsed(this.#options.folder, this.#quota).filter(({ path }) => remove(path));
      return taken.map(({ wholeAt }) => wholeAt - now).filter((ms) => ms > 0);
    }, []);
  }

  /** From now on this run is of another kind; the others see it at their next look. */
  become(kind: RunKind): void {
    if (kind === this.#kind) return;
    this.#kind = kind;
    const path = join(this.#options.folder, nameNeighbour(this.#quota, kind));
    this.#orAlone(() => {
      if (this.#isOpen) move(this.#path, path);
    }, undefined);
    this.#path = path;
  }

  /**
   * Leaves the others what was this run's, for good: an answer that comes late brings it back no more. What it has used will be there again
   * at `wholeAt`, milliseconds since 1970; 0 when all of it is there.
   */
  leave(wholeAt = 0): void {
    if (this.#isOpen && wholeAt > 0) leaveUsed(this.#path, join(this.#options.folder, nameUsed(this.#quota)), wholeAt);
    else if (this.#isOpen) remove(this.#path);
    this.#isOpen = false;
    this.#isAlone = true;
  }

  #show(now: number): boolean {
    if (!this.#isOpen) {
      openFolder(this.#options.folder);
      removeLeftOver(this.#options.folder, now);
    }
    const wasSilent = now - this.#lookedAt > SILENT_MS;
    const isMade = touch(this.#path, now);
    this.#isOpen = true;
    this.#lookedAt = now;
    return isMade || wasSilent;
  }

  #orAlone<Seen>(look: () => Seen, alone: Seen): Seen {
    if (this.#isAlone) return alone;
    try {
      return look();
    } catch (error) {
      this.#isAlone = true;
      this.#options.onTrouble?.(messageOf(error));
      return alone;
    }
  }
}
