import type { Problem } from "../model/finding.ts";
import { type KeyOptions, type ReadKey, readSigningKey, readVerifyKey, type WrittenAudit } from "./audit-keys.ts";
import type { ResolvedAudit } from "./resolved.ts";

/** Where the trail is, and its keys, which are looked up only when they are asked for. `fail` makes the error to throw. */
export function resolveAudit(
  written: WrittenAudit | undefined,
  place: Pick<ResolvedAudit, "file" | "git">,
  options: KeyOptions,
  fail: (problems: readonly Problem[]) => Error,
): ResolvedAudit {
  const keyOf = ({ key, problems }: ReadKey) => {
    if (problems.length > 0) throw fail(problems);
    return key;
  };
  return {
    ...place,
    resolveSigningKey: async () => keyOf(await readSigningKey(written?.signingKey, options)),
    resolveVerifyKey: async () => keyOf(await readVerifyKey(written?.verifyKey, options)),
  };
}
