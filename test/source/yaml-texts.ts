/** YAML texts of a value as people write them: every style, blank lines, and comments that know what they belong to. */
import type { Json, JsonPath } from "../../src/model/json.ts";
import { isJsonArray, isJsonObject } from "../../src/model/json.ts";

export interface Written {
  readonly text: string;
  /** Each comment, which no other holds, and the entry that it belongs to. */
  readonly comments: readonly { readonly text: string; readonly path: JsonPath }[];
}

/** `choose(n)` gives a number below n; the same numbers give the same text. */
export function writeByHand(value: Json, choose: (below: number) => number): Written {
  const writer = new Writer(choose);
  const lines = writer.block(value, 0, []);
  const newline = ["\n", "\n", "\r\n"][choose(3)] ?? "\n";
  const end = choose(4) === 0 ? "" : newline;
  return { text: lines.join(newline) + end, comments: writer.comments };
}

class Writer {
  readonly comments: { text: string; path: JsonPath }[] = [];
  readonly #choose: (below: number) => number;

  constructor(choose: (below: number) => number) {
    this.#choose = choose;
  }

  /** Lines of a value, at a column. */
  block(value: Json, column: number, path: JsonPath): readonly string[] {
    if (isJsonArray(value) && value.length > 0)
      return value.flatMap((item, index) => this.#item(item, column, [...path, index]));
    if (isJsonObject(value) && Object.keys(value).length > 0) {
      return Object.entries(value).flatMap(([key, child]) => this.#pair(key, child, column, [...path, key]));
    }
    return [" ".repeat(column) + this.#flow(value)];
  }

  #item(value: Json, column: number, path: JsonPath): readonly string[] {
    const above = this.#above(column, path);
    const isBlock = this.#isBlock(value);
    if (!isBlock) return [...above, ...this.#valueLines(`${" ".repeat(column)}-`, value, column + 2, path)];
    const lines = this.block(value, column + 2, path);
    // A dash on the line of its first entry, when no comment came first.
    const [first = "", ...rest] = lines;
    if (/^\s*[^#\s]/.test(first) && this.#choose(4) > 0)
      return [...above, `${" ".repeat(column)}- ${first.trimStart()}`, ...rest];
    return [...above, `${" ".repeat(column)}-${this.#behind(path)}`, ...lines];
  }

  #pair(key: string, value: Json, column: number, path: JsonPath): readonly string[] {
    const above = this.#above(column, path);
    const start = `${" ".repeat(column)}${this.#scalar(key)}:`;
    if (!this.#isBlock(value)) return [...above, ...this.#valueLines(start, value, column + 2, path)];
    const step = isJsonArray(value) ? (this.#choose(2) === 0 ? 0 : 2) : [2, 2, 4][this.#choose(3)];
    return [...above, start + this.#behind(path), ...this.block(value, column + (step ?? 2), path)];
  }

  #isBlock(value: Json): boolean {
    const size = isJsonArray(value) ? value.length : isJsonObject(value) ? Object.keys(value).length : 0;
    return size > 0 && this.#choose(3) > 0;
  }

  #valueLines(start: string, value: Json, column: number, path: JsonPath): readonly string[] {
    const isText = typeof value === "string" && /^[a-z]+[^\t]*\n?$/.test(value) && !/\n\n| \n|\n /.test(value);
    if (isText && this.#choose(3) === 0) {
      const header = `|${value.endsWith("\n") ? "" : "-"}`;
      const content = value.replace(/\n$/, "").split("\n");
      return [`${start} ${header}${this.#behind(path)}`, ...content.map((line) => " ".repeat(column + 1) + line)];
    }
    if (value === null && this.#choose(2) === 0) return [start + this.#behind(path)];
    const isSpread = typeof value === "object" && value !== null && this.#choose(4) === 0;
    if (isSpread) return this.#spread(start, value, column, path);
    return [`${start} ${typeof value === "object" ? this.#flow(value) : this.#scalar(value)}${this.#behind(path)}`];
  }

  /** Brackets over several lines, an entry on each. */
  #spread(start: string, value: Json, column: number, path: JsonPath): readonly string[] {
    const entries: readonly (readonly [string | number, string])[] = isJsonArray(value)
      ? value.map((item, index) => [index, this.#flow(item)] as const)
      : Object.entries(isJsonObject(value) ? value : {}).map(
          ([key, child]) => [key, `${this.#scalar(key)}: ${this.#flow(child)}`] as const,
        );
    if (entries.length === 0) return [`${start} ${this.#flow(value)}${this.#behind(path)}`];
    const [open, close] = isJsonArray(value) ? "[]" : "{}";
    const hasLastComma = this.#choose(2) === 0;
    const inner = " ".repeat(column + 2);
    const lines = entries.flatMap(([key, text], index) => {
      const comma = index + 1 < entries.length || hasLastComma ? "," : "";
      return [...this.#above(column + 2, [...path, key]), inner + text + comma + this.#behind([...path, key])];
    });
    return [`${start} ${open}`, ...lines, `${" ".repeat(column)}${close}`];
  }

  #flow(value: Json): string {
    const pad = " ".repeat(this.#choose(2));
    if (isJsonArray(value))
      return value.length === 0 ? "[]" : `[${pad}${value.map((item) => this.#flow(item)).join(", ")}${pad}]`;
    if (!isJsonObject(value)) return this.#scalar(value);
    const pairs = Object.entries(value).map(([key, child]) => `${this.#scalar(key)}: ${this.#flow(child)}`);
    return pairs.length === 0 ? "{}" : `{${pad}${pairs.join(", ")}${pad}}`;
  }

  #scalar(value: Json): string {
    // An integer of so many digits would be refused.
    if (typeof value !== "string") return JSON.stringify(value).replace(/^-?[0-9]{16,}$/, "$&.0");
    const isPlain = /^[a-z$][a-zA-Z_$.]*( [a-z]+)*$/.test(value) && !/^(true|false|null|yes|no)$/.test(value);
    if (isPlain && this.#choose(3) > 0) return value;
    if (/^[ -~]*$/.test(value) && this.#choose(2) === 0) return `'${value.replaceAll("'", "''")}'`;
    return JSON.stringify(value).replace(
      /[\p{Cc}\ufeff\ufffe\uffff]/gu,
      (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  }

  #above(column: number, path: JsonPath): readonly string[] {
    const blank = this.#choose(6) === 0 ? [""] : [];
    const lines = Array.from(
      { length: [0, 0, 0, 1, 2][this.#choose(5)] ?? 0 },
      () => " ".repeat(column) + this.#comment(path),
    );
    return [...blank, ...lines];
  }

  #behind(path: JsonPath): string {
    return this.#choose(4) === 0 ? `${" ".repeat(1 + this.#choose(2))}${this.#comment(path)}` : "";
  }

  #comment(path: JsonPath): string {
    const text = `# note ${this.comments.length}.`;
    this.comments.push({ text, path });
    return text;
  }
}
