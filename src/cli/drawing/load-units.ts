import { groupIntoUnits, siblingsOf, type Unit } from "../../engine/units.ts";
import { GitopsError } from "../../errors.ts";
import type { Resource } from "../../kinds/kind.ts";
import { KIND_ORDER } from "../../kinds/registry.ts";
import { hasErrors } from "../../model/finding.ts";
import type { JsonObject } from "../../model/json.ts";
import type { DocumentRef } from "../../model/live.ts";
import { renderFindings } from "../../render/findings.ts";
import { isForTenant } from "../../validate/tenant-filter.ts";
import type { Io } from "../outside/io.ts";
import { loadManifests, type TenantView, validateDesired, type Workspace } from "../workspace.ts";
import type { LoadedUnits } from "./find-drawable.ts";
import { findHiding } from "./hiding-errors.ts";

/** What the manifests describe, grouped by document. */
export async function loadUnits(
  workspace: Workspace,
  tenant: TenantView | null,
  lastApplied?: Parameters<typeof validateDesired>[3],
): Promise<LoadedUnits> {
  const loaded = await loadManifests(workspace);
  const { resources, tests, findings } = validateDesired(workspace, { loaded }, tenant, lastApplied);
  const documents = loaded.documents.filter(({ value }) => isForTenant(value, tenant?.name ?? null));
  return { units: groupIntoUnits(resources, KIND_ORDER), documents, tests: tests(), findings };
}

/** What is missing only because of an error must not be drawn as removed, nor what was as added. */
export function refuseHidden(io: Io, places: readonly LoadedUnits[], ref: DocumentRef): void {
  const hiding = findHiding(places, ref);
  if (hiding.length === 0) return;
  io.say(renderFindings(hiding, io.paint));
  const files = [...new Set(hiding.map(({ file }) => file))];
  throw new GitopsError("graph/broken", `what differs cannot be told, for there are errors in ${files.join(", ")}`, {
    hint: "Mend them, or compare with another revision. Without --against, what can be understood is drawn.",
  });
}

/** Errors in the files that a drawing is made of; it is drawn all the same. */
export function sayErrors(io: Io, { findings }: LoadedUnits, unit: Unit | undefined): void {
  const files = new Set(unit?.resources.map(({ source }) => source.file));
  const errors = findings.filter((finding) => files.has(finding.file) && hasErrors([finding]));
  io.say(renderFindings(errors, io.paint));
}

/** The document as its resources ask for it, on top of the live one. */
export function compose(unit: Unit, document: JsonObject | undefined): JsonObject | undefined {
  return unit.resources.reduce<JsonObject | undefined>(
    (composed, resource: Resource) => resource.compose(composed, siblingsOf(unit, resource)),
    document,
  );
}
