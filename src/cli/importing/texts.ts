/** Drafts as the texts of files. */
import type { Json } from "../../model/json.ts";
import { editYamlDocuments } from "../../source/edit/yaml-edit-documents.ts";
import type { FileChange } from "../../source/manifest-files.ts";
import { writeManifestText } from "../../source/yaml-manifest.ts";
import { type Draft, isUnchanged } from "./drafts.ts";

export interface TextOptions {
  /** What a new file begins with, such as where its schema is. */
  readonly comments: (draft: Draft) => readonly string[];
  /** What the manifests' files held when they were read: an edit of anything else would be one of a text that nobody has looked at. */
  readonly texts: ReadonlyMap<string, string>;
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
export function writeTexts(drafts: readonly Draft[], { comments, texts }: TextOptions): Texts {
  const changes: FileChange[] = [];
  const unsayable: Draft[] = [];
  const wanted = drafts.filter((draft) => !isUnchanged(draft));
  for (const draft of wanted) {
    if (draft.edits !== undefined) continue;
    const after = writeManifestText(draft.value, comments(draft));
    if (after === undefined) unsayable.push(draft);
    else changes.push({ file: draft.file, before: null, after });
  }
  const edits = Map.groupBy(
    wanted.filter((draft) => draft.edits !== undefined),
    ({ file }) => file,
  );
  for (const [file, ofFile] of edits) {
    const before = texts.get(file);
    if (before === undefined) throw new Error(`the manifests of ${file} were read, and its text was not kept`);
    const values = new Map(ofFile.map(({ index, value }): readonly [number, Json] => [index, value]));
    const { text: after, unwritable } = editYamlDocuments(before, values);
    unsayable.push(...ofFile.filter(({ index }) => unwritable.includes(index)));
    if (after !== before) changes.push({ file, before, after });
  }
  return { changes, unsayable };
}
