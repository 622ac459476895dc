import { GitopsError } from "../../errors.ts";
import { isSameJson, type Json } from "../../model/json.ts";
import type { SourceDocument } from "../../model/manifest.ts";
import { parseYaml, walkYaml } from "../yaml.ts";
import { writeYaml } from "../yaml-write.ts";
import { applyEdits, Lines, type TextEdit } from "./text-edits.ts";
import type { Page } from "./yaml-edit-page.ts";
import { editTree } from "./yaml-edit-tree.ts";
import { findLook, type Look } from "./yaml-look.ts";
import { NodeCollector, type YamlEntry, type YamlNode } from "./yaml-nodes.ts";
import { Renderer } from "./yaml-render.ts";

export const BYTE_ORDER_MARK = "\uFEFF";

/**
 * A YAML or JSON text with the value of one of its documents changed to `wanted`. Only what differs is touched; comments, blank lines,
 * order, quotes, brackets, indentation, line endings, anchors and every byte of other documents stay.
 *
 * - A scalar is replaced where it stands, in its quotes where they can hold it.
 * - A new key or item is written like its siblings, behind the one that `wanted` has before it: brackets on one line while that has
 *   120 columns or less.
 * - Items are recognised by what they are called; see `matchItems`. An item that changes its place loses its comments.
 * - What is removed takes its comments with it; `editBlock` says which.
 *
 * The result is read again before it is returned, and reads exactly as `wanted`. Should an edit in place not, the smallest collection
 * around everything that changes is written anew, then those around it, and at last the whole document; their comments are lost then.
 *
 * `documentIndex` counts as `SourceDocument.index` does, and the document must be one that `parseYaml` can read. Throws
 * `source/unwritable` for a value that no document can hold, such as one with a key named `__proto__`.
 */
export function editYaml(text: string, documentIndex: number, wanted: Json): string {
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : "";
  const edit = new DocumentEdit(text.slice(mark.length), documentIndex, wanted);
  return mark + (edit.makeInPlace() ?? edit.makeAnew());
}

/** As `editYaml`, but undefined where the edits in place do not read as wanted. For the tests: that should not happen. */
export function editYamlInPlace(text: string, documentIndex: number, wanted: Json): string | undefined {
  return new DocumentEdit(text, documentIndex, wanted).makeInPlace();
}

class DocumentEdit {
  readonly #text: string;
  readonly #index: number;
  readonly #wanted: Json;
  readonly #before: readonly SourceDocument[];
  readonly #root: YamlNode;
  readonly #page: Omit<Page, "edits">;
  readonly #plainPage: Omit<Page, "edits">;

  constructor(text: string, documentIndex: number, wanted: Json) {
    this.#text = text;
    this.#index = documentIndex;
    this.#wanted = wanted;
    this.#before = readDocuments(text);
    const collector = new NodeCollector(text, [documentIndex]);
    walkYaml(text, collector);
    const root = collector.findRoot(documentIndex);
    if (root === undefined || !this.#before.some(({ index }) => index === documentIndex)) {
      throw new Error(`the text has no document ${documentIndex} that can be read`);
    }
    this.#root = root;
    const look = findLook(text, root);
    this.#page = openPage(text, look);
    this.#plainPage = openPage(text, { ...look, hasTextBlocks: false });
  }

  makeInPlace(): string | undefined {
    if (isSameJson(this.#root.value, this.#wanted)) return this.#text;
    return this.#edit(this.#page) ?? this.#edit(this.#plainPage);
  }

  /** Writes as little anew as will do. */
  makeAnew(): string {
    for (const node of this.#findEnclosing(editTree(this.#plainPage, this.#root, this.#wanted))) {
      const made = this.#edit(this.#plainPage, node);
      if (made !== undefined) return made;
    }
    const written = this.#rewriteDocument();
    if (written !== undefined) return written;
    const hint = "A key or a text in it has no place in a manifest, or it is too large.";
    throw new GitopsError("source/unwritable", "the value cannot be written as YAML that reads back as it", { hint });
  }

  #edit(page: Omit<Page, "edits">, rewrite?: YamlNode): string | undefined {
    return this.#apply(editTree(page, this.#root, this.#wanted, rewrite));
  }

  /** The collections that all edits are in, the smallest first. */
  #findEnclosing(edits: readonly TextEdit[]): readonly YamlNode[] {
    const start = Math.min(...edits.map((edit) => edit.start));
    const end = Math.max(...edits.map((edit) => edit.end));
    const enclosing: YamlNode[] = [];
    let node: YamlNode | undefined = this.#root;
    while (node !== undefined && node.entries.length > 0) {
      enclosing.unshift(node);
      const { entries }: YamlNode = node;
      const within = entries.find(({ value }) => value.outerStart <= start && end <= value.end);
      node = (within ?? entries.find((entry) => this.#isOnLinesOf(entry, start, end)))?.value;
    }
    return enclosing;
  }

  #isOnLinesOf({ start, value }: YamlEntry, from: number, to: number): boolean {
    const { lines } = this.#page;
    return lines.startOf(start) <= from && to <= lines.nextAfter(value.end);
  }

  /** As other YAML of ours; where comments or sizes forbid that, in brackets, which every reader of YAML takes. */
  #rewriteDocument(): string | undefined {
    const { look, lines } = this.#page;
    const { outerStart, end } = this.#root;
    const place = { column: 0, indent: 0 };
    const inBrackets = openPage(this.#text, { ...look, isJson: true }).renderer.flow(this.#wanted, undefined, place);
    const lineStart = lines.startOf(outerStart);
    const isFirst = this.#text.slice(lineStart, outerStart).trim() === "";
    const inLines = (isFirst ? "" : look.newline) + writeLines(this.#wanted, look.newline);
    const above = { start: isFirst ? lineStart : outerStart, end: lines.endOf(end) };
    const block = look.isJson ? undefined : this.#apply([{ ...above, text: inLines }]);
    return block ?? this.#apply([{ start: outerStart, end, text: inBrackets }]);
  }

  /** The text with the edits made; undefined when it does not read as wanted, and as before in the other documents. */
  #apply(edits: readonly TextEdit[]): string | undefined {
    const made = applyEdits(this.#text, edits);
    if (made === undefined) return undefined;
    // A block of text that has become the end of the file has to end its last line.
    return [made, made + this.#page.look.newline].find((text) => this.#isRight(text));
  }

  #isRight(text: string): boolean {
    const after = readDocuments(text);
    if (after.length !== this.#before.length) return false;
    const isRead = after.every(({ index, value }, at) => {
      const before = this.#before[at];
      return index === before?.index && isSameJson(value, index === this.#index ? this.#wanted : before.value);
    });
    return isRead && (!this.#page.look.isJson || isJsonOf(text, this.#wanted));
  }
}

function openPage(text: string, look: Look): Omit<Page, "edits"> {
  return { text, look, lines: new Lines(text), renderer: new Renderer(text, look) };
}

/** Texts of many megabytes are too much for the writer of YAML; what it would have written is too large for a manifest, too. */
function writeLines(value: Json, newline: string): string {
  try {
    return writeYaml(value).trimEnd().split("\n").join(newline);
  } catch (thrown) {
    if (thrown instanceof RangeError) return "";
    throw thrown;
  }
}

/** The documents of a text that can be read. */
export function readDocuments(text: string): readonly SourceDocument[] {
  return parseYaml(text, { file: "edited.yaml" }).documents;
}

function isJsonOf(text: string, wanted: Json): boolean {
  try {
    const value: Json = JSON.parse(text);
    return isSameJson(value, wanted);
  } catch {
    return false;
  }
}
