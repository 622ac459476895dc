import { GitopsError } from "../../errors.ts";
import { isSameJson, type Json } from "../../model/json.ts";
import { walkYaml } from "../yaml.ts";
import { applyEdits, Lines } from "./text-edits.ts";
import { BYTE_ORDER_MARK, editYaml, readDocuments } from "./yaml-edit.ts";
import { editTree } from "./yaml-edit-tree.ts";
import { findLook } from "./yaml-look.ts";
import { NodeCollector } from "./yaml-nodes.ts";
import { Renderer } from "./yaml-render.ts";

export interface EditedDocuments {
  readonly text: string;
  /** Indexes of documents that stay as they were, because no document can hold their values. */
  readonly unwritable: readonly number[];
}

/**
 * As `editYaml`, for several documents of one text by their indexes, in one pass over it. Should they not read as wanted then, each half of
 * them is tried, so that what is hard to write does not make the others slow. Nothing is thrown for a value that no document can hold.
 */
export function editYamlDocuments(text: string, wanted: ReadonlyMap<number, Json>): EditedDocuments {
  const pairs = [...wanted];
  const [first] = pairs;
  if (first === undefined) return { text, unwritable: [] };
  if (pairs.length === 1) return editOne(text, first);
  const made = editTogether(text, wanted);
  if (made !== undefined) return { text: made, unwritable: [] };
  const middle = pairs.length >> 1;
  const half = editYamlDocuments(text, new Map(pairs.slice(0, middle)));
  const whole = editYamlDocuments(half.text, new Map(pairs.slice(middle)));
  return { text: whole.text, unwritable: [...half.unwritable, ...whole.unwritable] };
}

function editOne(text: string, [index, value]: readonly [number, Json]): EditedDocuments {
  try {
    return { text: editYaml(text, index, value), unwritable: [] };
  } catch (thrown) {
    if (thrown instanceof GitopsError && thrown.code === "source/unwritable") return { text, unwritable: [index] };
    throw thrown;
  }
}

/** undefined when the text does not read as wanted then. */
function editTogether(marked: string, wanted: ReadonlyMap<number, Json>): string | undefined {
  const mark = marked.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : "";
  const text = marked.slice(mark.length);
  const collector = new NodeCollector(text, wanted.keys());
  walkYaml(text, collector);
  const lines = new Lines(text);
  const edits = [...wanted].flatMap(([index, value]) => {
    const root = collector.findRoot(index);
    if (root === undefined || isSameJson(root.value, value)) return [];
    const look = findLook(text, root);
    return editTree({ text, lines, look, renderer: new Renderer(text, look) }, root, value);
  });
  const made = applyEdits(text, edits);
  if (made === undefined) return undefined;
  const before = readDocuments(text);
  const after = readDocuments(made);
  const isRight =
    after.length === before.length &&
    after.every(({ index, value }, at) => {
      const was = before[at];
      return index === was?.index && isSameJson(value, wanted.get(index) ?? was.value);
    });
  return isRight ? mark + made : undefined;
}
