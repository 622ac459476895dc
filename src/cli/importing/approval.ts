import { EXIT, GitopsError } from "../../errors.ts";
import { plural } from "../../render/findings.ts";
import type { FileChange } from "../../source/manifest-files.ts";
import { askForApproval } from "../approval.ts";
import type { Session } from "../session.ts";

/**
 * Whether manifests that are there may be edited. Returns when they may, and throws `import/not-approved` when not:
 * then nothing is written.
 */
export async function approveEdits(
  { io, stopping }: Session,
  changes: readonly FileChange[],
  { autoApprove = false }: { readonly autoApprove?: boolean },
): Promise<void> {
  const edited = changes.filter(({ before }) => before !== null).map(({ file }) => file);
  if (edited.length === 0 || autoApprove) return;
  if (io.canAsk) {
    const question = `Edit ${plural(edited.length, "file")} that ${edited.length === 1 ? "is" : "are"} there: ${edited.join(", ")}?`;
    await askForApproval(io, question, stopping.soft).catch(() => {
      throw refusal("not approved; nothing was written", undefined);
    });
    return;
  }
  throw refusal(
    `live differs from manifests that are there (${edited.join(", ")}), and there is nobody here to ask; nothing was written`,
    "Look with --check, then run again with --auto-approve; or name what else is to be imported.",
  );
}

function refusal(message: string, hint: string | undefined): GitopsError {
  return new GitopsError("import/not-approved", message, {
    exitCode: EXIT.refused,
    ...(hint !== undefined && { hint }),
  });
}
