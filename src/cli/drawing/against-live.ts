import { maskLive } from "../../engine/mask.ts";
import { readOf } from "../../engine/observe.ts";
import { GitopsError } from "../../errors.ts";
import type { MarkedGraph } from "../../model/graph.ts";
import { refKey } from "../../model/live.ts";
import { observeUnits } from "../planning.ts";
import { type Session, withTenant } from "../session.ts";
import { recall } from "../trail/memory.ts";
import type { Workspace } from "../workspace.ts";
import { findDrawable, type Sought } from "./find-drawable.ts";
import { compose, loadUnits, refuseHidden, sayErrors } from "./load-units.ts";
import { compareMasked } from "./masked-graph.ts";

/** How what the manifests make of one flow or workflow differs from live. Apart from the rest, because only this needs a tenant. */
export function drawAgainstLive(workspace: Workspace, sought: Sought): Promise<MarkedGraph> {
  return withTenant(workspace, (session) => draw(session, sought));
}

async function draw(session: Session, sought: Sought): Promise<MarkedGraph> {
  const { io, tenant } = session;
  const memory = await recall(session);
  const loaded = await loadUnits(session, tenant, memory.lastApplied);
  const { unit, resource } = findDrawable([loaded], sought);
  refuseHidden(io, [loaded], unit.ref);
  sayErrors(io, loaded, unit);
  // Templates and attachments are not drawn, so they need not be read.
  const alone = { ...unit, resources: unit.resources.map((one) => ({ ...one, references: [] })) };
  const read = readOf(await observeUnits(session, [alone], { memory }), unit.ref);
  if (read.state === "unknown") {
    throw new GitopsError("graph/unread", `${refKey(unit.ref)} could not be read: ${read.reason}`, {
      hint: "Without --against live, what the manifests ask for is drawn.",
    });
  }
  const live = read.state === "present" ? read.document : undefined;
  return compareMasked({
    live,
    desired: compose(unit, live),
    draw: (document) => resource.graphOf(document),
    mask: (value) => maskLive(value, io.secrets),
  });
}
