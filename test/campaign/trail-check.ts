/** Check d: what the trail says. Read here line by line, without the product. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { secretsIn } from "./secrets.ts";
import type { CarriedOut } from "./tenant.ts";

const entrySchema = z.object({
  type: z.enum(["intent", "outcome"]),
  run: z.string(),
  kind: z.string(),
  name: z.string(),
  idempotencyKey: z.string(),
  outcome: z.string().nullable(),
});
export type Entry = Readonly<z.infer<typeof entrySchema>>;

/** The entries of a trail. What a crash left of a last line is none, and no more is a line that is no entry. */
export function readEntries(trailFile: string): readonly Entry[] {
  return readText(trailFile)
    .split("\n")
    .flatMap((line) => {
      try {
        return [entrySchema.parse(JSON.parse(line))];
      } catch {
        return [];
      }
    });
}

/** The intents that no outcome has followed. */
export function findOpenIntents(entries: readonly Entry[]): readonly Entry[] {
  const open = new Map<string, Entry>();
  for (const entry of entries) {
    const key = JSON.stringify([entry.run, entry.kind, entry.name]);
    if (entry.type === "intent") open.set(key, entry);
    else open.delete(key);
  }
  return [...open.values()];
}

/** Whether the trail ever showed that we wrote it, or found it as desired. Only that may be pruned. */
export function wasOurs(entries: readonly Entry[], { kind, name }: Pick<Entry, "kind" | "name">): boolean {
  return entries.some(
    (entry) =>
      entry.kind === kind && entry.name === name && (entry.outcome === "done" || entry.outcome === "already-done"),
  );
}

/** The writes that were carried out and that no intent tells of. */
export function findUnaccounted(entries: readonly Entry[], carriedOut: readonly CarriedOut[]): readonly string[] {
  const keys = new Set(entries.filter(({ type }) => type === "intent").map(({ idempotencyKey }) => idempotencyKey));
  return carriedOut
    .filter(({ arrival: { key } }) => key === null || !keys.has(key))
    .map(({ arrival: { method, path, key } }) => `no intent tells of ${method} ${path} (key ${key})`);
}

/** The files below a folder that hold a secret: the trail, what is kept beside it, saved plans. */
export function findLeaks(folder: string, tokens: Iterable<string>): readonly string[] {
  const issued = [...tokens];
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.flatMap(({ parentPath, name }) => {
    const path = join(parentPath, name);
    return secretsIn(readText(path), issued).map((what) => `${what} stands in ${path.slice(folder.length + 1)}`);
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // Nothing was recorded yet.
    return "";
  }
}
