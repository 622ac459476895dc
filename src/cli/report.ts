/** A plan with what a reviewer wants to see of it: pictures of the documents, and both sides of every change. */
import { maskLive } from "../engine/mask.ts";
import { type Observation, readOf } from "../engine/observe.ts";
import { identityOf, subjectOf } from "../engine/resource-identity.ts";
import { membersOf, siblingsOf, type Unit } from "../engine/units.ts";
import type { Resource } from "../kinds/kind.ts";
import type { MarkedGraph } from "../model/graph.ts";
import { type Json, type JsonObject, sortKeys } from "../model/json.ts";
import { refKey } from "../model/live.ts";
import type { Change, Plan } from "../model/plan.ts";
import type { Secrets } from "../model/secrets.ts";
import {
  type ChangeDetails,
  type DriftView,
  isWritten,
  type Picture,
  type Report,
  type YamlSides,
} from "../render/report.ts";
import { writeYaml } from "../source/yaml-write.ts";
import { compareMasked } from "./drawing/masked-graph.ts";
import { maskPlan } from "./mask-plan.ts";

export interface ReportInput {
  readonly plan: Plan;
  readonly units: readonly Unit[];
  readonly observation: Observation;
  readonly secrets: Secrets;
  /** Makes a report of drift of it. */
  readonly drift?: DriftView | undefined;
}

/** Every text in the report is masked, as data, before anybody escapes it. */
export function makeReport({ plan, units, observation, secrets, drift }: ReportInput): Report {
  const shown = maskPlan(plan, secrets);
  const changeBySubject = new Map(plan.changes.map((change) => [subjectOf(change), change]));
  const memberBySubject = new Map(
    units.flatMap((unit) => membersOf(unit).map((resource) => [identityOf(resource), { unit, resource }] as const)),
  );
  const pictureByDocument = new Map(
    units.map((unit): [string, Picture] => [
      refKey(unit.ref),
      { draw: () => drawUnit(unit, liveOf(unit, observation), changeBySubject, secrets) },
    ]),
  );
  const details = plan.changes.map((change, index): ChangeDetails => {
    const member = memberBySubject.get(subjectOf(change));
    return {
      change: shown.changes[index] ?? change,
      picture: isWritten(change) ? pictureByDocument.get(refKey(change.document)) : undefined,
      writeYaml: () => (member === undefined ? NO_SIDES : writeSides(member, observation, secrets)),
    };
  });
  return { plan: shown, details, drift: drift && maskDriftView(drift, secrets) };
}

function maskDriftView({ latest }: DriftView, secrets: Secrets): DriftView {
  return { latest: latest && { ...latest, commit: latest.commit === null ? null : secrets.mask(latest.commit) } };
}

const NO_SIDES: YamlSides = { live: undefined, desired: undefined };

function liveOf(unit: Unit, observation: Observation): JsonObject | undefined {
  const read = readOf(observation, unit.ref);
  return read.state === "present" ? read.document : undefined;
}

/** undefined when nothing that is drawn changes. Both sides are masked as live is, so that what is masked alike is no difference. */
function drawUnit(
  unit: Unit,
  live: JsonObject | undefined,
  changes: ReadonlyMap<string, Change>,
  secrets: Secrets,
): MarkedGraph | undefined {
  const [anyone] = membersOf(unit);
  const graph = compareMasked({
    live,
    desired: composeUnit(unit, live, changes),
    draw: (document) => anyone?.graphOf(document),
    mask: (value) => maskLive(value, secrets),
  });
  return [...graph.nodes, ...graph.edges].some(({ mark }) => mark !== "same") ? graph : undefined;
}

/** The document as the plan is going to leave it; undefined when it is to be gone. */
function composeUnit(
  unit: Unit,
  live: JsonObject | undefined,
  changes: ReadonlyMap<string, Change>,
): JsonObject | undefined {
  let document = live;
  for (const resource of membersOf(unit)) {
    const change = changes.get(identityOf(resource));
    if (change === undefined || !isWritten(change)) continue;
    const siblings = siblingsOf(unit, resource);
    if (change.action !== "delete") document = resource.compose(document, siblings);
    else document = document && resource.remove(document, siblings);
  }
  return document;
}

function writeSides(
  { unit, resource }: { readonly unit: Unit; readonly resource: Resource },
  observation: Observation,
  secrets: Secrets,
): YamlSides {
  const siblings = siblingsOf(unit, resource);
  const document = liveOf(unit, observation);
  const write = (part: Json | undefined) =>
    part === undefined ? undefined : writeYaml(sortKeys(maskLive(part, secrets)));
  return {
    live: write(document && resource.live(document, siblings)),
    desired: write(unit.resources.includes(resource) ? resource.desired(siblings) : undefined),
  };
}
