import { compareText, type Finding } from "../model/finding.ts";
import type { Json } from "../model/json.ts";
import type { SourceLimits } from "./limits.ts";
import { makePositionAt, type PositionAt } from "./text-position.ts";
import { findKeyProblem, findValueProblem, type YamlProblem } from "./yaml-checks.ts";
import type { OpenObject, YamlCollection, YamlScalar, YamlVisitor } from "./yaml-visitor.ts";

/** Of errors, and of warnings. One document cannot bury us in findings; with so many, its reader has enough to do. */
const MOST_FINDINGS = 100;

/** A collection between its start and its end. */
interface Frame {
  readonly value: OpenObject | Json[];
  readonly object: OpenObject | null;
  readonly array: Json[] | null;
  readonly anchor: Anchor | null;
  readonly expandedBefore: number;
  /** Levels of objects and arrays below this one. */
  height: number;
  /** The key whose value comes next; undefined when a key comes next, null when the value is to be dropped. */
  key: string | null | undefined;
}

interface Anchor {
  value: Json;
  /** How many values it stands for, itself included; 0 until it is complete. */
  size: number;
  height: number;
}

export interface BuiltDocument {
  readonly index: number;
  readonly value: Json;
}

/**
 * Builds plain JSON from the walk and says what JSON, or we, cannot take. An alias shares the value it names: it is never
 * copied, and its expanded size is counted instead. A document with an error is left out, because half a document would only
 * draw misleading findings; empty documents are left out without a word.
 */
export class ValueBuilder implements YamlVisitor {
  readonly documents: BuiltDocument[] = [];
  readonly #findings: Finding[] = [];
  readonly #file: string;
  readonly #limits: SourceLimits;
  readonly #positionAt: PositionAt;
  #index = -1;
  #frames: Frame[] = [];
  #anchors = new Map<string, Anchor>();
  #root: Json | undefined;
  #errors = 0;
  #warnings = 0;
  #aliases = 0;
  #expanded = 0;
  #isBomb = false;
  #isTooDeep = false;

  constructor(text: string, file: string, limits: SourceLimits) {
    this.#file = file;
    this.#limits = limits;
    this.#positionAt = makePositionAt(text);
  }

  /** In the order of the text. */
  get findings(): readonly Finding[] {
    return this.#findings.sort((a, b) => a.line - b.line || a.column - b.column || compareText(a.rule, b.rule));
  }

  startDocument(): void {
    this.#index++;
    this.#frames = [];
    this.#anchors = new Map();
    this.#root = undefined;
    this.#errors = 0;
    this.#warnings = 0;
    this.#aliases = 0;
    this.#expanded = 0;
    this.#isBomb = false;
    this.#isTooDeep = false;
  }

  endDocument(): void {
    if (this.#root !== undefined && this.#errors === 0) this.documents.push({ index: this.#index, value: this.#root });
  }

  startMapping(node: YamlCollection): void {
    const object: OpenObject = {};
    this.#open(node, { value: object, object, array: null });
  }

  startSequence(node: YamlCollection): void {
    const array: Json[] = [];
    this.#open(node, { value: array, object: null, array });
  }

  endCollection(): void {
    const frame = this.#frames.pop();
    if (frame === undefined) return;
    if (frame.anchor) {
      frame.anchor.size = this.#expanded - frame.expandedBefore;
      frame.anchor.height = frame.height;
    }
    this.#add(frame.value, frame.height, null);
  }

  scalar(node: YamlScalar): void {
    if (node.refusedTag !== null) this.#refuseTag(node.refusedTag, node.offset ?? 0);
    const problem = findValueProblem(node);
    if (problem !== null) this.#note(problem, node.offset ?? 0);
    // JSON has no negative zero.
    const value = node.value === 0 ? 0 : node.value;
    if (node.anchor !== null) this.#anchors.set(node.anchor, { value, size: 1, height: 0 });
    const parent = this.#frames.at(-1);
    if (parent?.object && parent.key === undefined) {
      const keyProblem = findKeyProblem(node, parent.object);
      if (keyProblem !== null) this.#note(keyProblem, node.offset ?? 0);
      parent.key = keyProblem === null && typeof value === "string" ? value : null;
      return;
    }
    this.#expanded++;
    const isEmptyDocument = parent === undefined && node.offset === null;
    if (!isEmptyDocument) this.#add(value, 0, node.offset);
  }

  alias(name: string, offset: number): void {
    this.#aliases++;
    if (this.#aliases > this.#limits.aliases) {
      this.#refuseBomb(offset, `the document has more than ${this.#limits.aliases} aliases`);
    }
    const anchor = this.#anchors.get(name);
    if (anchor === undefined) {
      const hint = `Write "&${name}" before the value that the alias stands for, above this line and in this document.`;
      this.#note({ rule: "yaml/unknown-alias", message: `no anchor is called "${name}"`, hint }, offset);
    } else if (anchor.size === 0) {
      const message = `the alias "${name}" stands inside the value that it names`;
      this.#note({ rule: "yaml/recursive-alias", message }, offset);
    }
    this.#expanded += anchor?.size ?? 0;
    if (this.#expanded > this.#limits.expandedValues) {
      const most = this.#limits.expandedValues.toLocaleString("en");
      this.#refuseBomb(offset, `With its aliases expanded the document has more than ${most} values.`);
    }
    const isUsable = anchor !== undefined && anchor.size > 0;
    this.#add(isUsable ? anchor.value : null, isUsable ? anchor.height : 0, offset);
  }

  #open(node: YamlCollection, parts: Pick<Frame, "value" | "object" | "array">): void {
    if (node.refusedTag !== null) this.#refuseTag(node.refusedTag, node.offset);
    const anchor = node.anchor === null ? null : { value: parts.value, size: 0, height: 0 };
    if (node.anchor !== null && anchor !== null) this.#anchors.set(node.anchor, anchor);
    this.#frames.push({ ...parts, anchor, expandedBefore: this.#expanded, height: 1, key: undefined });
    this.#expanded++;
    this.#checkDepth(this.#frames.length, node.offset);
    const parent = this.#frames.at(-2);
    if (parent?.object && parent.key === undefined)
      this.#refuseKey("A key must be text, not a list or a mapping.", node);
  }

  #add(value: Json, height: number, offset: number | null): void {
    const parent = this.#frames.at(-1);
    if (parent === undefined) {
      this.#root = value;
      return;
    }
    parent.height = Math.max(parent.height, height + 1);
    if (height > 0 && offset !== null) this.#checkDepth(this.#frames.length + height, offset);
    if (parent.array) parent.array.push(value);
    else if (parent.key === undefined) {
      if (offset !== null) this.#refuseKey("A key must be written out, not an alias.", { offset });
      parent.key = null;
    } else {
      if (parent.key !== null && parent.object) parent.object[parent.key] = value;
      parent.key = undefined;
    }
  }

  #checkDepth(depth: number, offset: number): void {
    if (depth <= this.#limits.depth || this.#isTooDeep) return;
    this.#isTooDeep = true;
    const message = `the document is more than ${this.#limits.depth} levels deep, counted with its aliases expanded`;
    this.#note({ rule: "yaml/too-deep", message, hint: "Flatten it." }, offset);
  }

  #refuseKey(message: string, node: { readonly offset: number }): void {
    this.#note({ rule: "yaml/key", message }, node.offset);
  }

  #refuseTag(tag: string, offset: number): void {
    const hint = "Leave the tag out; put a value in quotes when it must be text.";
    this.#note({ rule: "yaml/tag", message: `the tag ${tag} is not supported here`, hint }, offset);
  }

  #refuseBomb(offset: number, message: string): void {
    if (this.#isBomb) return;
    this.#isBomb = true;
    const hint = "Write the values out, or split the document.";
    this.#note({ rule: "yaml/alias-bomb", message, hint }, offset);
  }

  #note(problem: YamlProblem, offset: number): void {
    const severity = problem.severity ?? "error";
    const noted = severity === "error" ? ++this.#errors : ++this.#warnings;
    if (noted > MOST_FINDINGS) return;
    const { rule, message, hint } = problem;
    this.#findings.push({ rule, severity, message, file: this.#file, ...this.#positionAt(offset), hint: hint ?? null });
  }
}
