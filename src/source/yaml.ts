import {
  boolCoreTag,
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  floatCoreTag,
  getScalarValue,
  intCoreTag,
  NOT_RESOLVED,
  nullCoreTag,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from "js-yaml";
import type { Finding } from "../model/finding.ts";
import type { SourceDocument } from "../model/manifest.ts";
import type { RuleId } from "../model/rules.ts";
import { findScalarStart } from "./edit/yaml-scalar-start.ts";
import { DEFAULT_LIMITS, formatBytes, type SourceLimits } from "./limits.ts";
import { noteReferences } from "./references.ts";
import { findSyntaxHint } from "./yaml-hints.ts";
import { makeFindPlace } from "./yaml-places.ts";
import { ValueBuilder } from "./yaml-values.ts";
import type { ScalarStyle, YamlScalar, YamlVisitor } from "./yaml-visitor.ts";

// js-yaml only cuts the text into events here. Values are built by ours from those events, because its constructor stops at
// the first problem, makes what JSON lacks (NaN, cycles), and loses where things stand. Types are guessed by its tags of the
// YAML 1.2 core schema, so a document means what js-yaml's `load` says it means.

export interface ParseOptions {
  /** The name that findings and documents carry. */
  readonly file: string;
  readonly limits?: SourceLimits;
}

export interface ParsedYaml {
  readonly documents: readonly SourceDocument[];
  readonly problems: readonly Finding[];
}

/**
 * Reads every document of a YAML (or JSON) text. Never throws, whatever the text: what is wrong comes back as findings, and a
 * document with an error is not among the documents. A text that is not well-formed yields one finding and no documents.
 * Documents keep the text and their value, nothing else.
 */
export function parseYaml(text: string, options: ParseOptions): ParsedYaml {
  const { file, limits = DEFAULT_LIMITS } = options;
  const body = text.startsWith("\uFEFF") ? text.slice(1) : text;
  if (isLongerThan(body, limits.fileBytes)) {
    const message = `the text is longer than ${formatBytes(limits.fileBytes)}`;
    return { documents: [], problems: [makeError("source/too-large", message, file, "Split it into several files.")] };
  }
  let events: readonly Event[];
  try {
    events = readEvents(body, limits);
  } catch (thrown) {
    return { documents: [], problems: [describeFailure(thrown, body, file, limits)] };
  }
  const builder = new ValueBuilder(body, file, limits);
  walkEvents(body, events, builder);
  noteReferences(
    body,
    builder.documents.map(({ value }) => value),
  );
  const findPlace = makeFindPlace(body, (visitor) => walkEvents(body, readEvents(body, limits), visitor));
  const documents = builder.documents.map(({ index, value }): SourceDocument => {
    return { file, index, value, positionOf: (path, part = "value") => findPlace(index, path, part) };
  });
  return { documents, problems: builder.findings };
}

function isLongerThan(text: string, bytes: number): boolean {
  return text.length > bytes || (text.length * 3 > bytes && Buffer.byteLength(text) > bytes);
}

function describeFailure(thrown: unknown, text: string, file: string, limits: SourceLimits): Finding {
  if (!(thrown instanceof YAMLException)) return makeError("yaml/syntax", "the YAML cannot be read", file, null);
  const mark = thrown.mark ?? { line: 0, column: 0, position: 0 };
  const place = { line: mark.line + 1, column: mark.column + 1 };
  if (thrown.reason.startsWith("nesting exceeded")) {
    const message = `the document is more than ${limits.depth} levels deep`;
    return { ...makeError("yaml/too-deep", message, file, "Flatten it."), ...place };
  }
  const hint = findSyntaxHint(thrown.reason, text, mark.position);
  return { ...makeError("yaml/syntax", `the YAML is not well-formed: ${thrown.reason}`, file, hint), ...place };
}

function makeError(rule: RuleId, message: string, file: string, hint: string | null): Finding {
  return { rule, severity: "error", message, file, line: 1, column: 1, hint };
}

/** Throws YAMLException for a text that is not well-formed. */
function readEvents(text: string, limits: SourceLimits): readonly Event[] {
  // js-yaml counts the innermost scalar, and a collection that might turn out to be a key, as levels of their own. This only
  // keeps it from recursing without end; the exact count is the builder's.
  return parseEvents(text, { maxDepth: limits.depth + 2 });
}

/** Walks a text without its byte order mark. Throws for one that `parseYaml` finds not well-formed. */
export function walkYaml(text: string, visitor: YamlVisitor): void {
  walkEvents(text, readEvents(text, DEFAULT_LIMITS), visitor);
}

function walkEvents(text: string, events: readonly Event[], visitor: YamlVisitor): void {
  const openKinds: Event["type"][] = [];
  let hasOwnTags = false;
  let previousEnd = 0;
  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        hasOwnTags = event.directives.some((directive) => directive.kind === "tag");
        openKinds.push(event.type);
        visitor.startDocument();
        break;
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE: {
        const isMapping = event.type === EVENT_ID.MAPPING;
        const tag = readTag(text, event);
        const refusedTag =
          tag === "" || tag === "!" || (!hasOwnTags && tag === (isMapping ? "!!map" : "!!seq")) ? null : tag;
        const outerOffset = findProperties(event) ?? event.start;
        const isFlow = event.style === COLLECTION_STYLE.FLOW;
        const node = { offset: event.start, outerOffset, isFlow, anchor: readAnchor(text, event), refusedTag };
        openKinds.push(event.type);
        if (isMapping) visitor.startMapping(node);
        else visitor.startSequence(node);
        break;
      }
      case EVENT_ID.SCALAR:
        visitor.scalar(readScalar(text, event, previousEnd, hasOwnTags));
        previousEnd = Math.max(previousEnd, event.valueEnd, event.tagEnd, event.anchorEnd);
        break;
      case EVENT_ID.ALIAS:
        visitor.alias(text.slice(event.anchorStart, event.anchorEnd), event.anchorStart - 1);
        previousEnd = event.anchorEnd;
        break;
      case EVENT_ID.POP:
        if (openKinds.pop() === EVENT_ID.DOCUMENT) visitor.endDocument();
        else visitor.endCollection();
        break;
    }
  }
}

type Tagged = { readonly tagStart: number; readonly tagEnd: number };
type Anchored = { readonly anchorStart: number; readonly anchorEnd: number };

/** The tag as written, a verbatim standard one in its short form; empty without one. */
function readTag(text: string, event: Tagged): string {
  if (event.tagStart === -1) return "";
  return text.slice(event.tagStart, event.tagEnd).replace(/^!<tag:yaml\.org,2002:(.*)>$/, "!!$1");
}

function readAnchor(text: string, event: Anchored): string | null {
  return event.anchorStart === -1 ? null : text.slice(event.anchorStart, event.anchorEnd);
}

/** Where the anchor or tag of a node starts; null without them. */
function findProperties({ tagStart, anchorStart }: Tagged & Anchored): number | null {
  if (anchorStart === -1) return tagStart === -1 ? null : tagStart;
  return tagStart === -1 ? anchorStart - 1 : Math.min(tagStart, anchorStart - 1);
}

const STYLES: readonly ScalarStyle[] = ["plain", "plain", "single", "double", "literal", "folded"];

function readScalar(text: string, event: ScalarEvent, previousEnd: number, hasOwnTags: boolean): YamlScalar {
  const written = getScalarValue(text, event);
  const tag = readTag(text, event);
  const plain = tag === "" && event.style === SCALAR_STYLE.PLAIN;
  const resolved = plain ? guessValue(written) : hasOwnTags && tag !== "" ? undefined : readAsTagged(written, tag);
  const style = STYLES[event.style] ?? "plain";
  const outerOffset = findProperties(event);
  const offset = findScalarStart(text, event, style, { outerOffset, previousEnd });
  const end = event.valueEnd + (style === "single" || style === "double" ? 1 : 0);
  return {
    offset,
    outerOffset: outerOffset ?? offset,
    end: offset === null ? null : Math.max(end, event.tagEnd, event.anchorEnd),
    style,
    anchor: readAnchor(text, event),
    refusedTag: resolved === undefined ? tag : null,
    plain,
    text: written,
    value: resolved === undefined ? written : resolved,
  };
}

type Scalar = YamlScalar["value"];

type ScalarTag = typeof nullCoreTag | typeof boolCoreTag | typeof intCoreTag | typeof floatCoreTag;

const NULLS: readonly ScalarTag[] = [nullCoreTag];
const BOOLEANS: readonly ScalarTag[] = [boolCoreTag];
const NUMBERS: readonly ScalarTag[] = [intCoreTag, floatCoreTag];

/** The tags that an unquoted scalar may have, by its first character; whatever begins with another is text. */
const TAGS_BY_START: ReadonlyMap<string, readonly ScalarTag[]> = new Map([
  ...["", "~", "n", "N"].map((start) => [start, NULLS] as const),
  ...["t", "T", "f", "F"].map((start) => [start, BOOLEANS] as const),
  ...[..."-+.0123456789"].map((start) => [start, NUMBERS] as const),
]);

/** What an unquoted scalar means in the core schema: null, boolean, number, otherwise text. */
function guessValue(written: string): Scalar {
  const tags = TAGS_BY_START.get(written.charAt(0));
  if (tags === undefined) return written;
  for (const tag of tags) {
    const value = tag.resolve(written, false, tag.tagName);
    if (value !== NOT_RESOLVED) return value;
  }
  return written;
}

const TAGS_BY_NAME: ReadonlyMap<string, ScalarTag> = new Map<string, ScalarTag>([
  ["!!null", nullCoreTag],
  ["!!bool", boolCoreTag],
  ["!!int", intCoreTag],
  ["!!float", floatCoreTag],
]);

/** The value of a scalar with a tag (or quotes, which mean text); undefined when the tag does not fit. */
function readAsTagged(written: string, tag: string): Scalar | undefined {
  if (tag === "" || tag === "!" || tag === "!!str") return written;
  const definition = TAGS_BY_NAME.get(tag);
  const value = definition?.resolve(written, true, definition.tagName);
  return value === NOT_RESOLVED ? undefined : value;
}
