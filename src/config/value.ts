import { resolve } from "node:path";
import { messageOf, systemCodeOf } from "../errors.ts";
import type { Problem } from "../model/finding.ts";
import type { JsonPath } from "../model/json.ts";
import { readTextFile } from "../source/folder.ts";
import { DEFAULT_LIMITS } from "../source/limits.ts";
import { isEnvReference, resolveVariables, type VariableOptions } from "../source/variables.ts";
import type { WrittenValue } from "./written.ts";

/** No credential and no key is longer; a larger file is a wrong path. */
const LONGEST_VALUE_BYTES = 64 * 1024;

export interface ValueOptions {
  /** Where relative file references start. */
  readonly directory: string;
  /** Where the value is written. */
  readonly path: JsonPath;
  readonly variables: VariableOptions;
  /** What it is, for messages: `credential`. */
  readonly what: string;
  /** Whether what a file holds is remembered as a secret. What came from the environment always is. */
  readonly isSecret: boolean;
}

/** Reads a value that is written out, or lies in the environment or in a file of its own, where white space around it is dropped. */
export async function readValue(written: WrittenValue, options: ValueOptions): Promise<string | readonly Problem[]> {
  if (typeof written === "string") return resolveText(written, options);
  const inFile = { ...options, path: [...options.path, "file"] };
  const file = resolveText(written.file, inFile);
  return typeof file === "string" ? await readValueFile(file, inFile) : file;
}

/** A secret in the configuration would be a secret in git: only references to the environment or to a file are accepted. */
export function findLiteralSecret(
  written: WrittenValue | undefined,
  { path, what }: Pick<ValueOptions, "path" | "what">,
): Problem | undefined {
  if (typeof written !== "string" || isEnvReference(written)) return undefined;
  return {
    rule: "config/literal-secret",
    message: `a ${what} must not stand in the configuration`,
    path,
    hint: `Write "\${env:NAME}" or { file: PATH }, and replace the ${what} that was written here: it is known now.`,
  };
}

function resolveText(written: string, options: ValueOptions): string | readonly Problem[] {
  const { value, problems } = resolveVariables(written, options.variables);
  if (problems.length === 0) return String(value);
  return problems.map((problem) => ({ ...problem, path: options.path }));
}

async function readValueFile(file: string, options: ValueOptions): Promise<string | readonly Problem[]> {
  const { what } = options;
  const fail = (message: string, hint: string): readonly Problem[] => {
    return [{ rule: "config/invalid", message, path: options.path, hint }];
  };
  try {
    const limits = { ...DEFAULT_LIMITS, fileBytes: LONGEST_VALUE_BYTES };
    const read = await readTextFile(resolve(options.directory, file), file, limits);
    if ("rule" in read) return fail(`the ${what} file "${file}" cannot be used: ${read.message}`, "Check the path.");
    const value = read.text.trim();
    if (value === "") return fail(`the ${what} file "${file}" is empty`, `Write the ${what} into it.`);
    if (options.isSecret) options.variables.secrets.add(value);
    return value;
  } catch (thrown) {
    const why = systemCodeOf(thrown) ?? messageOf(thrown);
    const hint = "The path is relative to the configuration file; the file must be readable.";
    return fail(`the ${what} file "${file}" cannot be read (${why})`, hint);
  }
}
