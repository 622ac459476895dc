import type { Json } from "../../model/json.ts";

/** Bytes of one answer, after decompression. The largest documented thing, a flow of 50 connections, needs a thousandth. */
export const MOST_BODY_BYTES = 16 * 1024 * 1024;
/** Levels of nesting in one answer; whatever walks a document may then recurse without fear. */
export const MOST_JSON_DEPTH = 100;

/** What an answer carried. Only `json` may be believed. */
export type Body =
  | { readonly kind: "json"; readonly value: Json; readonly exact: boolean }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "empty" | "html" | "garbled" | "too-large" | "too-deep" };

/** Reads the bytes of an answer. Never throws, whatever they are. */
export function parseBody(bytes: Uint8Array, contentType: string): Body {
  const text = decode(bytes);
  if (text === undefined) return { kind: "garbled" };
  if (text.trim() === "") return { kind: "empty" };
  if (/\bhtml\b/i.test(contentType) || text.trimStart().startsWith("<")) return { kind: "html" };
  const value = parseJson(text);
  if (value === undefined) return { kind: "text", text };
  if (!isWithinDepth(value, MOST_JSON_DEPTH)) return { kind: "too-deep" };
  return { kind: "json", value, exact: isExact(text) };
}

/** For a person: what the answer was instead of JSON. */
export function describeBody(body: Body): string {
  if (body.kind === "html") return "answered HTML instead of JSON: a proxy or login page?";
  if (body.kind === "empty") return "answered nothing where JSON was expected";
  if (body.kind === "too-large") return `answered more than ${MOST_BODY_BYTES / 1024 / 1024} MiB`;
  if (body.kind === "too-deep") return `answered JSON nested deeper than ${MOST_JSON_DEPTH} levels`;
  if (body.kind === "garbled") return "answered bytes that are not UTF-8 text";
  if (body.kind === "text") return "answered text that is not JSON, or JSON that was cut short";
  return "answered JSON of another shape than documented";
}

/** Strict, because a replacement character would be written back into the document. */
const UTF8 = new TextDecoder("utf-8", { fatal: true });

function decode(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

function parseJson(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

function isWithinDepth(value: Json, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (levels === 0) return false;
  for (const item of Array.isArray(value) ? value : Object.values(value)) {
    if (!isWithinDepth(item, levels - 1)) return false;
  }
  return true;
}

/**
 * False when a number of the text does not survive as a JavaScript number: integers beyond 2^53 and overflows. Writing
 * such a document back would change a field that is not ours.
 */
function isExact(text: string): boolean {
  if (!/\d{16}|\d[eE]\+?\d{3}/.test(text)) return true;
  let exact = true;
  JSON.parse(text, (_key, value: unknown, ...context: readonly unknown[]) => {
    if (typeof value === "number" && !survives(value, sourceOf(context[0]))) exact = false;
    return value;
  });
  return exact;
}

function survives(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false;
  return !/^-?\d+$/.test(source) || BigInt(source) === BigInt(value);
}

/** How the number was written; the engine hands this to a reviver as its third argument. */
function sourceOf(context: unknown): string {
  const written = typeof context === "object" && context !== null && "source" in context ? context.source : undefined;
  return typeof written === "string" ? written : "";
}
