/** Advice by the first words of the parser's reason that fit; the first entry that matches is taken. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/tab characters/, "Indent with spaces; YAML does not allow tabs there."],
  [/quoted scalar/, "A closing quote is missing, here or further up."],
  [/unknown escape|hexadecimal/, 'In double quotes a backslash starts an escape: write "\\\\", or use single quotes.'],
  [/flow collection/, "A closing bracket is missing, or a comma between two entries."],
  [/expected the node content/, "There is a comma too many, or a value is missing before it."],
  [/indentation/, 'Line up the keys of one mapping, put a value that holds ": " in quotes, and close every bracket.'],
  [/multiline key|after a mapping key|key-value separator/, 'Write "key: value", with a colon and a space.'],
  [
    /document separator/,
    "Something stands beside the document's value: check the indentation, or put --- between documents.",
  ],
  [/null byte|non-printable|JSON character/, "Save the file as UTF-8 text without control characters."],
  [/alias|anchor/, 'A value that starts with "*" or "&" needs quotes.'],
  [/tag/, 'A value that starts with "!" needs quotes.'],
  [/directive/, 'A line that starts with "%" needs quotes around its value.'],
];

const INDENTED_WITH_TAB = /^[ ]*\t/;

/** What to do about a text that is not well-formed at `position`. */
export function findSyntaxHint(reason: string, text: string, position: number): string {
  const advice = HINTS.find(([pattern]) => pattern.test(reason))?.[1];
  const lineStart = text.lastIndexOf("\n", Math.max(0, position - 1)) + 1;
  if (INDENTED_WITH_TAB.test(text.slice(lineStart, lineStart + 200)))
    return "Indent with spaces; YAML does not allow tabs there.";
  const next = text.charAt(position);
  if (next === "@" || next === "`" || next === "%") return `A value that starts with "${next}" needs quotes.`;
  return advice ?? "Check indentation, quotes and brackets around this place.";
}
