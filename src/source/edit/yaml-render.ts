import { canonicalJson, isJsonArray, isJsonObject, isSameJson, type Json, type JsonObject } from "../../model/json.ts";
import { COLUMNS, type Look } from "./yaml-look.ts";
import type { YamlEntry, YamlNode } from "./yaml-nodes.ts";
import { writeScalar, writeTextBlock } from "./yaml-scalar-text.ts";

/** A value as text: what follows the colon or dash on its line, and the lines below, which carry their indentation. */
export interface Rendered {
  readonly head: string;
  readonly body: readonly string[];
}

export interface RenderPlace {
  /** Where the head would start. */
  readonly column: number;
  /** Where the key or the dash stands; -1 at the root. */
  readonly indent: number;
  readonly isItem: boolean;
  /**
   * What to write it like: the value as it is written now, or a sibling. What has the same value there keeps its spelling.
   */
  readonly like: YamlNode | undefined;
}

/** Writes values in the look of one file. What it writes may rarely read back as something else; whoever uses it checks. */
export class Renderer {
  readonly #text: string;
  readonly #look: Look;

  constructor(text: string, look: Look) {
    this.#text = text;
    this.#look = look;
  }

  /** A value outside brackets. */
  render(value: Json, place: RenderPlace): Rendered {
    const { column, indent, isItem, like } = place;
    if (this.#look.isJson || isEmpty(value)) return { head: this.flow(value, like, place), body: [] };
    if (!isJsonObject(value) && !isJsonArray(value)) return this.#renderScalar(value, place);
    const isLike = hasShape(like, value) && like.entries.length > 0;
    if (isLike ? like.style === "flow" : isFlat(value)) {
      const head = this.flow(value, like, place);
      if (column + head.length <= COLUMNS) return { head, body: [] };
    }
    const step = indent < 0 ? 1 : isItem ? 2 : isJsonArray(value) ? this.#look.dashIndent : this.#look.indent;
    return {
      head: "",
      body: isJsonArray(value) ? this.items(value, indent + step, like) : this.pairs(value, indent + step, like),
    };
  }

  /** The pairs of a mapping, each from `column` on. */
  pairs(value: JsonObject, column: number, like: YamlNode | undefined): readonly string[] {
    const likeByKey = new Map(like?.entries.map((entry) => [entry.key, entry.value]));
    return Object.entries(value).flatMap(([name, child]) => {
      const key = this.key(name, like?.entries, false);
      const place = { column: column + key.length + 2, indent: column, isItem: false, like: likeByKey.get(name) };
      const { head, body } = this.render(child, place);
      return [`${" ".repeat(column)}${key}:${head === "" ? "" : ` ${head}`}`, ...body];
    });
  }

  /** The items of a list, with their dashes at `column`. */
  items(value: readonly Json[], column: number, like: YamlNode | undefined): readonly string[] {
    const findLike = makeFindLike(like?.entries ?? []);
    return value.flatMap((item) => this.item(item, column, findLike(item)));
  }

  item(value: Json, column: number, like: YamlNode | undefined): readonly string[] {
    const { head, body } = this.render(value, { column: column + 2, indent: column, isItem: true, like });
    const [first = "", ...rest] = body;
    const lines = head === "" ? [first.trimStart(), ...rest] : [head, ...body];
    return [`${" ".repeat(column)}- ${lines[0]}`, ...lines.slice(1)];
  }

  /** A value within brackets, or one that is written with them. On one line, but for JSON that is on several. */
  flow(value: Json, like: YamlNode | undefined, place: { readonly column: number; readonly indent: number }): string {
    if (!isJsonObject(value) && !isJsonArray(value)) return this.scalar(value, like, true);
    const parts = this.#flowParts(value, like, place);
    const [open, close] = isJsonArray(value) ? "[]" : "{}";
    if (parts.length === 0) return `${open}${close}`;
    const pad = this.#padOf(like, isJsonArray(value));
    const line = `${open}${pad}${parts.join(this.#look.comma)}${pad}${close}`;
    const isLike = hasShape(like, value) && like.entries.length > 0;
    const isShort = isLike ? !this.#isSpread(like) : isFlat(value);
    if (!this.#look.isSpread || (isShort && place.column + line.length <= COLUMNS)) return line;
    const inner = " ".repeat(Math.max(0, place.indent) + this.#look.indent);
    const lines = parts.map((part) => `${inner}${part}`).join(`,${this.#look.newline}`);
    return [open, lines, `${" ".repeat(Math.max(0, place.indent))}${close}`].join(this.#look.newline);
  }

  key(name: string, siblings: readonly YamlEntry[] | undefined, inFlow: boolean): string {
    const mark = this.#text[siblings?.[0]?.start ?? this.#text.length];
    const style = mark === '"' ? "double" : mark === "'" ? "single" : undefined;
    return writeScalar(name, { inFlow, isJson: this.#look.isJson, style });
  }

  scalar(value: Exclude<Json, object> | null, like: YamlNode | undefined, inFlow: boolean): string {
    return (
      this.#findSpelling(value, like, inFlow) ??
      writeScalar(value, { inFlow, isJson: this.#look.isJson, style: like?.style })
    );
  }

  #flowParts(
    value: JsonObject | readonly Json[],
    like: YamlNode | undefined,
    place: { readonly indent: number },
  ): readonly string[] {
    const inner = {
      column: Math.max(0, place.indent) + this.#look.indent,
      indent: Math.max(0, place.indent) + this.#look.indent,
    };
    if (isJsonArray(value)) {
      const findLike = makeFindLike(like?.entries ?? []);
      return value.map((item) => this.flow(item, findLike(item), inner));
    }
    const likeByKey = new Map(like?.entries.map((entry) => [entry.key, entry.value]));
    return Object.entries(value).map(([name, child]) => {
      const key = `${this.key(name, like?.entries, true)}${this.#look.colon}`;
      return key + this.flow(child, likeByKey.get(name), { ...inner, column: inner.column + key.length });
    });
  }

  #renderScalar(value: Exclude<Json, object> | null, place: RenderPlace): Rendered {
    const { like, indent } = place;
    const written = like === undefined || !/^[|>]/.test(this.#text.slice(like.start)) ? [] : this.#contentLines(like);
    const width = Math.max(0, ...written.map((line) => line.trim().length));
    const block =
      typeof value === "string" && this.#look.hasTextBlocks ? writeTextBlock(value, like?.style, width) : undefined;
    if (block === undefined) return { head: this.scalar(value, like, false), body: [] };
    const first = written.find((line) => line.trim() !== "");
    const column = Math.max(
      first === undefined ? 0 : first.search(/\S/),
      Math.max(0, indent) + (place.isItem ? 2 : this.#look.indent),
    );
    return { head: block.header, body: block.lines.map((line) => (line === "" ? "" : " ".repeat(column) + line)) };
  }

  #contentLines(block: YamlNode): readonly string[] {
    return this.#text
      .slice(block.start, block.end)
      .split(/\r\n|\r|\n/)
      .slice(1);
  }

  /** The same value as it is written elsewhere, when that can stand here. */
  #findSpelling(value: Json, like: YamlNode | undefined, inFlow: boolean): string | undefined {
    if (
      like?.type !== "scalar" ||
      !["plain", "single", "double"].includes(like.style) ||
      !isSameJson(like.value, value)
    )
      return undefined;
    const spelling = this.#text.slice(like.start, like.end);
    const isStuck = like.start !== like.outerStart || /[\r\n]/.test(spelling);
    const isHurt = inFlow && like.style === "plain" && /[,[\]{}]/.test(spelling);
    return isStuck || isHurt ? undefined : spelling;
  }

  #padOf(like: YamlNode | undefined, isList: boolean): string {
    const first = like?.style === "flow" && (like.type === "sequence") === isList ? like.entries[0] : undefined;
    const pad = like === undefined || first === undefined ? undefined : this.#text.slice(like.start + 1, first.start);
    if (pad !== undefined && /^ *$/.test(pad)) return pad;
    return isList ? this.#look.bracketPad : this.#look.bracePad;
  }

  #isSpread({ start, end }: YamlNode): boolean {
    return /[\r\n]/.test(this.#text.slice(start, end));
  }
}

/**
 * For an item of a list, what to write it like: an item of the same value, else one of its shape, in brackets when one is, else the
 * last.
 */
export function makeFindLike(entries: readonly YamlEntry[]): (item: Json) => YamlNode | undefined {
  const latest = entries.map(({ value }) => value).toReversed();
  let byValue: ReadonlyMap<string, YamlNode> | undefined;
  const byShape = new Map<YamlNode["type"], YamlNode | undefined>();
  return (item) => {
    byValue ??= new Map(entries.map(({ value }) => [canonicalJson(value.value), value]));
    const same = byValue.get(canonicalJson(item));
    if (same !== undefined) return same;
    const shape = isJsonArray(item) ? "sequence" : isJsonObject(item) ? "mapping" : "scalar";
    if (!byShape.has(shape)) {
      const alike = latest.filter(({ type }) => type === shape);
      byShape.set(shape, alike.find(({ style }) => style === "flow") ?? alike[0]);
    }
    return byShape.get(shape);
  };
}

function hasShape(node: YamlNode | undefined, value: Json): node is YamlNode {
  if (node === undefined) return false;
  if (isJsonArray(value)) return node.type === "sequence";
  return isJsonObject(value) ? node.type === "mapping" : node.type === "scalar";
}

function isEmpty(value: Json): boolean {
  return (isJsonArray(value) && value.length === 0) || (isJsonObject(value) && Object.keys(value).length === 0);
}

/** Only scalars in it, each of them fit for one line. */
function isFlat(value: JsonObject | readonly Json[]): boolean {
  const children: readonly Json[] = isJsonArray(value) ? value : Object.values(value);
  return children.every((child) =>
    typeof child === "string" ? !child.includes("\n") : child === null || typeof child !== "object" || isEmpty(child),
  );
}
