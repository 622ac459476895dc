/** A trail's lines, tampered with. */
import fc from "fast-check";
import { sha256 } from "../../src/model/digest.ts";
import { canonicalJson, isJsonObject, type Json, type JsonObject, objectFrom } from "../../src/model/json.ts";
import { mangled } from "./mangle.ts";

type Lines = readonly string[];
/** `at` and `to` are any numbers; they are taken modulo the number of lines. */
type Tamper = (lines: Lines, at: number, to: number) => Lines;

const odd = fc.oneof(
  fc.constantFrom<Json>(
    null,
    "",
    0,
    -1,
    1.5,
    1e300,
    true,
    [],
    {},
    "x".repeat(10_000),
    "\u001b[31m",
    "2025-03-01T10:00:00.000Z",
  ),
  fc.jsonValue({ maxDepth: 2, stringUnit: "binary" }).map((value): Json => JSON.parse(JSON.stringify(value))),
);

/** Fields with another value of their own type: such an entry is sound by itself. */
const plausible = fc.constantFrom<readonly [key: string, value: Json]>(
  ["actor", "mallory"],
  ["name", "other-menu"],
  ["run", "run-0"],
  ["time", "2025-03-01T10:00:00.001Z"],
  ["prevHash", "0".repeat(64)],
  ["attempts", 7],
  ["patch", []],
  ["outcome", null],
);

/** One field set, removed or added, with the entry's own hash made to fit again. */
const forgery: fc.Arbitrary<Tamper> = fc
  .record({
    pick: fc.noBias(fc.nat()),
    value: odd,
    does: fc.constantFrom("set", "remove", "add", "replace", "replace", "replace"),
    replacement: plausible,
    isChained: fc.boolean(),
  })
  .map(({ pick, value, does, replacement, isChained }): Tamper => {
    return (lines, at) => {
      const forged = editLine(lines[at] ?? "", (entry) => {
        if (does === "replace") return objectFrom([...Object.entries(entry), replacement]);
        const keys = Object.keys(entry);
        const key = does === "add" ? "added" : (keys[pick % keys.length] ?? "");
        const rest = Object.entries(entry).filter(([name]) => name !== key);
        return objectFrom(does === "remove" ? rest : [...rest, [key, value]]);
      });
      const changed = lines.with(at, forged);
      return isChained ? changed.slice(0, at + 1).concat(rechain(forged, changed.slice(at + 1))) : changed;
    };
  });

const tamper: fc.Arbitrary<Tamper> = fc.oneof(
  { weight: 4, arbitrary: forgery },
  { weight: 1, arbitrary: fc.constant<Tamper>((lines, at) => lines.toSpliced(at, 1)) },
  { weight: 1, arbitrary: fc.constant<Tamper>((lines, at, to) => lines.toSpliced(to, 0, lines[at] ?? "")) },
  {
    weight: 1,
    arbitrary: fc.constant<Tamper>((lines, at, to) => lines.with(at, lines[to] ?? "").with(to, lines[at] ?? "")),
  },
  { weight: 1, arbitrary: fc.constant<Tamper>((lines, at) => lines.slice(0, at)) },
  {
    weight: 1,
    arbitrary: odd.map(
      (value): Tamper =>
        (lines, at) =>
          lines.toSpliced(at, 0, canonicalJson(value)),
    ),
  },
  {
    weight: 1,
    arbitrary: odd.map(
      (value): Tamper =>
        (lines, at) =>
          lines.with(at, canonicalJson(value)),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Tamper>(
      (lines, at) => lines.with(at, ` ${lines[at]}`),
      (lines, at) => lines.with(at, `${lines[at]}\r`),
    ),
  },
);

/** Other bytes than the trail's: lines forged, moved and lost, or the text damaged anywhere. */
export function forgedTrail(lines: Lines): fc.Arbitrary<string> {
  const index = fc.noBias(fc.nat());
  const tampered = fc.array(fc.tuple(tamper, index, index), { minLength: 1, maxLength: 2 }).map((tampers) => {
    const forged = tampers.reduce<Lines>((sofar, [change, at, to]) => {
      return sofar.length === 0 ? sofar : change(sofar, at % sofar.length, to % sofar.length);
    }, lines);
    return joinLines(forged);
  });
  const text = joinLines(lines);
  return fc
    .oneof({ weight: 3, arbitrary: tampered }, mangled([text]), fc.string({ unit: "binary" }), fc.json())
    .filter((forged) => forged !== text);
}

export function joinLines(lines: Lines): string {
  return lines.map((line) => `${line}\n`).join("");
}

/** The lines after a forged one, each chained to the one before as if it had been written so. */
function rechain(forged: string, rest: Lines): Lines {
  let before = forged;
  return rest.map((line) => {
    const { hash = null } = parseLine(before);
    before = editLine(line, (entry) => ({ ...entry, prevHash: hash }));
    return before;
  });
}

function editLine(line: string, edit: (entry: JsonObject) => JsonObject): string {
  const { hash: _old, ...body } = edit(parseLine(line));
  return canonicalJson({ ...body, hash: sha256(canonicalJson(body)) });
}

function parseLine(line: string): JsonObject {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
