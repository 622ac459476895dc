import type { Json } from "../model/json.ts";

/**
 * What the walk over a YAML text reports, in document order. Offsets count UTF-16 code units from the start of the text.
 * Inside a mapping, keys and values alternate. `anchor` is the name after `&`, null without one.
 */
export interface YamlVisitor {
  startDocument(): void;
  startMapping(node: YamlCollection): void;
  startSequence(node: YamlCollection): void;
  scalar(node: YamlScalar): void;
  /** `offset` is that of the `*`. */
  alias(name: string, offset: number): void;
  endCollection(): void;
  endDocument(): void;
}

export interface YamlCollection {
  readonly offset: number;
  /** Where its anchor or tag starts; `offset` without them. */
  readonly outerOffset: number;
  /** Written with brackets, or as a single pair within brackets. */
  readonly isFlow: boolean;
  readonly anchor: string | null;
  /** A tag that this place cannot have, as written. */
  readonly refusedTag: string | null;
}

export interface YamlScalar {
  /** null when nothing is written, as after `key:`. */
  readonly offset: number | null;
  /** Where its anchor or tag starts; `offset` without them. */
  readonly outerOffset: number | null;
  /** Behind its last character, a closing quote included; behind its line breaks for a block. null when nothing is written. */
  readonly end: number | null;
  readonly style: ScalarStyle;
  readonly anchor: string | null;
  readonly refusedTag: string | null;
  /** Unquoted and untagged: its type was guessed from its looks. */
  readonly plain: boolean;
  readonly text: string;
  readonly value: string | number | boolean | null;
}

export type ScalarStyle = "plain" | "single" | "double" | "literal" | "folded";

/** A value under construction: readonly JSON outwards, writable only while it is being built. */
export type OpenObject = Record<string, Json>;
