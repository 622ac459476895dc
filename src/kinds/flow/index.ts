import { objectsAt } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import { type Kind, type Resource, registerKind } from "../kind.ts";
import { pickFrom } from "../shared/document-parts.ts";
import { checkEdgeEnds, checkGraphShape } from "../shared/live-shape.ts";
import { manifestDocument } from "../shared/manifest-document.ts";
import { readCallFlow } from "./calls.ts";
import { composeFlow, desiredFlow, liveFlow } from "./canonical.ts";
import { type Connection, connectionsOf, flowId } from "./connections.ts";
import { flowEffects } from "./effects.ts";
import { drawFlow } from "./graph.ts";
import { flowImporting, restateFlow } from "./import.ts";
import { checkFlow } from "./rules.ts";
import { type FlowSpec, flowSchema } from "./schema.ts";

const flowKind: Kind<FlowSpec> = {
  name: "Flow",
  schema: flowSchema,
  check: checkFlow,
  toResource,
  importing: flowImporting,
};

/** An IVR flow. It owns its name, type, all nodes and all connections. */
export const flow = registerKind(flowKind);

const OWNED = new Set(["name", "type", "nodes", "connections"]);

function toResource(manifest: Manifest<FlowSpec>): Resource {
  const id = flowId(manifest);
  const { spec } = manifest;
  // Made when a plan asks for them: whoever only checks manifests never does.
  let completed: readonly Connection[] | undefined;
  const connections = (): readonly Connection[] => {
    completed ??= connectionsOf(manifest);
    return completed;
  };
  const targetPath = spec.id === undefined ? ["metadata", "name"] : ["spec", "id"];
  return {
    kind: "Flow",
    name: manifest.metadata.name,
    id,
    metadata: manifest.metadata,
    source: manifest.source,
    manifest: () => manifestDocument(manifest),
    rotation: undefined,
    target: { type: "flow", id },
    createsDocument: true,
    targetPath,
    claims: [{ what: "whole", path: targetPath }],
    references: [],
    desired: () => desiredFlow(spec, connections()),
    live: (document) => liveFlow(document, spec, connections()),
    compose: (document) => composeFlow(document, id, spec, connections()),
    excerpt: (document) => pickFrom(document, (key) => OWNED.has(key)),
    remove: () => undefined,
    restate: (document) => restateFlow(document, id, spec, connections()),
    checkSiblings: () => [],
    checkDocument: (document) =>
      document === undefined
        ? []
        : [
            ...checkGraphShape(document, ["nodes", "connections"], targetPath),
            ...checkEdgeEnds(objectsAt(document, "connections"), "connections", targetPath),
          ],
    checkComposed: () => [],
    checkReferences: () => [],
    effectsOf: flowEffects,
    graphOf: drawFlow,
    callFlow: () => readCallFlow(desiredFlow(spec, connections())),
  };
}
