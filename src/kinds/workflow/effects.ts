import { compareFields, describeFieldChange } from "../../model/field-changes.ts";
import { compareText } from "../../model/finding.ts";
import { isJsonObject, isSameJson, type Json, type JsonObject, stringAt, valueAt } from "../../model/json.ts";
import type { Effects } from "../../model/plan.ts";
import type { PartChange } from "../kind.ts";
import { ALWAYS } from "../shared/edges.ts";
import { describeMailChange, describeNewMail } from "../shared/mail-effects.ts";
import { MAIL_NODE_TYPE } from "../shared/mail-references.ts";

/** A workflow's name is for colleagues, its mails for their recipients; steps and the ways between them decide what callers get. */
export function workflowEffects({ live, desired }: PartChange): Effects {
  if (desired === undefined) return { impact: "caller-visible", sentences: ["the workflow no longer runs"] };
  if (live === undefined) return { impact: "caller-visible", sentences: [describeNew(desired)] };
  const nodes = compareNodes(live, desired);
  const ways = compareWays(live, desired);
  const isForCallers = ways.length > 0 || nodes.some(({ isMail }) => !isMail);
  return {
    impact: isForCallers ? "caller-visible" : nodes.length > 0 ? "recipient-visible" : "cosmetic",
    sentences: [...nodes.flatMap(({ sentences }) => sentences), ...ways],
  };
}

function describeNew(desired: Json): string {
  const nodes = entriesAt(desired, "nodes");
  const mails = [...nodes.values()].filter(isMail).length;
  return `a new workflow with ${nodes.size} ${nodes.size === 1 ? "node" : "nodes"}, ${mails} of them sending mail`;
}

interface NodeChange {
  readonly isMail: boolean;
  readonly sentences: readonly string[];
}

function compareNodes(live: Json, desired: Json): readonly NodeChange[] {
  const [before, after] = [entriesAt(live, "nodes"), entriesAt(desired, "nodes")];
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort(compareText);
  return ids.flatMap((id) => compareNode(id, before.get(id), after.get(id)));
}

function compareNode(id: string, live: JsonObject | undefined, desired: JsonObject | undefined): readonly NodeChange[] {
  if (desired === undefined) return live === undefined ? [] : [describeGone(id, live)];
  if (live === undefined) return [describeAdded(id, desired)];
  if (isSameJson(live, desired)) return [];
  const [was, is] = [stringAt(live, "type"), stringAt(desired, "type")];
  if (was !== is) return [{ isMail: false, sentences: [`${id} is now of type ${is} instead of ${was}`] }];
  const properties = [propertiesOf(live), propertiesOf(desired)] as const;
  const sentences = isMail(desired)
    ? describeMailChange(...properties)
    : compareFields(...properties).map(describeFieldChange);
  return [{ isMail: isMail(desired), sentences: sentences.map((sentence) => `at ${id}, ${sentence}`) }];
}

function describeGone(id: string, node: JsonObject): NodeChange {
  return { isMail: false, sentences: [isMail(node) ? `the mail of ${id} is no longer sent` : `${id} is gone`] };
}

function describeAdded(id: string, node: JsonObject): NodeChange {
  const what = isMail(node) ? describeNewMail(propertiesOf(node)) : `a new step of type ${stringAt(node, "type")}`;
  return { isMail: false, sentences: [`${id} is ${what}`] };
}

function isMail(node: JsonObject): boolean {
  return stringAt(node, "type") === MAIL_NODE_TYPE;
}

function propertiesOf(node: JsonObject): JsonObject {
  const properties = valueAt(node, "properties");
  return isJsonObject(properties) ? properties : {};
}

/** What a transition's id is says nothing; where it leads, and when, does. */
function compareWays(live: Json, desired: Json): readonly string[] {
  const [before, after] = [waysOf(live), waysOf(desired)];
  return [
    ...[...after]
      .filter(([key]) => !before.has(key))
      .map(([, way]) => `${way.source} now leads to ${way.target}${way.when}`),
    ...[...before]
      .filter(([key]) => !after.has(key))
      .map(([, way]) => `${way.source} no longer leads to ${way.target}${way.when}`),
  ];
}

interface Way {
  readonly source: string;
  readonly target: string;
  /** " when …", or nothing. */
  readonly when: string;
}

function waysOf(part: Json): ReadonlyMap<string, Way> {
  const ways = [...entriesAt(part, "transitions").values()].map((transition): readonly [string, Way] => {
    const condition = stringAt(transition, "condition") ?? ALWAYS;
    const way = {
      source: stringAt(transition, "source") ?? "",
      target: stringAt(transition, "target") ?? "",
      when: condition === ALWAYS ? "" : ` when ${condition}`,
    };
    return [JSON.stringify(way), way];
  });
  return new Map(ways.sort(([left], [right]) => compareText(left, right)));
}

function entriesAt(part: Json, key: string): ReadonlyMap<string, JsonObject> {
  const list = valueAt(part, key);
  if (!isJsonObject(list)) return new Map();
  return new Map(Object.entries(list).flatMap(([id, item]) => (isJsonObject(item) ? [[id, item] as const] : [])));
}
