import type { Resource } from "../kinds/kind.ts";
import { digestOf } from "../model/digest.ts";
import { compareFindings, type Finding, locate } from "../model/finding.ts";
import type { Json } from "../model/json.ts";
import { type DocumentRef, refKey } from "../model/live.ts";
import type { Narrowed } from "../model/narrowing.ts";
import { type Change, PLAN_FORMAT_VERSION, type Plan, type PlanSummary, type Refusal } from "../model/plan.ts";
import type { Secrets } from "../model/secrets.ts";
import { applySeverities, type RuleSeverities } from "../model/severity.ts";
import { type GuardSettings, guardChanges, type Outside } from "./guard.ts";
import { keepNamed } from "./keep-named.ts";
import type { LastAppliedByIdentity } from "./last-applied.ts";
import { checkLeftDocument, type ResourceProblem } from "./left-document.ts";
import { maskFinding } from "./mask.ts";
import { type Observation, readOf } from "./observe.ts";
import { type PlannedUnit, planUnit } from "./plan-unit.ts";
import { type Hold, holdBack } from "./policy.ts";
import { changesByIdentity } from "./resource-identity.ts";
import { showChange } from "./show-change.ts";
import type { Unit } from "./units.ts";

export interface PlanInput {
  readonly tenant: string;
  readonly revision: string | null;
  readonly units: readonly Unit[];
  /** What was read; of the documents of `planned` only where something is to be written. */
  readonly observation: Observation;
  /** Units that were planned already, while others were still read. */
  readonly planned?: ReadonlyMap<Unit, PlannedUnit>;
  /** What validation had to say; it travels with the plan. */
  readonly findings: readonly Finding[];
  readonly severities: RuleSeverities;
  readonly secrets: Secrets;
  readonly guard: GuardSettings;
  /** Whether what no manifest asks for any more is to be deleted. */
  readonly prune: boolean;
  /** What a plan says of such a thing while it is not to be deleted. */
  readonly leavingNote?: string;
  /** What is leaving and is not deleted all the same, each with why, as a clause. */
  readonly spared?: ReadonlyMap<Resource, string>;
  /** The documents (by `refKey`) as they were kept last, to tell what we managed from what somebody made since. */
  readonly keptByDocument?: ReadonlyMap<string, Json>;
  /** What was applied last, so that each change can say where it comes from. */
  readonly lastApplied?: LastAppliedByIdentity;
  /** What is left to a person although it could be written. */
  readonly hold?: Hold;
  /** What the units were chosen by, and what was left out; undefined when they are everything. */
  readonly narrowed?: Narrowed;
  readonly outside?: Outside;
  /** Further reasons not to apply the plan. */
  readonly refusals?: readonly Refusal[];
}

/** Compares what git asks for with what was read, and says what would change. Pure: same inputs, same plan, byte for byte. */
export function makePlan(input: PlanInput): Plan {
  const readOne = (ref: DocumentRef) => readOf(input.observation, ref);
  const found = input.units.map((unit) => input.planned?.get(unit) ?? planUnit(unit, readOne, input));
  const planned = keepNamed(input.units, found);
  const wanted = planned.flatMap(({ changes }) =>
    changes.map((one) => showChange(one, input.secrets.within(refKey(one.change.document)))),
  );
  const changes = input.hold === undefined ? wanted : holdBack(wanted, { ...input, hold: input.hold });
  const content = {
    formatVersion: PLAN_FORMAT_VERSION,
    tenant: input.tenant,
    revision: input.revision,
    changes,
  } as const;
  const refusals = [...(input.refusals ?? []), ...guardChanges(changes, input, wanted)];
  return {
    formatVersion: content.formatVersion,
    tenant: content.tenant,
    revision: content.revision,
    ...(input.narrowed && { narrowed: input.narrowed }),
    fingerprint: fingerprintOf(content),
    summary: summarize(changes, planned, refusals.length),
    changes,
    findings: collectFindings(input, planned, changes),
    refusals,
  };
}

function collectFindings(
  input: PlanInput,
  planned: readonly PlannedUnit[],
  changes: readonly Change[],
): readonly Finding[] {
  const online = [
    ...planned.flatMap((unit) => unit.problems),
    ...checkLeftDocuments(input, planned, changes),
    ...planned.flatMap((unit) => unit.referenceProblems),
  ];
  const located = online.map(({ resource, problem }) => locate(problem, resource.source));
  const findings = [...input.findings, ...applySeverities(located, input.severities)];
  return findings.map((finding) => maskFinding(finding, input.secrets)).sort(compareFindings);
}

/** After what is held back is known, because that is not written. */
function checkLeftDocuments(
  { units, observation, severities }: PlanInput,
  planned: readonly PlannedUnit[],
  changes: readonly Change[],
): readonly ResourceProblem[] {
  const byIdentity = changesByIdentity(changes);
  return units.flatMap((unit, index) => {
    const read = readOf(observation, unit.ref);
    if (read.state === "unknown") return [];
    const base = read.state === "present" ? read : undefined;
    const known = planned[index]?.problems ?? [];
    return checkLeftDocument({ unit, changes: byIdentity, base, known, severities });
  });
}

function summarize(changes: readonly Change[], planned: readonly PlannedUnit[], refused: number): PlanSummary {
  const count = (action: Change["action"]) => changes.filter((change) => change.action === action).length;
  return {
    create: count("create"),
    update: count("update"),
    delete: count("delete"),
    unchanged: count("unchanged"),
    unknown: planned.filter((unit) => unit.isUnknown).flatMap((unit) => unit.changes).length,
    refused,
  };
}

/** Over every change as a reader sees it, so that two plans with one fingerprint do the same. */
function fingerprintOf(content: Pick<Plan, "formatVersion" | "tenant" | "revision" | "changes">): string {
  return digestOf({ ...content, changes: content.changes.map(changeAsJson) });
}

function changeAsJson({ drift: _, ...change }: Change): Json {
  return { ...change, document: { ...change.document }, patch: change.patch.map((operation) => ({ ...operation })) };
}
