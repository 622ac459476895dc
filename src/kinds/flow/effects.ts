import type { CallFlow } from "../../callpaths/call-flow.ts";
import { compareCalls, isNoticed, MOST_EVALUATIONS } from "../../callpaths/compare.ts";
import { describeCallImpact, describeEndsOf } from "../../callpaths/impact-words.ts";
import { findWays } from "../../callpaths/ways.ts";
import { excerpt } from "../../model/excerpt.ts";
import { showShort } from "../../model/field-changes.ts";
import { isSameJson, type Json, objectAt, valueAt } from "../../model/json.ts";
import type { Effects } from "../../model/plan.ts";
import type { PartChange } from "../kind.ts";
import { doubleOf } from "../shared/nodes.ts";
import { readCallFlow } from "./calls.ts";

/** More than a person reads of one change; the picture and the patch have the rest. */
const MOST_SENTENCES = 50;

const LONGEST_SENTENCE = 1_000;

/** What callers notice of a change to a flow. Its name and its layout are for colleagues. */
export function flowEffects({ live, desired }: PartChange): Effects {
  if (desired === undefined) {
    return { impact: "caller-visible", sentences: ["callers are no longer answered by this flow"] };
  }
  if (live === undefined) return { impact: "caller-visible", sentences: describeNew(readCallFlow(desired)) };
  const flow = readCallFlow(live);
  const impact = compareCalls(flow, readCallFlow(desired));
  const further = [...compareTypes(live, desired), ...describeDoubles(live, flow)];
  const sentences = [...further, ...describeCallImpact(impact)].map((sentence) => excerpt(sentence, LONGEST_SENTENCE));
  const rest = sentences.length - MOST_SENTENCES;
  return {
    impact: isNoticed(impact) || further.length > 0 ? "caller-visible" : "cosmetic",
    sentences: rest > 0 ? [...sentences.slice(0, MOST_SENTENCES), `and ${rest} more like these`] : sentences,
  };
}

function compareTypes(live: Json, desired: Json): readonly string[] {
  const [was, is] = [valueAt(live, "type") ?? null, valueAt(desired, "type") ?? null];
  return isSameJson(was, is) ? [] : [`the flow is now of type ${showShort(is)} instead of ${showShort(was)}`];
}

/** Of live nodes with one id nobody knows which one calls come to, so what becomes of the others may be noticed. */
function describeDoubles(live: Json, flow: CallFlow): readonly string[] {
  const doubles = new Set(Object.keys(objectAt(live, "nodes")).flatMap((key) => doubleOf(key) ?? []));
  if (doubles.size === 0) return [];
  const { reached } = findWays(flow, { evaluations: MOST_EVALUATIONS });
  const noticed = [...doubles].filter((id) => reached.has(id));
  return noticed.map((id) => `${id} was there more than once, and is not any more`);
}

function describeNew(flow: CallFlow): readonly string[] {
  if (flow.start === undefined) return [];
  const ways = findWays(flow, { evaluations: MOST_EVALUATIONS });
  return [`calls begin at ${flow.start} and ${describeEndsOf(ways, flow.start)}`];
}
