/** Drafts as the texts of files. */
import { GitopsError } from "../../errors.ts";
import { editYaml } from "../../source/edit/yaml-edit.ts";
import type { FileChange } from "../../source/manifest-files.ts";
import { readManifestText } from "../../source/manifest-files.ts";
import { writeManifestText } from "../../source/yaml-manifest.ts";
import { type Draft, isUnchanged } from "./drafts.ts";

export interface TextOptions {
  readonly cwd: string;
  /** What a new file begins with, such as where its schema is. */
  readonly comments: (draft: Draft) => readonly string[];
  /** What a file holds that is to be edited, with its byte order mark; read from disk when nobody says so. */
  readonly readText?: (file: string) => Promise<string>;
}

export interface Texts {
  readonly changes: readonly FileChange[];
  /** Drafts that no YAML of ours can say. */
  readonly unsayable: readonly Draft[];
}

/**
 * The files that drafts change, those that have nothing to change left out. Of a file with several edits there is one
 * change.
 */
export async function writeTexts(
  drafts: readonly Draft[],
  { cwd, comments, readText = (file) => readManifestText(file, cwd) }: TextOptions,
): Promise<Texts> {
  const changes = new Map<string, FileChange>();
  const unsayable: Draft[] = [];
  for (const draft of drafts) {
    if (isUnchanged(draft)) continue;
    if (draft.edits === undefined) {
      const after = writeManifestText(draft.value, comments(draft));
      if (after === undefined) unsayable.push(draft);
      else changes.set(draft.file, { file: draft.file, before: null, after });
      continue;
    }
    const before = changes.get(draft.file)?.before ?? (await readText(draft.file));
    const after = editText(changes.get(draft.file)?.after ?? before, draft);
    if (after === undefined) unsayable.push(draft);
    else changes.set(draft.file, { file: draft.file, before, after });
  }
  return { changes: [...changes.values()].filter(({ before, after }) => before !== after), unsayable };
}

/** undefined when no document can hold the value. */
function editText(text: string, { index, value }: Draft): string | undefined {
  try {
    return editYaml(text, index, value);
  } catch (thrown) {
    if (thrown instanceof GitopsError && thrown.code === "source/unwritable") return undefined;
    throw thrown;
  }
}
