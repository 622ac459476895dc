import type { KeyObject } from "node:crypto";
import { copyFile, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { TrailRecord } from "../../engine/ports.ts";
import { GitopsError } from "../../errors.ts";
import { makeFolder } from "../disk.ts";
import { openTrail } from "../file-store.ts";
import type { WarnAboutTrail } from "../warnings.ts";
import { BRANCH_TRAIL, isSideFile, keptPathOf } from "./branch-files.ts";
import type { TrailState } from "./branch-mirror.ts";
import type { BranchFile, DraftCommit } from "./trail-branch.ts";

export interface DraftOptions {
  /** Where the trail's copy stands, absolute; it must be as `base` has it. */
  readonly file: string;
  readonly base: TrailState;
  readonly records: readonly TrailRecord[];
  readonly signingKey: KeyObject | undefined;
  readonly onWarning: WarnAboutTrail;
}

export type Draft = Omit<DraftCommit, "parent">;

/**
 * Appends records to a copy of the trail, beside it, in the way of every trail in a file; and names with it the documents that the
 * records need and the base does not have.
 */
export async function makeDraft(options: DraftOptions): Promise<Draft> {
  const { file, base, records, signingKey, onWarning } = options;
  const folder = dirname(file);
  const next = draftFolderOf(file);
  await rm(next, { recursive: true, force: true });
  await makeFolder(next);
  const known = new Set(base.files.map(({ path }) => path));
  for (const path of known) if (isSideFile(path)) await copyFile(join(folder, path), join(next, path));
  await openTrail({ file: join(next, BRANCH_TRAIL), signingKey, onWarning }).append(records);
  const sideFiles = (await readdir(next)).filter(isSideFile);
  const digests = records.flatMap(({ manifest, image }) => (image === null ? [manifest] : [manifest, image]));
  const kept = [...new Set(digests.map(keptPathOf))].filter((path) => !known.has(path));
  for (const path of kept) await requireKept(join(folder, path));
  return {
    message: describe(records),
    files: [
      ...kept.map((path) => ({ path, from: join(folder, path) })),
      ...sideFiles.map((path) => ({ path, from: join(next, path) })),
    ],
  };
}

/** Puts a draft that was pushed in the place of what it began with, the head last. Returns all files that the trail has from then on. */
export async function publishDraft(
  file: string,
  base: TrailState,
  draft: Draft,
  ids: readonly string[],
): Promise<readonly BranchFile[]> {
  const made: BranchFile[] = [];
  for (const [index, { path, from }] of draft.files.entries()) {
    const { size } = await stat(from);
    made.push({ path, id: ids[index] ?? "", size });
  }
  const sideFiles = draft.files.filter(({ path }) => isSideFile(path));
  const headLast = sideFiles.toSorted((left, right) => Number(isHead(left.path)) - Number(isHead(right.path)));
  for (const { path, from } of headLast) await rename(from, join(dirname(file), path));
  const paths = new Set(made.map(({ path }) => path));
  return [...base.files.filter(({ path }) => !paths.has(path)), ...made];
}

function draftFolderOf(file: string): string {
  return join(dirname(file), ".next");
}

function isHead(path: string): boolean {
  return path.endsWith(".head");
}

/** A document that is not there could not be put back, so its entry must not be made. */
async function requireKept(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return;
  throw new GitopsError("audit/unwritable", `The kept document ${path} is gone before its entry was written.`, {
    hint: "Something else empties the folder of the audit trail: let it be, and run again.",
  });
}

/** No pipeline need start because of it. */
function describe(records: readonly TrailRecord[]): string {
  const runs = [...new Set(records.map(({ run, tenant }) => `${run} on ${tenant}`))].join(", ");
  const text = `Record ${records.length} ${records.length === 1 ? "entry" : "entries"} of run ${runs} [skip ci]`;
  return text.replace(/\s+/g, " ").slice(0, 1_000);
}
