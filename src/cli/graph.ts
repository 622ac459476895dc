import { selectTenant } from "../config/tenant.ts";
import { maskJson, maskLive } from "../engine/mask.ts";
import { readOf } from "../engine/observe.ts";
import { learnReplacedSecrets } from "../engine/replaced-secrets.ts";
import { groupIntoUnits, siblingsOf, type Unit } from "../engine/units.ts";
import { EXIT, type ExitCode, GitopsError } from "../errors.ts";
import type { Resource } from "../kinds/kind.ts";
import { hasErrors } from "../model/finding.ts";
import type { MarkedGraph } from "../model/graph.ts";
import { markNothing } from "../model/graph.ts";
import type { JsonObject } from "../model/json.ts";
import { type DocumentRef, refKey } from "../model/live.ts";
import { renderFindings } from "../render/findings.ts";
import { renderMermaid } from "../render/graph/mermaid.ts";
import { renderGraphHtml } from "../render/graph/page.ts";
import { renderSvg } from "../render/graph/svg.ts";
import { isForTenant } from "../validate/tenant-filter.ts";
import { findDrawable, type LoadedUnits, type Sought } from "./drawing/find-drawable.ts";
import { findHiding } from "./drawing/hiding-errors.ts";
import { compareMasked } from "./drawing/masked-graph.ts";
import type { CommonOptions } from "./options.ts";
import { type Io, printJson } from "./outside/io.ts";
import type { Stopping } from "./outside/stopping.ts";
import { KIND_ORDER, observeUnits } from "./planning.ts";
import { type Session, withTenant } from "./session.ts";
import { recall } from "./trail/memory.ts";
import {
  atRevision,
  loadDesired,
  openWorkspace,
  type TenantView,
  validateDesired,
  type Workspace,
} from "./workspace.ts";

export interface GraphOptions extends CommonOptions {
  readonly kind?: string;
  readonly format: "mermaid" | "svg" | "html";
  /** `live`, or a git revision. */
  readonly against?: string;
}

const GRAPH_FORMAT_VERSION = 1;

const RENDERERS: Readonly<Record<GraphOptions["format"], (graph: MarkedGraph) => string>> = {
  mermaid: renderMermaid,
  svg: renderSvg,
  html: renderGraphHtml,
};

/** Draws what manifests make of one flow or workflow, or how that differs from live or from another revision. Writes nothing. */
export async function runGraph(io: Io, name: string, options: GraphOptions, stopping: Stopping): Promise<ExitCode> {
  const { against, kind, output, format } = options;
  const isLive = against === "live";
  const workspace = await openWorkspace(io, options, { needCredentials: isLive, stopping });
  const sought: Sought = { name, kind };
  const graph = isLive
    ? await withTenant(workspace, (session) => drawAgainstLive(session, sought))
    : await drawOffline(workspace, sought, against);
  if (output === "json") printJson(io, { formatVersion: GRAPH_FORMAT_VERSION, graph });
  else io.printMasked(RENDERERS[format](graph));
  return EXIT.ok;
}

async function drawOffline(workspace: Workspace, sought: Sought, rev: string | undefined): Promise<MarkedGraph> {
  const { config, options, io } = workspace;
  const isAny = options.tenant === undefined && config.tenantNames.length === 0;
  const tenant = isAny ? null : await selectTenant(config, options.tenant, { needCredentials: false });
  const mask = (value: Parameters<typeof maskJson>[0]) => maskJson(value, io.secrets);
  const after = await loadUnits(workspace, tenant);
  const before = rev === undefined ? undefined : await loadUnits(atRevision(workspace, rev), tenant);
  const places = [after, ...(before === undefined ? [] : [before])];
  const { unit, resource } = findDrawable(places, sought);
  if (before !== undefined) refuseHidden(io, places, unit.ref);
  const sameUnit = ({ ref }: Unit) => refKey(ref) === refKey(unit.ref);
  const [desiredUnit, liveUnit] = [after.units.find(sameUnit), before?.units.find(sameUnit)];
  sayErrors(io, after, desiredUnit);
  const desired = desiredUnit && compose(desiredUnit, undefined);
  const live = liveUnit && compose(liveUnit, undefined);
  if (desiredUnit !== undefined && live !== undefined) learnFrom(desiredUnit, live, io);
  const compared = compareMasked({ live, desired, draw: (document) => resource.graphOf(document), mask });
  return rev === undefined ? markNothing(compared) : compared;
}

async function drawAgainstLive(session: Session, sought: Sought): Promise<MarkedGraph> {
  const { io, tenant } = session;
  const memory = await recall(session);
  const loaded = await loadUnits(session, tenant, memory.lastApplied);
  const { unit, resource } = findDrawable([loaded], sought);
  refuseHidden(io, [loaded], unit.ref);
  sayErrors(io, loaded, unit);
  // Templates and attachments are not drawn, so they need not be read.
  const alone = { ...unit, resources: unit.resources.map((one) => ({ ...one, references: [] })) };
  const read = readOf(await observeUnits(session, [alone], memory), unit.ref);
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

async function loadUnits(
  workspace: Workspace,
  tenant: TenantView | null,
  lastApplied?: Parameters<typeof validateDesired>[3],
): Promise<LoadedUnits> {
  const { loaded } = await loadDesired(workspace);
  const { resources, tests, findings } = validateDesired(workspace, { loaded, revision: null }, tenant, lastApplied);
  const documents = loaded.documents.filter(({ value }) => isForTenant(value, tenant?.name ?? null));
  return { units: groupIntoUnits(resources, KIND_ORDER), documents, tests, findings };
}

/** What is missing only because of an error must not be drawn as removed, nor what was as added. */
function refuseHidden(io: Io, places: readonly LoadedUnits[], ref: DocumentRef): void {
  const hiding = findHiding(places, ref);
  if (hiding.length === 0) return;
  io.say(renderFindings(hiding, io.paint));
  const files = [...new Set(hiding.map(({ file }) => file))];
  throw new GitopsError("graph/broken", `what differs cannot be told, for there are errors in ${files.join(", ")}`, {
    hint: "Mend them, or compare with another revision. Without --against, what can be understood is drawn.",
  });
}

function sayErrors(io: Io, { findings }: LoadedUnits, unit: Unit | undefined): void {
  const files = new Set(unit?.resources.map(({ source }) => source.file));
  const errors = findings.filter((finding) => files.has(finding.file) && hasErrors([finding]));
  io.say(renderFindings(errors, io.paint));
}

function compose(unit: Unit, document: JsonObject | undefined): JsonObject | undefined {
  return unit.resources.reduce<JsonObject | undefined>(
    (composed, resource: Resource) => resource.compose(composed, siblingsOf(unit, resource)),
    document,
  );
}

function learnFrom(unit: Unit, document: JsonObject, { secrets }: Io): void {
  for (const resource of unit.resources) learnReplacedSecrets(resource, siblingsOf(unit, resource), document, secrets);
}
