/** Ends the parts of a document that must not be written any more, because the document is not what they were planned on. */
import type { LiveDocument } from "../model/live.ts";
import { isAsPlanned, livePartOf } from "./part.ts";
import { describeThreeWay } from "./three-way.ts";
import type { UnitLedger } from "./unit-ledger.ts";
import { findUnsuited } from "./unsuited.ts";
import type { WriteContext } from "./write-context.ts";

/** Leaves alone what somebody changed, unless git wins there, and everything when the document is gone. */
export async function stopMoved(
  ledger: UnitLedger,
  { live, wasDeleted }: { readonly live: LiveDocument | undefined; readonly wasDeleted: boolean },
  { secrets, onOwnedEdit }: Pick<WriteContext, "secrets" | "onOwnedEdit">,
): Promise<void> {
  for (const part of ledger.open) {
    const mayOverwrite = (typeof onOwnedEdit === "string" ? onOwnedEdit : onOwnedEdit(part.resource)) === "overwrite";
    if (mayOverwrite && !wasDeleted) continue;
    const livePart = livePartOf(part, live);
    if (isAsPlanned(part, livePart) && !wasDeleted) continue;
    const sides = { planned: part.planned, live: livePart, desired: part.desired };
    const message = `somebody changed it after the plan: ${describeThreeWay(sides, secrets)}`;
    const hint = "Plan again, and decide whether their edit or git's should stand.";
    await ledger.settle([part], "stale", live, { code: "apply/stale", message, hint });
  }
}

/**
 * Asks the parts that are left whether the document as it is now, with only each other in it, still suits them; again after each one
 * that it does not suit, because others may have counted on that one.
 */
export async function stopUnsuited(
  ledger: UnitLedger,
  live: LiveDocument | undefined,
  { severities }: Pick<WriteContext, "severities">,
): Promise<void> {
  const find = () => findUnsuited(ledger.open, live, severities);
  for (let found = find(); found !== undefined; found = find()) {
    const message = `the document has changed since the plan, and does not suit it any more: ${found.why}`;
    await ledger.settle([found.part], "skipped", live, { code: "apply/unsuited", message, hint: "Plan again." });
  }
}
