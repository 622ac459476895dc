/** What is made of the code, and committed so that nobody needs the code to read it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../../src/model/json.ts";
import { commandReference } from "./command-reference.ts";
import { configSchema, manifestSchema } from "./json-schemas.ts";

const ROOT = join(import.meta.dirname, "../..");

/** By the file's path in the checkout. */
export const GENERATED: Readonly<Record<string, () => string>> = {
  "docs/command-reference.md": commandReference,
  "schemas/config.json": () => asText(configSchema()),
  "schemas/manifest.json": () => asText(manifestSchema()),
};

function asText(schema: Json): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** The files that are not what they would be made now. */
export function findOutdated(): readonly string[] {
  return Object.entries(GENERATED).flatMap(([file, make]) => (readOr(join(ROOT, file)) === make() ? [] : [file]));
}

export function writeGenerated(): void {
  for (const [file, make] of Object.entries(GENERATED)) writeFileSync(join(ROOT, file), make());
}

function readOr(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
