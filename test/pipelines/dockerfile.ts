/** The Dockerfile as data. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./workflow.ts";

export interface Instruction {
  readonly name: string;
  readonly text: string;
}

export interface Copy {
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly to: string;
}

/** The instructions of each stage, its FROM first; lines that go on are one. What stands before the first FROM is left out. */
export function readStages(): readonly (readonly Instruction[])[] {
  const text = readFileSync(join(ROOT, "Dockerfile"), "utf8")
    .replace(/^\s*#.*\n/gm, "")
    .replace(/\\\n\s*/g, "");
  const stages: Instruction[][] = [];
  for (const line of text.split("\n").filter((one) => one.trim() !== "")) {
    const [name = ""] = line.split(" ", 1);
    if (name === "FROM") stages.push([]);
    stages.at(-1)?.push({ name, text: line.slice(name.length).trim() });
  }
  return stages;
}

export function copiesOf(stage: readonly Instruction[]): readonly Copy[] {
  return stage.flatMap(({ name, text }) => {
    if (name !== "COPY") return [];
    const words = text.split(/\s+/);
    const from = words.find((word) => word.startsWith("--from="))?.slice(7);
    const places = words.filter((word) => !word.startsWith("--"));
    return [{ from, sources: places.slice(0, -1), to: places.at(-1) ?? "" }];
  });
}

/** The last instruction of that name in a stage. */
export function lastOf(stage: readonly Instruction[], name: string): string {
  return stage.findLast((instruction) => instruction.name === name)?.text ?? "";
}

/** The words of a command that no shell reads. Throws for one that a shell would. */
export function wordsOf(text: string): readonly string[] {
  const words: unknown = JSON.parse(text);
  if (Array.isArray(words) && words.every((word) => typeof word === "string")) return words;
  throw new Error(`${text} is not in exec form`);
}
