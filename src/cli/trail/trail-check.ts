import { GitopsError } from "../../errors.ts";
import type { WritingSession } from "../session.ts";
import { trailReadingOf } from "./run-reading.ts";

/**
 * Brings the trail to what other machines have written, and makes sure that it can account for what comes: a trail that does not verify
 * accounts for nothing, and adding to it would make that harder to see. Returns its head. Throws `audit/broken` or `audit/unreadable`,
 * and `audit/unwritable` where the trail is on a remote that cannot be reached.
 */
export async function checkTrail({ config, trail }: WritingSession): Promise<string> {
  await trail.sync();
  const verdict = await trailReadingOf(config).verify({ verifyKey: await config.audit.resolveVerifyKey() });
  if (verdict.ok) return verdict.head;
  // What a crash left of a line is set aside, and told, by the next append.
  if (verdict.isTorn) return `torn at ${verdict.sequence}`;
  if (verdict.problem === "unreadable") {
    throw new GitopsError("audit/unreadable", `nothing was sent, because ${lowerFirst(verdict.message)}`, {
      hint: "Check audit.file in the configuration, and that this user may read and write it.",
    });
  }
  throw new GitopsError("audit/broken", `the audit trail does not verify, so nothing was sent: ${verdict.message}`, {
    hint:
      verdict.problem === "unsigned"
        ? UNSIGNED
        : "Find out who changed it; then move the trail aside (with its .head file) and keep it as evidence.",
  });
}

const UNSIGNED =
  "To begin to sign, or to change keys, leave audit.verifyKey out until one run has written. If it was signed before, find out who changed it.";

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
