/** Random resources beside random live documents. */
import fc from "fast-check";
import type { Resource } from "../../src/kinds/kind.ts";
import type { JsonObject } from "../../src/model/json.ts";
import {
  emailManifests,
  flowManifest,
  resourceFrom,
  resourcesFrom,
  webhookManifest,
  workflowManifest,
} from "./arbitraries.ts";
import { documents as hostile } from "./hostile-documents.ts";
import { liveFlow, liveWebhook, liveWorkflow } from "./live-arbitraries.ts";

const email = emailManifests.map(([first = {}]) => first);
export const KINDS = {
  Flow: { manifests: flowManifest, documents: liveFlow },
  Workflow: { manifests: workflowManifest, documents: liveWorkflow },
  EmailNode: { manifests: email, documents: liveWorkflow },
  Webhook: { manifests: webhookManifest, documents: liveWebhook },
};

/** A document as a tenant may hold it: odd or not, and half of the time with the manifest applied to it. */
function liveOf(resource: Resource, documents: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  const any = fc.oneof({ arbitrary: documents, weight: 3 }, hostile);
  return fc.tuple(any, fc.boolean()).map(([one, isApplied]) => (isApplied ? resource.compose(one, []) : one));
}

/** A resource of a kind, and a document that it may or may not live in. */
export const worldOf = ({ manifests, documents }: (typeof KINDS)[keyof typeof KINDS]) =>
  manifests.chain((manifest) => {
    const resource = resourceFrom(manifest);
    return fc.record({ resource: fc.constant(resource), document: liveOf(resource, documents) });
  });

/** A workflow of several manifests, on top of what may be anything. */
export const shared = fc.tuple(workflowManifest, emailManifests).chain(([workflow, emails]) => {
  const all = resourcesFrom([workflow, ...emails]);
  const composed = fc
    .tuple(fc.oneof(liveWorkflow, hostile), fc.subarray([...all]))
    .map(([document, applied]) => applied.reduce((live, part) => part.compose(live, siblingsOf(part, all)), document));
  return fc.record({ all: fc.constant(all), document: composed });
});
export const siblingsOf = (one: Resource, all: readonly Resource[]) => all.filter((other) => other !== one);
