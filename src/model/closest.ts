import { distance } from "fastest-levenshtein";

/** Longer words are never typing mistakes, and comparing them would cost time that an untrusted document decides. */
const LONGEST_WORD = 64;

/**
 * The candidate that a person who typed `word` most likely meant, or undefined when none is near: one edit for short words,
 * a third of the letters for longer ones. Case does not count. Among equals the first in the given order wins.
 */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length === 0 || word.length > LONGEST_WORD) return undefined;
  const typed = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (candidate.length > LONGEST_WORD) continue;
    const meant = candidate.toLowerCase();
    const edits = isSwapped(typed, meant) ? 1 : distance(typed, meant);
    if (edits < bestDistance) {
      best = candidate;
      bestDistance = edits;
    }
  }
  return best;
}

/** True when two neighbouring letters changed places, the commonest slip of all, which counts as one edit. */
function isSwapped(typed: string, meant: string): boolean {
  if (typed.length !== meant.length) return false;
  const at = [...typed].findIndex((letter, index) => letter !== meant[index]);
  if (at < 0) return false;
  return typed.slice(0, at) + typed.charAt(at + 1) + typed.charAt(at) + typed.slice(at + 2) === meant;
}

/** The sentence for a hint, or undefined when nothing is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const near = closest(word, candidates);
  return near === undefined ? undefined : `Did you mean "${near}"?`;
}
