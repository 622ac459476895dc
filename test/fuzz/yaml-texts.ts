/** YAML as a grammar makes it: mostly well-formed, full of what a manifest should not hold. */
import fc from "fast-check";
import { mangled } from "./mangle.ts";

/** A value, written from behind its key's colon (or its dash) on, at a depth of so many spaces; null inside brackets. */
type Write = (indent: number | null) => string;

const ODD_SCALARS = ["plain text with: colon", "text # comment", "'open", '"\\q"', "@x", "*", "&", "${var:x}"];
const SCALARS = [
  ..."a 1 -1 0x1f 0o17 1.5e3 1e400 .nan -.inf 007 +49123 true ~ null *x *y 2024-01-01 9007199254740993 é".split(" "),
  "",
  "'it''s'",
  '"\\u0041\\n"',
  '"\\uD800"',
  "$contact.language",
  '"${var:x}"',
  '"@@TODO@@"',
  "x".repeat(3000),
];
const KEYS = "apiVersion kind metadata name spec nodes connections id type from to when workflow node a b c".split(" ");
const ODD_KEYS = [
  ..."__proto__ constructor prototype toString << 1 true ~ *x '' ? ! é a".split(" "),
  '"__proto__"',
  "? [a]\n",
  "k".repeat(2000),
];
const PROPERTIES = ["&x", "&y", "!!str", "!!map", "!!seq", "!!int", "!!binary", "!!js/function", "!own", "!", "!<>"];

const pad = (indent: number) => " ".repeat(indent);
const key = fc.oneof({ weight: 15, arbitrary: fc.constantFrom(...KEYS) }, fc.constantFrom(...ODD_KEYS));
const written = fc.oneof({ weight: 40, arbitrary: fc.constantFrom(...SCALARS) }, fc.constantFrom(...ODD_SCALARS));
const scalar = written.map(
  (text): Write =>
    () =>
      ` ${text}`,
);
const block = fc.constantFrom("|", ">-", "|2", ">+").map((head): Write => {
  return (at) => (at === null ? " text" : ` ${head}\n${pad(at)}line\n${pad(at)} more`);
});

const { value, mapping } = fc.letrec<{ value: Write; sequence: Write; mapping: Write; tagged: Write }>((tie) => ({
  value: fc.oneof({ depthSize: "small" }, scalar, block, tie("sequence"), tie("mapping"), tie("tagged")),
  sequence: fc
    .tuple(fc.boolean(), fc.array(tie("value"), { minLength: 1, maxLength: 4 }))
    .map(([isFlow, items]): Write => {
      return (at) =>
        isFlow || at === null
          ? ` [${items.map((item) => item(null))}]`
          : items.map((item) => `\n${pad(at)}-${item(at + 2)}`).join("");
    }),
  mapping: fc
    .tuple(fc.boolean(), fc.array(fc.tuple(key, tie("value")), { minLength: 1, maxLength: 6 }))
    .map(([isFlow, entries]): Write => {
      return (at) =>
        isFlow || at === null
          ? ` {${entries.map(([name, item]) => `${name}:${item(null)}`)}}`
          : entries.map(([name, item]) => `\n${pad(at)}${name}:${item(at + 2)}`).join("");
    }),
  tagged: fc.tuple(fc.constantFrom(...PROPERTIES), tie("value")).map(
    ([property, item]): Write =>
      (at) =>
        ` ${property}${item(at)}`,
  ),
}));

const documentStart = fc.constantFrom(
  "---",
  "---",
  "---",
  "--- # x",
  "...\n%YAML 1.2\n---",
  "...\n%TAG ! tag:x,2000:\n---",
);

/** A stream of up to three documents. */
export const grammarText: fc.Arbitrary<string> = fc
  .array(fc.tuple(documentStart, fc.oneof(mapping, value)), { minLength: 1, maxLength: 3 })
  .map((documents) => documents.map(([start, write]) => `${start}${write(0)}\n`).join(""));

/** The same, damaged. */
export const brokenText: fc.Arbitrary<string> = grammarText.chain((text) => mangled([text]));

/** Texts that cost a careless reader a stack, a gigabyte or a day: nesting, aliases of aliases, endless words. */
export const greedyText: fc.Arbitrary<string> = fc
  .record({
    piece: fc.constantFrom(
      "[",
      "{a: ",
      "- ",
      "? ",
      "&a ",
      "!t ",
      "a: b: ",
      "- - [",
      '"',
      "'",
      "*a ",
      "${",
      "#\n",
      "1",
      "%",
    ),
    times: fc.integer({ min: 50, max: 20_000 }),
    levels: fc.integer({ min: 2, max: 40 }),
    fan: fc.integer({ min: 2, max: 40 }),
    isBomb: fc.boolean(),
  })
  .map(({ piece, times, levels, fan, isBomb }) => (isBomb ? writeBomb(levels, fan) : piece.repeat(times)));

function writeBomb(levels: number, fan: number): string {
  const lines = Array.from({ length: levels }, (_, level) => {
    const item = level === 0 ? "lol" : `*a${level - 1}`;
    return `a${level}: &a${level} [${Array(fan).fill(item).join(", ")}]\n`;
  });
  return lines.join("");
}
