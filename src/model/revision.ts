const SHORT = 12;
const DIRTY = "-dirty";

/** True when what was read is in no commit as it was read: outside git, or where the work tree differs from the commit. */
export function isUncommitted(revision: string | null): boolean {
  return revision === null || revision.endsWith(DIRTY);
}

/** The revision of what was read from a work tree at that commit. */
export function workTreeRevision(commit: string, isDirty: boolean): string {
  return isDirty ? `${commit}${DIRTY}` : commit;
}

/** A commit as people tell it: 12 characters, and `-dirty` where that was appended, for then it is not that commit. */
export function shortRevision(revision: string): string {
  return revision.endsWith(DIRTY)
    ? `${revision.slice(0, -DIRTY.length).slice(0, SHORT)}${DIRTY}`
    : revision.slice(0, SHORT);
}
