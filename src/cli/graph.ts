import { selectTenant } from "../config/tenant.ts";
import { maskJson } from "../engine/mask.ts";
import { learnReplacedSecrets } from "../engine/replaced-secrets.ts";
import { siblingsOf, type Unit } from "../engine/units.ts";
import { EXIT, type ExitCode } from "../errors.ts";
import type { MarkedGraph } from "../model/graph.ts";
import { markNothing } from "../model/graph.ts";
import type { JsonObject } from "../model/json.ts";
import { refKey } from "../model/live.ts";
import { renderMermaid } from "../render/graph/mermaid.ts";
import { renderGraphHtml } from "../render/graph/page.ts";
import { renderSvg } from "../render/graph/svg.ts";
import { findDrawable, type Sought } from "./drawing/find-drawable.ts";
import { compose, loadUnits, refuseHidden, sayErrors } from "./drawing/load-units.ts";
import { compareMasked } from "./drawing/masked-graph.ts";
import type { CommonOptions } from "./options.ts";
import { type Io, printJson } from "./outside/io.ts";
import type { Stopping } from "./outside/stopping.ts";
import { atRevision, openWorkspace, type Workspace } from "./workspace.ts";

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
    ? await (await import("./drawing/against-live.ts")).drawAgainstLive(workspace, sought)
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

function learnFrom(unit: Unit, document: JsonObject, { secrets }: Io): void {
  for (const resource of unit.resources) learnReplacedSecrets(resource, siblingsOf(unit, resource), document, secrets);
}
