import type { Json } from "../../model/json.ts";
import type { ScalarStyle, YamlCollection, YamlScalar, YamlVisitor } from "../yaml-visitor.ts";
import { type DraftNode, NodePlacer } from "./yaml-node-placer.ts";

/** A value of a document with the place where it is written. Offsets count UTF-16 code units of the text; ends are exclusive. */
export interface YamlNode {
  readonly type: "scalar" | "alias" | "mapping" | "sequence";
  readonly style: ScalarStyle | "empty" | "alias" | "block" | "flow";
  /** Behind its anchor and tag. */
  readonly start: number;
  /** Where its anchor or tag starts; `start` without them. */
  readonly outerStart: number;
  /** Behind its last character: a closing quote or bracket, or the last line of a block without its line break. */
  readonly end: number;
  readonly anchor: string | null;
  /** The name that an alias is for. */
  readonly aliasOf: string | null;
  readonly value: Json;
  readonly entries: readonly YamlEntry[];
  /** Written in a way that is not edited in place: `? key`, a pair within brackets, a key without a value. */
  readonly isOdd: boolean;
  /** Whether it, or a value in it, has an anchor or is an alias. */
  readonly isLinked: boolean;
}

/** A pair of a mapping, or an item of a list. */
export interface YamlEntry {
  /** null for an item. */
  readonly key: string | null;
  readonly keyEnd: number;
  /** At the key or the dash; at the item itself within brackets. */
  readonly start: number;
  /** Behind the colon or the dash, where the value may begin. */
  readonly slot: number;
  readonly value: YamlNode;
}

/** Collects the nodes of some documents of a text. Hand it to `walkYaml`, then ask for their roots. */
export class NodeCollector implements YamlVisitor {
  readonly #text: string;
  readonly #indexes: ReadonlySet<number>;
  readonly #open: DraftNode[] = [];
  #document = -1;
  readonly #roots = new Map<number, DraftNode>();

  constructor(text: string, documentIndexes: Iterable<number>) {
    this.#text = text;
    this.#indexes = new Set(documentIndexes);
  }

  /** undefined when the text has no such document, or nothing is written in it. */
  findRoot(documentIndex: number): YamlNode | undefined {
    const root = this.#roots.get(documentIndex);
    return root === undefined || root.start === null ? undefined : new NodePlacer(this.#text).place(root, root.start);
  }

  startDocument(): void {
    this.#document++;
  }

  endDocument(): void {}

  startMapping(node: YamlCollection): void {
    this.#start("mapping", node);
  }

  startSequence(node: YamlCollection): void {
    this.#start("sequence", node);
  }

  scalar(node: YamlScalar): void {
    const isEmpty = node.offset === null || node.end === node.outerOffset;
    this.#add({
      ...NOTHING,
      style: isEmpty ? "empty" : node.style,
      start: node.offset,
      outerStart: node.outerOffset,
      end: node.end,
      anchor: node.anchor,
      scalar: node.value === 0 ? 0 : node.value,
      keepsBlankLines: node.offset !== null && /^[|>][0-9]?\+/.test(this.#text.slice(node.offset, node.offset + 3)),
    });
  }

  alias(name: string, offset: number): void {
    const end = offset + 1 + name.length;
    this.#add({ ...NOTHING, type: "alias", style: "alias", start: offset, outerStart: offset, end, aliasOf: name });
  }

  endCollection(): void {
    if (!this.#indexes.has(this.#document)) return;
    const closed = this.#open.pop();
    if (closed !== undefined) this.#add(closed);
  }

  #start(type: "mapping" | "sequence", { offset, outerOffset, isFlow, anchor }: YamlCollection): void {
    if (!this.#indexes.has(this.#document)) return;
    const style = isFlow ? "flow" : "block";
    this.#open.push({ ...NOTHING, type, style, start: offset, outerStart: outerOffset, anchor, children: [] });
  }

  #add(draft: DraftNode): void {
    if (!this.#indexes.has(this.#document)) return;
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#roots.set(this.#document, draft);
    else parent.children.push(draft);
  }
}

const NOTHING: DraftNode = {
  type: "scalar",
  style: "empty",
  start: null,
  outerStart: null,
  end: null,
  anchor: null,
  aliasOf: null,
  scalar: null,
  keepsBlankLines: false,
  children: [],
};
