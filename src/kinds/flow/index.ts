import type { Manifest } from "../../model/manifest.ts";
import { type Kind, type Resource, registerKind } from "../kind.ts";
import { checkGraphShape } from "../shared/live-shape.ts";
import { composeFlow, desiredFlow, liveFlow } from "./canonical.ts";
import { connectionsOf, flowId } from "./connections.ts";
import { flowImpact } from "./impact.ts";
import { checkFlow } from "./rules.ts";
import { type FlowSpec, flowSchema } from "./schema.ts";

const flowKind: Kind<FlowSpec> = { name: "Flow", schema: flowSchema, check: checkFlow, toResource };

/** An IVR flow. It owns its name, type, all nodes and all connections. */
export const flow = registerKind(flowKind);

function toResource(manifest: Manifest<FlowSpec>): Resource {
  const id = flowId(manifest);
  const { spec } = manifest;
  const connections = connectionsOf(manifest);
  const targetPath = spec.id === undefined ? ["metadata", "name"] : ["spec", "id"];
  return {
    kind: "Flow",
    name: manifest.metadata.name,
    id,
    metadata: manifest.metadata,
    source: manifest.source,
    target: { type: "flow", id },
    createsDocument: true,
    targetPath,
    claims: [{ what: "whole", path: targetPath }],
    references: [],
    desired: () => desiredFlow(spec, connections),
    live: (document) => liveFlow(document, spec, connections),
    compose: (document) => composeFlow(document, id, spec, connections),
    checkSiblings: () => [],
    checkDocument: (document) =>
      document === undefined ? [] : checkGraphShape(document, ["nodes", "connections"], targetPath),
    checkReferences: () => [],
    impactOf: flowImpact,
  };
}
