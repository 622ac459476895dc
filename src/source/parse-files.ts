import { compareFindings, type Finding } from "../model/finding.ts";
import type { SourceDocument } from "../model/manifest.ts";
import { DEFAULT_LIMITS, type SourceLimits } from "./limits.ts";
import type { SourceFiles } from "./source-file.ts";
import { parseYaml } from "./yaml.ts";

export interface LoadedDocuments {
  /** In the order of files, then of documents within a file. */
  readonly documents: readonly SourceDocument[];
  /** Everything found while reading and parsing, in the order in which a person walks through the folder. */
  readonly problems: readonly Finding[];
  /** What the files held when they were read, with their byte order marks; by their names. Nothing else may be edited. */
  readonly texts: ReadonlyMap<string, string>;
}

const BYTE_ORDER_MARK = "\uFEFF";

/** Parses every file that was read, from a folder or from a git revision. Never throws. */
export function parseFiles(source: SourceFiles, limits: SourceLimits = DEFAULT_LIMITS): LoadedDocuments {
  const documents: SourceDocument[] = [];
  const problems = [...source.problems];
  const texts = new Map<string, string>();
  for (const { file, text, bytes } of source.files) {
    // What is read has lost its mark. Counting bytes is spared where there are as many as characters: then there was none.
    const hadMark = bytes > text.length && bytes > Buffer.byteLength(text);
    texts.set(file, hadMark ? BYTE_ORDER_MARK + text : text);
    const parsed = parseYaml(text, { file, limits });
    for (const document of parsed.documents) documents.push(document);
    for (const problem of parsed.problems) problems.push(problem);
  }
  return { documents, problems: problems.sort(compareFindings), texts };
}
