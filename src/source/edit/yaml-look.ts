import type { YamlNode } from "./yaml-nodes.ts";

/** How many columns a line may have before a collection in brackets is written on several. */
export const COLUMNS = 120;

/** How one file is written: what is added to it looks like the rest. */
export interface Look {
  readonly newline: string;
  readonly isJson: boolean;
  /** Columns that a nested value stands further in. */
  readonly indent: number;
  /** Columns that the dashes of a list stand further in than its key. */
  readonly dashIndent: number;
  /** What stands behind an opening brace and before its end, where a mapping is on one line. */
  readonly bracePad: string;
  readonly bracketPad: string;
  readonly comma: string;
  readonly colon: string;
  /** JSON over several lines. */
  readonly isSpread: boolean;
  /** Whether a new text over several lines becomes a block. A comment below it could be read as a part of that. */
  readonly hasTextBlocks: boolean;
}

export function findLook(text: string, root: YamlNode): Look {
  const isJson = isJsonText(text);
  const firsts = new FirstOfEach(text);
  firsts.visit(root, null);
  const isSpread = isJson && /[\r\n]/.test(text.slice(root.start, root.end).trim());
  return {
    newline: /\r\n|\n|\r/.exec(text)?.[0] ?? "\n",
    isJson,
    indent: firsts.indent ?? 2,
    dashIndent: firsts.dashIndent ?? 2,
    bracePad: firsts.bracePad ?? (isJson && !isSpread ? "" : " "),
    bracketPad: firsts.bracketPad ?? "",
    comma: firsts.comma ?? ", ",
    colon: isJson ? (firsts.colon ?? ": ") : ": ",
    isSpread,
    hasTextBlocks: true,
  };
}

function isJsonText(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Each question is answered by the first place in the document that can. */
class FirstOfEach {
  indent: number | undefined;
  dashIndent: number | undefined;
  bracePad: string | undefined;
  bracketPad: string | undefined;
  comma: string | undefined;
  colon: string | undefined;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** `parentColumn` is that of the key whose value the node is; null at the root and in a list. */
  visit(node: YamlNode, parentColumn: number | null): void {
    const column = this.#columnOf(node.entries[0]?.start);
    if (parentColumn !== null && column !== undefined && node.start !== node.entries[0]?.slot)
      this.#measure(node, column - parentColumn);
    if (node.style === "flow") this.#readBrackets(node);
    for (const entry of node.entries) {
      const isPair = entry.key !== null && this.#columnOf(entry.start) !== undefined;
      this.visit(entry.value, isPair ? (column ?? null) : null);
    }
  }

  #measure(node: YamlNode, indent: number): void {
    if (node.type === "sequence" && node.style === "block") this.dashIndent ??= Math.max(0, indent);
    else if (indent > 0) this.indent ??= indent;
  }

  /** Within the indentation (and dashes) of its line; undefined for what stands behind something else. */
  #columnOf(offset: number | undefined): number | undefined {
    if (offset === undefined) return undefined;
    const before = this.#text.slice(Math.max(0, offset - 200), offset);
    const line = before.slice(Math.max(before.lastIndexOf("\n"), before.lastIndexOf("\r")) + 1);
    return /^[ -]*$/.test(line) && line.length < 200 ? line.length : undefined;
  }

  #readBrackets({ type, start, entries }: YamlNode): void {
    const [first, second] = entries;
    if (first === undefined) return;
    const pad = this.#text.slice(start + 1, first.start);
    if (/^ *$/.test(pad)) {
      if (type === "mapping") this.bracePad ??= pad;
      else this.bracketPad ??= pad;
    }
    const colon = this.#text.slice(first.keyEnd, first.value.start);
    if (type === "mapping" && /^: *$/.test(colon)) this.colon ??= colon;
    const comma = second === undefined ? "" : this.#text.slice(first.value.end, second.start);
    if (/^, *$/.test(comma)) this.comma ??= comma;
  }
}
