/** Ends the parts of a document that must not be written any more, because the document is not what they were planned on. */
import type { Resource } from "../kinds/kind.ts";
import type { LiveDocument } from "../model/live.ts";
import { findIntruder } from "./hindered.ts";
import { isAsPlanned, livePartOf, type Part } from "./part.ts";
import { describeThreeWay } from "./three-way.ts";
import type { UnitLedger } from "./unit-ledger.ts";
import type { Unit } from "./units.ts";
import { findUnsuited } from "./unsuited.ts";
import type { WriteContext } from "./write-context.ts";

/** What is to be written of one document, and what is not. */
export interface UnitWork {
  readonly unit: Unit;
  readonly parts: readonly Part[];
  /** The document as it was planned on; undefined when there was none. */
  readonly base: LiveDocument | undefined;
  /** What lives in the document and the plan leaves as it is, because it is as desired or because it is held back. */
  readonly bystanders: readonly Resource[];
}

/** Leaves alone what somebody changed, unless git wins there, and everything when the document is gone. */
export async function stopMoved(
  ledger: UnitLedger,
  { live, wasDeleted }: { readonly live: LiveDocument | undefined; readonly wasDeleted: boolean },
  { secrets, onOwnedEdit }: Pick<WriteContext, "secrets" | "onOwnedEdit">,
): Promise<void> {
  for (const part of ledger.open) {
    if (mayOverwrite(part.resource, onOwnedEdit) && !wasDeleted) continue;
    const livePart = livePartOf(part, live);
    if (isAsPlanned(part, livePart) && !wasDeleted) continue;
    const sides = { planned: part.planned, live: livePart, desired: part.desired };
    const message = `somebody changed it after the plan: ${describeThreeWay(sides, secrets)}`;
    const hint = "Plan again, and decide whether their edit or git's should stand.";
    await ledger.settle([part], "stale", live, { code: "apply/stale", message, hint });
  }
}

function mayOverwrite(resource: Resource, onOwnedEdit: WriteContext["onOwnedEdit"]): boolean {
  return (typeof onOwnedEdit === "string" ? onOwnedEdit : onOwnedEdit(resource)) === "overwrite";
}

/**
 * Asks the parts that are left whether the document as it is now, with only each other in it, still suits them, and whether they leave
 * alone what nobody may overwrite in it; again after each one that is stopped, because others may have counted on that one.
 */
export async function stopUnsuited(
  ledger: UnitLedger,
  live: LiveDocument | undefined,
  { severities, onOwnedEdit }: Pick<WriteContext, "severities" | "onOwnedEdit">,
  { unit, parts, bystanders }: UnitWork,
): Promise<void> {
  const find = () => {
    const ended = parts.filter(({ resource }) => ledger.open.every((part) => part.resource !== resource));
    const others = [...bystanders, ...ended.map(({ resource }) => resource)];
    const held = others.filter((resource) => !mayOverwrite(resource, onOwnedEdit));
    const { open } = ledger;
    return findUnsuited(open, live, severities) ?? findIntruder({ unit, parts: open, held, base: live });
  };
  for (let found = find(); found !== undefined; found = find()) {
    const message = `the document has changed since the plan, and does not suit it any more: ${found.why}`;
    await ledger.settle([found.part], "skipped", live, { code: "apply/unsuited", message, hint: "Plan again." });
  }
}
