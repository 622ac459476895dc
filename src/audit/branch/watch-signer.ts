import { createPublicKey, type KeyObject } from "node:crypto";
import { GitopsError } from "../../errors.ts";
import { readHead } from "../head-file.ts";
import { findUnsigned } from "../signature.ts";

/**
 * Looks, whenever others' entries have come, whether the head is still signed with this run's key once it was. To sign behind somebody
 * else's head would vouch for their entries, and between two appends of one run nobody changes keys. Throws `audit/broken`.
 */
export function watchSigner(file: string, signingKey: KeyObject | undefined): () => Promise<void> {
  if (signingKey === undefined) return () => Promise.resolve();
  const publicKey = createPublicKey(signingKey);
  let wasOurs = false;
  return async () => {
    const head = await readHead(file);
    const fault = head === null ? "is gone" : findUnsigned(head, publicKey);
    if (wasOurs && fault !== undefined) throw foreign(file, fault);
    wasOurs = fault === undefined;
  };
}

function foreign(file: string, fault: string): GitopsError {
  const message = `Entries came to the audit trail's branch while this run wrote, and the head behind them ${fault}. Nothing was appended to them.`;
  return new GitopsError("audit/broken", message, {
    place: { file },
    hint: "Find out who pushed them. If keys are being changed, run again when all runs have the new one.",
  });
}
