import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { GitopsError } from "../../src/errors.ts";
import {
  canonicalJson,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonPath,
  objectFrom,
} from "../../src/model/json.ts";
import { editYaml, editYamlInPlace } from "../../src/source/edit/yaml-edit.ts";
import { DEFAULT_LIMITS } from "../../src/source/limits.ts";
import { parseYaml } from "../../src/source/yaml.ts";
import { Prng } from "../campaign/prng.ts";
import { EXAMPLES } from "./yaml-edit-examples.ts";
import { writeByHand } from "./yaml-texts.ts";

const SAMPLES = fileURLToPath(new URL("../../manifests", import.meta.url));

/** Texts that mean something else without quotes, in some reader or other. */
const TEXT = fc.constantFrom(
  ...[
    "alpha",
    "beta gamma",
    "$a.b",
    "yes",
    "null",
    "1e3",
    "0x1f",
    "12",
    "2020-01-01",
    "- x",
    "a: b",
    "# c",
    "x # y",
    "a, b",
  ],
  ...[
    "{x}",
    "[1, 2]",
    ":",
    "x:",
    "&a",
    "*a",
    "!t",
    "%d",
    "@x",
    "`y`",
    "---",
    "...",
    "? x",
    "|",
    ">",
    "<<",
    "=",
    "~",
    "",
  ],
  ...[
    "line\nline",
    "two\nlines\n",
    "end\n\n",
    "\nstart",
    "a\n  b\n",
    "a\n\nb",
    "\ttab",
    " lead",
    "trail ",
    "é日😀",
    "'q'",
    '"d"',
  ],
  ...["a\\b", "${var:x}", "nbsp\u00a0", "\u2028", "\u0085", `${"w ".repeat(80)}end`],
);
const KEY = fc.constantFrom("id", "name", "from", "to", "type", "a", "b", "k e y", "yes", "1", "properties", "when");
const VALUE = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "medium" },
    TEXT,
    fc.integer({ min: -5, max: 99 }),
    fc.boolean(),
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(KEY, tie("value"), { maxKeys: 5 }),
  ),
})).value;
const DOCUMENT = fc.oneof(
  fc.array(VALUE, { minLength: 1, maxLength: 4 }),
  fc.dictionary(KEY, VALUE, { minKeys: 1, maxKeys: 5 }),
);

function writeSeeded(value: Json, seed: number) {
  const random = new Prng(seed);
  return writeByHand(value, (below) => random.int(0, below - 1));
}

function read(text: string): readonly Json[] {
  return parseYaml(text, { file: "edited.yaml" }).documents.map(({ value }) => value);
}

describe("hand-formatted texts", () => {
  for (const { why, text, wanted, edited, document = 0 } of EXAMPLES) {
    it(why, () => {
      assert.equal(editYaml(text, document, wanted), edited);
      assert.deepEqual(read(edited)[document], wanted);
    });
  }
});

it("reads as wanted after any edit, and no document has to be written anew for it", () => {
  const property = fc.property(DOCUMENT, DOCUMENT, fc.nat(), (before, wanted, seed) => {
    const { text } = writeSeeded(before, seed);
    assert.equal(editYaml(text, 0, before), text);
    const edited = editYamlInPlace(text, 0, wanted);
    assert.ok(edited !== undefined, text);
    assert.deepEqual(read(edited), JSON.parse(JSON.stringify([wanted])), text);
  });
  fc.assert(property, { numRuns: 1000 });
});

it("keeps every comment that does not belong to what is removed", () => {
  const property = fc.property(DOCUMENT, VALUE, fc.nat(), (document, value, seed) => {
    const before = withoutTwins(document);
    const { text, comments } = writeSeeded(before, seed);
    const random = new Prng(seed + 1);
    const { path, wanted, isRemoved } = editAnywhere(before, value, random);
    const edited = editYaml(text, 0, wanted);
    const lost = comments.filter((comment) => !edited.includes(comment.text));
    for (const comment of lost) {
      const isInside =
        comment.path.length >= path.length + (isRemoved ? 0 : 1) && path.every((step, at) => comment.path[at] === step);
      assert.ok(
        isInside,
        `${comment.text} at ${comment.path.join("/")} is lost, and ${path.join("/")} changed\n${text}\n${edited}`,
      );
    }
  });
  fc.assert(property, { numRuns: 1000 });
});

/** Two equal items cannot be told apart when one of them goes. */
function withoutTwins(value: Json): Json {
  if (isJsonArray(value))
    return [...new Map(value.map(withoutTwins).map((item) => [canonicalJson(item), item])).values()];
  return isJsonObject(value)
    ? objectFrom(Object.entries(value).map(([key, child]) => [key, withoutTwins(child)]))
    : value;
}

interface Edited {
  readonly path: JsonPath;
  readonly wanted: Json;
  readonly isRemoved: boolean;
}

/** Somewhere in a value another one, or nothing. */
function editAnywhere(root: Json, value: Json, random: Prng): Edited {
  const steps: (string | number)[] = isJsonArray(root) ? [...root.keys()] : isJsonObject(root) ? Object.keys(root) : [];
  const step = steps[random.int(0, steps.length - 1)];
  if (step === undefined) return { path: [], wanted: value, isRemoved: false };
  const child = isJsonArray(root) ? root[Number(step)] : isJsonObject(root) ? root[step] : null;
  if (typeof child === "object" && child !== null && Object.keys(child).length > 0 && random.chance(0.6)) {
    const inner = editAnywhere(child, value, random);
    // An item that is called something else is another item.
    const isOther = isJsonArray(root) && ["id", "name", "from", "to"].includes(String(inner.path[0]));
    const path = isOther ? [step] : [step, ...inner.path];
    return { path, wanted: withChild(root, step, inner.wanted), isRemoved: isOther || inner.isRemoved };
  }
  const isGone = random.chance(0.4);
  // An item that becomes something else altogether is another item.
  return {
    path: [step],
    wanted: withChild(root, step, isGone ? undefined : value),
    isRemoved: isGone || isJsonArray(root),
  };
}

function withChild(root: Json, step: string | number, child: Json | undefined): Json {
  if (isJsonArray(root)) return root.flatMap((item, at) => (at !== step ? [item] : child === undefined ? [] : [child]));
  const pairs = Object.entries(isJsonObject(root) ? root : {});
  return objectFrom(
    pairs.flatMap(([key, item]) => (key !== step ? [[key, item]] : child === undefined ? [] : [[key, child]])),
  );
}

it("changes one line of a sample manifest for one scalar of it", () => {
  const files = readdirSync(SAMPLES, { recursive: true, encoding: "utf8" }).filter((file) =>
    /\.(yaml|json)$/.test(file),
  );
  assert.ok(files.length > 10);
  for (const file of files) {
    const text = readFileSync(join(SAMPLES, file), "utf8");
    for (const [index, document] of read(text).entries()) {
      const random = new Prng(index);
      for (let round = 0; round < 8; round++) {
        const wanted = changeScalar(document, random);
        const [was, is] = [text.split("\n"), editYaml(text, index, wanted).split("\n")];
        assert.equal(is.length, was.length, file);
        assert.equal(is.filter((line, at) => line !== was[at]).length, 1, file);
      }
    }
  }
});

function changeScalar(value: Json, random: Prng): Json {
  if (typeof value !== "object" || value === null)
    return typeof value === "number" ? value + 1 : "Something else: it's here";
  const steps = Object.keys(value);
  const step = steps[random.int(0, steps.length - 1)] ?? "";
  const child = isJsonArray(value) ? value[Number(step)] : isJsonObject(value) ? value[step] : null;
  const isHollow = typeof child === "object" && child !== null && Object.keys(child).length === 0;
  if (child === undefined || isHollow) return value;
  return withChild(value, isJsonArray(value) ? Number(step) : step, changeScalar(child, random));
}

it("refuses a value that no document can hold", () => {
  for (const value of [JSON.parse('{"__proto__": 1}'), "\ud800", "x".repeat(5 * 1024 * 1024)]) {
    const isRefused = (thrown: unknown) => thrown instanceof GitopsError && thrown.code === "source/unwritable";
    assert.throws(() => editYaml("a: 1\n", 0, { a: value }), isRefused);
  }
});

it("writes as little anew as will do where an edit in place does not fit", () => {
  // The comment fills the file to the last byte that is read.
  const filled = (text: string) =>
    text.replace("NOTE", "x".repeat(DEFAULT_LIMITS.fileBytes - text.length + "NOTE".length));
  const within = filled("# head\nx: 1 # stays\nd:\n  a: 1\n  # NOTE\n  b: [1] # gone\n");
  assert.equal(editYamlInPlace(within, 0, { x: 1, d: { a: 1, b: [1], c: 2 } }), undefined);
  assert.equal(
    editYaml(within, 0, { x: 1, d: { a: 1, b: [1], c: 2 } }),
    "# head\nx: 1 # stays\nd:\n  a: 1\n  b: [1]\n  c: 2\n",
  );
  const around = filled("# head\na: 1 # gone\n# NOTE\nb: 1\n");
  assert.equal(editYaml(around, 0, { a: 1, b: 1, c: 2 }), "# head\na: 1\nb: 1\nc: 2\n");
});
