import { isJsonArray, isJsonObject, isSameJson, type Json, type JsonObject } from "../../model/json.ts";
import type { TextEdit } from "./text-edits.ts";
import { editBlock } from "./yaml-edit-block.ts";
import { editFlow } from "./yaml-edit-flow.ts";
import type { Page } from "./yaml-edit-page.ts";
import { replaceScalar, replaceValue, type ValuePlace } from "./yaml-edit-value.ts";
import { COLUMNS } from "./yaml-look.ts";
import type { YamlEntry, YamlNode } from "./yaml-nodes.ts";
import { findSteps, type Steps } from "./yaml-steps.ts";

/** The edits that make a document's value `wanted`. `rewrite` is a value in it that is written anew as a whole, if it differs. */
export function editTree(
  page: Omit<Page, "edits">,
  root: YamlNode,
  wanted: Json,
  rewrite?: YamlNode,
): readonly TextEdit[] {
  const edits: TextEdit[] = [];
  new TreeEditor({ ...page, edits }, rewrite).edit(root, wanted, {
    slot: null,
    indent: -1,
    isItem: false,
    inFlow: false,
  });
  return edits;
}

class TreeEditor {
  readonly #page: Page;
  readonly #rewrite: YamlNode | undefined;
  /** What each anchor so far is wanted to stand for; undefined for one that is no longer written. */
  readonly #anchors: Map<string, Json | undefined>;

  constructor(page: Page, rewrite: YamlNode | undefined, anchors = new Map<string, Json | undefined>()) {
    this.#page = page;
    this.#rewrite = rewrite;
    this.#anchors = anchors;
  }

  edit(node: YamlNode, wanted: Json, place: ValuePlace): void {
    if (node.aliasOf !== null) {
      const meant = this.#anchors.get(node.aliasOf);
      if (meant === undefined || !isSameJson(meant, wanted)) replaceValue(this.#page, node, wanted, place);
      return;
    }
    const isSame = isSameJson(node.value, wanted);
    if (isSame && !node.isLinked) return;
    if (node.anchor !== null) this.#anchors.set(node.anchor, wanted);
    if (node === this.#rewrite) this.#replace(node, wanted, place);
    else if (canEditWithin(node, wanted)) this.#editWithin(node, wanted, place);
    else if (isSame) this.#editLinked(node);
    else if (node.type === "scalar" && !isJsonObject(wanted) && !isJsonArray(wanted)) {
      if (!replaceScalar(this.#page, node, wanted, place)) this.#replace(node, wanted, place);
    } else this.#replace(node, wanted, place);
  }

  /** A value that stays as it is written still sets its anchors. */
  #editLinked(node: YamlNode): void {
    for (const { value } of node.entries) this.#editLinked(value);
    if (node.anchor !== null) this.#anchors.set(node.anchor, node.value);
  }

  #editWithin(node: YamlNode, wanted: JsonObject | readonly Json[], place: ValuePlace): void {
    const steps = findSteps(node, wanted);
    if (steps.kept.size === 0) {
      this.#replace(node, wanted, place);
      return;
    }
    if (!this.#canOutgrowLine(node, place)) {
      this.#editEntries(this.#page, node, steps);
      return;
    }
    const edits: TextEdit[] = [];
    this.#editEntries({ ...this.#page, edits }, node, steps);
    if (this.#isTooLong(node, edits) && hasAdditions(node, wanted)) this.#replace(node, wanted, place);
    else this.#page.edits.push(...edits);
  }

  #editEntries(page: Page, node: YamlNode, steps: Steps): void {
    const editor = page === this.#page ? this : new TreeEditor(page, this.#rewrite, this.#anchors);
    for (const [index, entry] of node.entries.entries()) {
      const wanted = steps.kept.get(index);
      if (wanted === undefined) this.#forget(entry.value);
      else editor.edit(entry.value, wanted, this.#placeOf(node, entry));
    }
    if (steps.kept.size === node.entries.length && steps.added.size === 0) return;
    if (node.style === "flow") editFlow(page, node, steps);
    else editBlock(page, node, steps);
  }

  #placeOf(node: YamlNode, { slot, start, key }: YamlEntry): ValuePlace {
    return { slot, indent: this.#page.lines.columnOf(start), isItem: key === null, inFlow: node.style === "flow" };
  }

  /** Brackets on one line, outside other brackets: they become lines when the line gets too long. */
  #canOutgrowLine({ style, start, end, isLinked }: YamlNode, { inFlow }: ValuePlace): boolean {
    const { text, look } = this.#page;
    return style === "flow" && !inFlow && !isLinked && !look.isJson && !/[\r\n]/.test(text.slice(start, end));
  }

  /** A line that was too long before is its author's choice. */
  #isTooLong({ start }: YamlNode, edits: readonly TextEdit[]): boolean {
    const { lines } = this.#page;
    const length = lines.endOf(start) - lines.startOf(start);
    const more = edits.reduce((sum, edit) => sum + edit.text.length - (edit.end - edit.start), 0);
    return length <= COLUMNS && length + more > COLUMNS;
  }

  #replace(node: YamlNode, wanted: Json, place: ValuePlace): void {
    this.#forget(node);
    replaceValue(this.#page, node, wanted, place);
  }

  #forget(node: YamlNode): void {
    if (!node.isLinked) return;
    if (node.anchor !== null) this.#anchors.set(node.anchor, undefined);
    for (const { value } of node.entries) this.#forget(value);
  }
}

function canEditWithin(node: YamlNode, wanted: Json): wanted is JsonObject | readonly Json[] {
  if (node.isOdd || node.entries.length === 0) return false;
  return node.type === "sequence" ? isJsonArray(wanted) : node.type === "mapping" && isJsonObject(wanted);
}

/** Whether something is added to a collection or to one in it; what only changes stays on its line. */
function hasAdditions(node: YamlNode, wanted: Json): boolean {
  if (!canEditWithin(node, wanted)) return isJsonObject(wanted) || isJsonArray(wanted);
  const { kept, added } = findSteps(node, wanted);
  if (added.size > 0) return true;
  return node.entries.some(({ value }, index) => {
    const child = kept.get(index);
    return child !== undefined && !isSameJson(value.value, child) && hasAdditions(value, child);
  });
}
