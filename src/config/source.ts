import { resolve } from "node:path";
import type { Problem } from "../model/finding.ts";
import { resolveVariables, type VariableOptions } from "../source/variables.ts";
import type { WrittenConfig } from "./written.ts";

/** What the configuration says of where manifests come from. */
export interface ResolvedSource {
  /** True when commands that write take manifests from signed commits only. */
  readonly requireSigned: boolean;
  /** Who may sign with ssh, absolute; undefined for nobody. */
  readonly allowedSigners: string | undefined;
}

/** Signers that nobody asks for would look like a protection, and be none. Whoever means that says it. */
export function findSourceProblems(written: WrittenConfig["source"]): readonly Problem[] {
  if (written?.allowedSigners === undefined || written.requireSigned !== undefined) return [];
  const message = "source.allowedSigners verifies nothing without source.requireSigned";
  const hint =
    "Write requireSigned: true beside it; or requireSigned: false, where signatures are asked for by --require-signed only.";
  return [{ rule: "config/invalid", message, path: ["source", "allowedSigners"], at: "key", hint }];
}

/** Relative paths start at the configuration's folder. Belongs to no tenant, so only the environment can be referred to. */
export function resolveSource(
  written: WrittenConfig["source"],
  { directory, variables }: { readonly directory: string; readonly variables: VariableOptions },
  fail: (problems: readonly Problem[]) => Error,
): ResolvedSource {
  const requireSigned = written?.requireSigned ?? false;
  if (written?.allowedSigners === undefined) return { requireSigned, allowedSigners: undefined };
  const { value, problems } = resolveVariables(written.allowedSigners, variables);
  if (problems.length > 0) {
    throw fail(problems.map((problem) => ({ ...problem, path: ["source", "allowedSigners"] })));
  }
  return { requireSigned, allowedSigners: resolve(directory, String(value)) };
}
