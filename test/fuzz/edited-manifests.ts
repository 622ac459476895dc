/** Manifests that are sound YAML, but say something else than they should. */
import fc from "fast-check";
import { isJsonArray, isJsonObject, type Json, type JsonPath, objectFrom } from "../../src/model/json.ts";
import { parseYaml } from "../../src/source/yaml.ts";

/** Values that are legal JSON and rarely what a field is for. */
const odd = fc.constantFrom<Json>(
  null,
  true,
  0,
  -1,
  1.5,
  1e21,
  2 ** 53,
  "",
  " ",
  "\0",
  "\u001b[31mred",
  "node_a",
  "__proto__",
  "$contact.x",
  "${env:HOME}",
  "${env:NOT_SET}",
  "${var:n}",
  "@@x@@",
  "((((",
  "x".repeat(5000),
  [],
  {},
  [[[]]],
  JSON.parse('{"__proto__": {"polluted": 1}}'),
);
const anything = fc.oneof(odd, fc.jsonValue({ maxDepth: 3, stringUnit: "binary" }).map(toJson));
const name = fc.constantFrom(
  "id",
  "name",
  "spec",
  "tenants",
  "annotations",
  "when",
  "constructor",
  "toString",
  "x",
  "",
);

/** What is done to one value of an object or a list. `other` is a value from elsewhere in the same manifest. */
type Edit = (item: Json, key: string, other: Json) => readonly (readonly [key: string, item: Json])[];

const edit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 4,
    arbitrary: anything.map(
      (odd): Edit =>
        (_item, key) => [[key, odd]],
    ),
  },
  { weight: 6, arbitrary: fc.constant<Edit>((_item, key, other) => [[key, other]]) },
  { weight: 1, arbitrary: fc.constant<Edit>(() => []) },
  {
    weight: 1,
    arbitrary: name.map(
      (added): Edit =>
        (item, key) => [
          [key, item],
          [added, item],
        ],
    ),
  },
  {
    weight: 1,
    arbitrary: name.map(
      (renamed): Edit =>
        (item) => [[renamed, item]],
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(name, anything).map(
      (entry): Edit =>
        (item, key) => [[key, item], entry],
    ),
  },
);

/** One of the texts with one to three of its values edited, its documents written as JSON. */
export function editedManifest(texts: readonly string[]): fc.Arbitrary<string> {
  // Unbiased, because the small numbers that fast-check prefers mean the outermost values.
  const pick = fc.noBias(fc.nat());
  const edits = fc.array(fc.tuple(pick, pick, edit), { minLength: 1, maxLength: 3 });
  return fc.tuple(fc.constantFrom(...texts), edits).map(([text, chosen]) => {
    const values = parseYaml(text, { file: "sound.yaml" }).documents.map((document) => document.value);
    return values.map((value) => JSON.stringify(chosen.reduce(editSomewhere, value))).join("\n---\n");
  });
}

function editSomewhere(value: Json, [pick, otherPick, change]: readonly [number, number, Edit]): Json {
  const places = listPlaces(value, []);
  const { path = [] } = places[pick % places.length] ?? {};
  const { value: other = null } = places[otherPick % places.length] ?? {};
  if (path.length > 0) return editAt(value, path, (item, key) => change(item, key, other));
  return change(value, "", other)[0]?.[1] ?? null;
}

interface Place {
  readonly path: JsonPath;
  readonly value: Json;
}

function listPlaces(value: Json, path: JsonPath): readonly Place[] {
  const inner = isJsonArray(value) || isJsonObject(value) ? Object.entries(value) : [];
  return [{ path, value }, ...inner.flatMap(([key, child]) => listPlaces(child, [...path, key]))];
}

function editAt(value: Json, path: JsonPath, change: (item: Json, key: string) => ReturnType<Edit>): Json {
  if (!isJsonArray(value) && !isJsonObject(value)) return value;
  const [step, ...rest] = path;
  const entries = Object.entries(value).flatMap(([key, item]: readonly [string, Json]) => {
    if (key !== step) return [[key, item] as const];
    return rest.length === 0 ? change(item, key) : [[key, editAt(item, rest, change)] as const];
  });
  return isJsonArray(value) ? entries.map(([, item]) => item) : objectFrom(entries);
}

function toJson(value: unknown): Json {
  const json: Json = JSON.parse(JSON.stringify(value));
  return json;
}
