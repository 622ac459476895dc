import type { Page } from "./yaml-edit-page.ts";
import { skipBlank } from "./yaml-node-placer.ts";
import type { YamlEntry, YamlNode } from "./yaml-nodes.ts";
import { makeFindLike } from "./yaml-render.ts";
import type { Addition, Steps } from "./yaml-steps.ts";

/**
 * What stands between two entries within brackets, cut in two: `tail` belongs to the entry before it (the comma, and a comment behind
 * it), `lead` to the one behind (a line break, comment lines of its own, indentation).
 */
interface Gap {
  /** Before and behind the comma. */
  readonly tail: readonly [string, string];
  readonly hasComma: boolean;
  readonly lead: string;
}

/** Removes and adds entries of a collection in brackets. The gaps between what stays are written anew, and nothing else. */
export function editFlow(page: Page, node: YamlNode, { kept, added }: Steps): void {
  const gaps = findGaps(page, node);
  const close = node.end - 1;
  const hasLastComma = gaps.at(-1)?.hasComma === true;
  const staying = [-1, ...[...kept.keys()].sort((left, right) => left - right)];
  const writer = new GapWriter(page, node, gaps);
  for (const [at, index] of staying.entries()) {
    const next = staying[at + 1];
    const [before, behind] = [node.entries[index], next === undefined ? undefined : node.entries[next]];
    const start = before === undefined ? node.start + 1 : endOf(before);
    const end = behind?.start ?? close;
    const needsComma = behind !== undefined || hasLastComma;
    const text = writer.write({ index, next, additions: added.get(index) ?? [], needsComma });
    if (text !== page.text.slice(start, end)) page.edits.push({ start, end, text });
  }
}

function endOf({ value, slot }: YamlEntry): number {
  return Math.max(value.end, slot);
}

/** The gap behind the opening bracket, then the one behind each entry. */
function findGaps({ text }: Page, node: YamlNode): readonly Gap[] {
  const starts = [node.start + 1, ...node.entries.map(endOf)];
  return starts.map((start, index) => cutGap(text.slice(start, node.entries[index]?.start ?? node.end - 1)));
}

function cutGap(gap: string): Gap {
  const comma = skipBlank(gap, 0);
  const hasComma = gap[comma] === ",";
  const from = hasComma ? comma + 1 : 0;
  // A comment, and the white space before it, stay with the entry whose line they are on.
  const behind = /^[ \t]*(?:#[^\r\n]*)?(?=[\r\n])/.exec(gap.slice(from))?.[0] ?? "";
  return { tail: [hasComma ? gap.slice(0, comma) : "", behind], hasComma, lead: gap.slice(from + behind.length) };
}

interface Between {
  /** Of the entry before; -1 for the opening bracket. */
  readonly index: number;
  /** Of the entry behind; undefined for the closing bracket. */
  readonly next: number | undefined;
  readonly additions: readonly Addition[];
  /** Whether a comma follows the last entry before `next`. */
  readonly needsComma: boolean;
}

class GapWriter {
  readonly #page: Page;
  readonly #node: YamlNode;
  readonly #gaps: readonly Gap[];
  readonly #findLike: ReturnType<typeof makeFindLike>;
  /** Every entry on a line of its own. */
  readonly #lead: string | null;

  constructor(page: Page, node: YamlNode, gaps: readonly Gap[]) {
    this.#page = page;
    this.#node = node;
    this.#gaps = gaps;
    this.#findLike = makeFindLike(node.entries);
    const leads = gaps.slice(0, node.entries.length).map(({ lead }) => lead);
    this.#lead = leads.every((lead) => /[\r\n]/.test(lead))
      ? (/[\r\n]+[ \t]*$/.exec(leads[0] ?? "")?.[0] ?? null)
      : null;
  }

  write({ index, next, additions, needsComma }: Between): string {
    const hasEntry = index >= 0;
    const parts = additions.map((addition) => this.#writeAddition(addition));
    const isFollowed = parts.length > 0 || needsComma;
    const own = this.#gaps[index + 1];
    const tail = own === undefined ? "" : own.tail[0] + (hasEntry && isFollowed ? "," : "") + own.tail[1];
    const written = parts.map((part, at) => {
      const isFirst = !hasEntry && at === 0;
      return this.#leadOf(isFirst) + part + (at + 1 < parts.length || needsComma ? "," : "");
    });
    const rest = written.join("") + this.#leadBefore(next, !hasEntry && parts.length === 0);
    // A comment ends with its line.
    const mustBreak = own?.tail[1].includes("#") === true && !/^\s*[\r\n]/.test(rest);
    return tail + (mustBreak ? (/^(?:\r\n|[\r\n])[ \t]*/.exec(own.lead)?.[0] ?? "") : "") + rest;
  }

  #leadOf(isFirst: boolean): string {
    if (this.#lead !== null) return this.#lead;
    return isFirst ? (this.#gaps[0]?.lead ?? "") : this.#page.look.comma.slice(1);
  }

  /** What stands right before an entry that stays, or before the closing bracket. */
  #leadBefore(next: number | undefined, isFirst: boolean): string {
    const lead = this.#gaps[next ?? this.#node.entries.length]?.lead ?? "";
    if (/[\r\n]/.test(lead) || next === undefined) return lead;
    return isFirst || next !== 0 ? (isFirst ? (this.#gaps[0]?.lead ?? "") : lead) : this.#page.look.comma.slice(1);
  }

  #writeAddition({ key, value, original }: Addition): string {
    const { renderer, lines, text, look } = this.#page;
    const lineStart = lines.startOf(this.#node.entries[0]?.start ?? this.#node.start);
    const indent = text.slice(lineStart).search(/[^ ]/);
    if (key === null) {
      const like = original ?? this.#findLike(value);
      return renderer.flow(value, like, { column: indent, indent });
    }
    const name = `${renderer.key(key, this.#node.entries, true)}${look.colon}`;
    return name + renderer.flow(value, undefined, { column: indent + name.length, indent });
  }
}
