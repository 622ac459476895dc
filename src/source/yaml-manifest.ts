/** New manifests as people write them: block style for what is large, one line in flow style for what is small. */
import { COLLECTION_STYLE, type Document, type DumpOptions, dump, type Node } from "js-yaml";
import { isJsonArray, isJsonObject, isSameJson, type Json, type JsonObject } from "../model/json.ts";
import { parseYaml } from "./yaml.ts";
import { writeYaml } from "./yaml-write.ts";

const COLUMNS = 120;
const INDENT = 2;
const LOOK: DumpOptions = { noRefs: true, quoteStyle: "double", flowBracketPadding: true };

/**
 * A manifest as the text of a new file, in the order of its keys; the same value gives the same bytes. A list of
 * objects in the spec has a line for each item at least; everything else below the spec stands on one line when it has
 * room there. undefined when a document of ours cannot hold the value: it is too deep, or a rule for documents forbids
 * something in it.
 */
export function writeManifestText(manifest: JsonObject, comments: readonly string[]): string | undefined {
  const head = comments.map((comment) => `# ${comment}\n`).join("");
  const texts = [dumpNicely, writeYaml].map((write) => head + write(manifest));
  return texts.find((text) => readsAs(text, manifest));
}

/** As it will be read from the disk. */
function readsAs(text: string, value: Json): boolean {
  if (!text.isWellFormed()) return false;
  const { documents, problems } = parseYaml(text, { file: "" });
  const [only, ...others] = documents;
  return problems.length === 0 && only !== undefined && others.length === 0 && isSameJson(only.value, value);
}

function dumpNicely(manifest: JsonObject): string {
  const transform = ([document]: Document[]) => {
    if (document?.contents) chooseStyle(document.contents, manifest, { path: [], column: 0, indent: 0 });
  };
  return dump(manifest, { ...LOOK, lineWidth: COLUMNS, transform });
}

interface Place {
  readonly path: readonly string[];
  /** Where the value would begin on its line. */
  readonly column: number;
  /** Where its keys or dashes stand when it is a block. */
  readonly indent: number;
}

function chooseStyle(node: Node, value: Json, place: Place): void {
  if (node.kind === "alias" || node.kind === "scalar") return;
  if (isRoomy(value, place.path) || !fits(value, place.column)) {
    node.style = COLLECTION_STYLE.BLOCK;
    chooseBelow(node, value, place);
  } else node.style = COLLECTION_STYLE.FLOW;
}

function chooseBelow(node: Node, value: Json, { path, indent }: Place): void {
  if (node.kind === "sequence" && isJsonArray(value)) {
    const below = { path: [...path, ""], column: indent + INDENT, indent: indent + INDENT };
    for (const [index, item] of node.items.entries()) chooseStyle(item, value[index] ?? null, below);
  }
  if (node.kind !== "mapping" || !isJsonObject(value)) return;
  for (const [index, [key, item]] of Object.entries(value).entries()) {
    const child = node.items[index]?.value;
    const column = indent + key.length + 2;
    if (child !== undefined) chooseStyle(child, item, { path: [...path, key], column, indent: indent + INDENT });
  }
}

/** The manifest, its spec, and the lists of objects directly in the spec are never on one line. */
function isRoomy(value: Json, path: readonly string[]): boolean {
  const [first, , ...deeper] = path;
  if (first === undefined) return true;
  if (first !== "spec" || deeper.length > 0) return false;
  return path.length === 1 || (isJsonArray(value) && value.some(isJsonObject));
}

/** A text of several lines is easier to read as a block. */
function fits(value: Json, column: number): boolean {
  if (holdsLines(value)) return false;
  const line = dump(value, { ...LOOK, lineWidth: -1, flowLevel: 0 }).trimEnd();
  return column + line.length <= COLUMNS;
}

function holdsLines(value: Json): boolean {
  if (typeof value === "string") return value.includes("\n");
  if (!isJsonArray(value) && !isJsonObject(value)) return false;
  const items: readonly Json[] = isJsonArray(value) ? value : Object.values(value);
  return items.some(holdsLines);
}
