/**
 * What is wrong with a trail. `changed`: an entry, or a kept document that it names, is not what was written. `removed`: an entry
 * between others, or a kept document, is gone. `reordered`: the entries are there in another order. `inserted`: a line that the chain
 * has no place for. `cut`: the end is missing. `unsigned`: all fits together, but the head is not signed by the key that was asked for.
 * `unreadable`: nothing can be said (no permission, an endless line, a later format).
 */
export type TrailProblem = "changed" | "removed" | "reordered" | "inserted" | "cut" | "unsigned" | "unreadable";

export interface BrokenTrail {
  readonly ok: false;
  /** The first line that is wrong, or where the missing one belongs, from 1; 0 when it is not about a line. */
  readonly line: number;
  /** The sequence number that belongs on that line; 0 when it is not about a line. */
  readonly sequence: number;
  readonly problem: TrailProblem;
  /** One sentence for a person. */
  readonly message: string;
  /** A crash during an append left half a line, nothing else is wrong, and the next append sets it aside. */
  readonly isTorn: boolean;
}

/** A chain whose entries all fit together. */
export interface SoundChain {
  readonly ok: true;
  readonly entries: number;
  /** The last entry's hash. Noted elsewhere (a build log), it makes even a rewritten trail detectable. */
  readonly head: string;
  /** What does not make the trail wrong but should be known. */
  readonly warnings: readonly string[];
}

export interface SoundTrail extends SoundChain {
  /** The id of the key that signed the head, as the head file says; null when it is not signed. */
  readonly signedBy: string | null;
  /** True when a key was given and its signature fits; false says that `signedBy` is only a claim. */
  readonly isSignatureChecked: boolean;
}

export type TrailVerdict = SoundTrail | BrokenTrail;
