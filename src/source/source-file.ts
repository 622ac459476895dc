import type { Finding } from "../model/finding.ts";
import type { RuleId } from "../model/rules.ts";
import { makePositionAt } from "./text-position.ts";

/** One file of manifests as it was read. */
export interface SourceFile {
  /** As a reader may open it: relative to the working directory with forward slashes, or `REV:path` in a git revision. */
  readonly file: string;
  /** Decoded, without a byte order mark. */
  readonly text: string;
  /** How many bytes it had. */
  readonly bytes: number;
}

export interface SourceFiles {
  /** In code-unit order of their names. */
  readonly files: readonly SourceFile[];
  readonly problems: readonly Finding[];
}

/** True for names that hold manifests, by their ending alone. */
export function isManifestName(name: string): boolean {
  return /\.(?:ya?ml|json)$/.test(name);
}

/** Names that start with a dot are left alone, files and folders alike. */
export function isHidden(name: string): boolean {
  return name.startsWith(".");
}

/** A finding about a file as a whole. */
export function makeFileFinding(rule: RuleId, file: string, message: string, hint: string): Finding {
  return { rule, severity: "error", message, file, line: 1, column: 1, hint };
}

/** Kept, because making one costs more than decoding a manifest with it. */
const STRICT = new TextDecoder("utf-8", { fatal: true });

/** The text of a file's bytes, or the finding that they are not UTF-8. A byte order mark is dropped. */
export function decodeFile(file: string, bytes: Uint8Array): SourceFile | Finding {
  try {
    return { file, text: STRICT.decode(bytes), bytes: bytes.length };
  } catch {
    const readable = new TextDecoder("utf-8").decode(bytes);
    const { line, column } = makePositionAt(readable)(Math.max(0, readable.indexOf("\uFFFD")));
    const finding = makeFileFinding("source/encoding", file, "the file is not UTF-8 text", "Save it as UTF-8.");
    return { ...finding, line, column };
  }
}

export function isFinding(result: SourceFile | Finding): result is Finding {
  return "rule" in result;
}

export function isSourceFile(result: SourceFile | Finding): result is SourceFile {
  return "text" in result;
}
