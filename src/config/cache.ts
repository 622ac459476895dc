import { resolve } from "node:path";
import type { Problem } from "../model/finding.ts";
import { resolveVariables, type VariableOptions } from "../source/variables.ts";
import type { WrittenConfig } from "./written.ts";

/** Where runs keep the documents that they have read, for the next one. */
export interface ResolvedCache {
  /** Absolute. */
  readonly directory: string;
  /** Of one tenant's file. */
  readonly mostBytes: number;
}

const DEFAULT_DIRECTORY = ".cxone-gitops/cache";
const DEFAULT_MEGABYTES = 64;
const MEGABYTE = 1024 * 1024;

/** null when nothing is to be kept. Relative paths start at the configuration's folder; only the environment can be referred to. */
export function resolveCache(
  written: WrittenConfig["cache"],
  { directory, variables }: { readonly directory: string; readonly variables: VariableOptions },
  fail: (problems: readonly Problem[]) => Error,
): ResolvedCache | null {
  if (written === false) return null;
  const { value, problems } = resolveVariables(written?.directory ?? DEFAULT_DIRECTORY, variables);
  if (problems.length > 0) throw fail(problems.map((problem) => ({ ...problem, path: ["cache", "directory"] })));
  const mostBytes = (written?.maxMegabytes ?? DEFAULT_MEGABYTES) * MEGABYTE;
  return { directory: resolve(directory, String(value)), mostBytes };
}
