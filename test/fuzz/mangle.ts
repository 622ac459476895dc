/** Sound inputs, damaged. */
import fc from "fast-check";

/** What trips parsers of YAML, conditions, references and JSON. */
export const TRAPS: readonly string[] = [
  ..."\t\r\n\0\u0007\u001b\u0085\u2028\uFEFF\u{1D11E}'\"\\#|>?:-,[]{}&*!%@`~=<$()",
  String.fromCharCode(0xd800),
  "\r\n",
  "\n---\n",
  "\n...\n",
  "%TAG ! tag:x,2000:\n---\n",
  "__proto__: {polluted: 1}\n",
  '"constructor": {"prototype": {"polluted": 1}},',
  "<<: *x",
  "&x ",
  "*x",
  "!!binary ",
  "!!str ",
  "!<tag:yaml.org,2002:int> ",
  "1e999",
  "-.inf",
  "0x1F",
  "00",
  "12345678901234567890123",
  "-0",
  "\\u0000",
  "\\uD800",
  "[".repeat(70),
  "{a: ".repeat(70),
  "- ".repeat(70),
  "${env:HOME}",
  "${var:x}",
  "${var:",
  "$${",
  " && ",
  " not in ",
  "null",
];

/** One damage: where, as a fraction of what there is; how much of it is lost; what stands there instead. */
interface Damage {
  readonly at: number;
  readonly lost: number;
  readonly put: string;
}

const STEPS = 0xffff;
/** Anywhere; unbiased, or most damage would be done to the first and the last character. */
const place = fc.noBias(fc.nat(STEPS)).map((step) => step / STEPS);
const damage: fc.Arbitrary<Damage> = fc.record({
  at: place,
  lost: fc.oneof(
    { weight: 12, arbitrary: fc.nat(3) },
    { weight: 3, arbitrary: fc.nat(60) },
    { weight: 1, arbitrary: fc.constant(Number.MAX_SAFE_INTEGER) },
  ),
  put: fc.oneof(
    fc.constantFrom("", ..."abn01_ "),
    fc.constantFrom(...TRAPS),
    fc.string({ unit: "binary", maxLength: 5 }),
  ),
});

/** A text of these with a few places damaged: cut, cut off, written over, written into. Sometimes with other line ends. */
export function mangled(texts: readonly string[], most = 2): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom(...texts),
      fc.array(damage, { minLength: 1, maxLength: most }),
      fc.constantFrom("\n", "\n", "\n", "\r\n", "\r"),
    )
    .map(([text, damages, lineEnd]) => damages.reduce(applyDamage, text).replaceAll("\n", lineEnd));
}

function applyDamage(text: string, { at, lost, put }: Damage): string {
  const start = Math.round(at * text.length);
  return text.slice(0, start) + put + text.slice(start + lost);
}

/** The bytes of a text with single bytes changed, as a bad disk or the wrong encoding would. */
export function garbled(texts: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array> {
  const flips = fc.array(fc.tuple(place, fc.integer({ min: 1, max: 255 })), { maxLength: 3 });
  const encoding = fc.constantFrom<BufferEncoding>("utf8", "utf8", "utf16le", "latin1");
  return fc.tuple(texts, encoding, flips).map(([text, kind, changes]) => {
    const bytes = Buffer.from(text, kind);
    for (const [at, mask] of changes) {
      const index = Math.floor(at * bytes.length);
      bytes.set([(bytes[index] ?? 0) ^ mask].slice(0, bytes.length - index), index);
    }
    return new Uint8Array(bytes);
  });
}
