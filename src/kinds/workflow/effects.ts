import { compareFields, describeFieldChange } from "../../model/field-changes.ts";
import { compareText } from "../../model/finding.ts";
import { isSameJson, type Json, type JsonObject, stringAt, valueAt } from "../../model/json.ts";
import type { Effects, Impact } from "../../model/plan.ts";
import type { PartChange } from "../kind.ts";
import { ALWAYS } from "../shared/edges.ts";
import { keyedObjects } from "../shared/keyed-objects.ts";
import { withoutLayout } from "../shared/layout.ts";
import { describeMailChange, describeNewMail } from "../shared/mail-effects.ts";
import { MAIL_NODE_TYPE } from "../shared/mail-references.ts";

/** A workflow's name is for colleagues, its mails for their recipients; other steps, and the ways between them, decide what callers get. */
export function workflowEffects({ live, desired }: PartChange): Effects {
  if (desired === undefined) return { impact: impactOfWhole(live ?? null), sentences: ["the workflow no longer runs"] };
  if (live === undefined) return { impact: impactOfWhole(desired), sentences: [describeNew(desired)] };
  const changes = [...compareNodes(live, desired), ...compareWays(live, desired), ...compareSending(live, desired)];
  const isForCallers = changes.some(({ isMail }) => !isMail);
  return {
    impact: isForCallers ? "caller-visible" : changes.length > 0 ? "recipient-visible" : "cosmetic",
    sentences: changes.flatMap(({ sentences }) => sentences),
  };
}

/** Nodes that begin or end a workflow do nothing by themselves. */
const ENDS = new Set(["start", "end"]);

function impactOfWhole(part: Json): Impact {
  const steps = [...keyedObjects(part, "nodes").values()].filter((node) => !ENDS.has(stringAt(node, "type") ?? ""));
  return steps.length > 0 && steps.every(isMail) ? "recipient-visible" : "caller-visible";
}

function describeNew(desired: Json): string {
  const nodes = keyedObjects(desired, "nodes");
  const mails = [...nodes.values()].filter(isMail).length;
  return `a new workflow with ${nodes.size} ${nodes.size === 1 ? "node" : "nodes"}, ${mails} of them sending mail`;
}

interface PartialChange {
  readonly isMail: boolean;
  readonly sentences: readonly string[];
}

function compareNodes(live: Json, desired: Json): readonly PartialChange[] {
  const [before, after] = [keyedObjects(live, "nodes"), keyedObjects(desired, "nodes")];
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort(compareText);
  return ids.flatMap((id) => compareNode(id, before.get(id), after.get(id)));
}

function compareNode(
  id: string,
  live: JsonObject | undefined,
  desired: JsonObject | undefined,
): readonly PartialChange[] {
  if (desired === undefined) return live === undefined ? [] : [describeGone(id, live)];
  if (live === undefined) return [describeAdded(id, desired)];
  if (isSameJson(live, desired)) return [];
  const [was, is] = [stringAt(live, "type"), stringAt(desired, "type")];
  if (was !== is) return [{ isMail: false, sentences: [`${id} is now of type ${is} instead of ${was}`] }];
  const properties = [propertiesOf(live), propertiesOf(desired)] as const;
  const sentences = isMail(desired)
    ? describeMailChange(...properties)
    : compareFields(...properties).map(describeFieldChange);
  if (sentences.length === 0) return [];
  return [{ isMail: isMail(desired), sentences: sentences.map((sentence) => `at ${id}, ${sentence}`) }];
}

function describeGone(id: string, node: JsonObject): PartialChange {
  return { isMail: false, sentences: [isMail(node) ? `the mail of ${id} is no longer sent` : `${id} is gone`] };
}

function describeAdded(id: string, node: JsonObject): PartialChange {
  const what = isMail(node) ? describeNewMail(propertiesOf(node)) : `a new step of type ${stringAt(node, "type")}`;
  return { isMail: false, sentences: [`${id} is ${what}`] };
}

function isMail(node: JsonObject): boolean {
  return stringAt(node, "type") === MAIL_NODE_TYPE;
}

function propertiesOf(node: JsonObject): JsonObject {
  return withoutLayout(valueAt(node, "properties"));
}

/** What a transition's id is says nothing; where it leads, and when, does. One to a mail is about whether and when that is sent. */
function compareWays(live: Json, desired: Json): readonly PartialChange[] {
  const [before, after] = [waysOf(live), waysOf(desired)];
  const describe = ({ source, target, when }: Way, verb: string, part: Json): PartialChange => {
    const node = keyedObjects(part, "nodes").get(target);
    return { isMail: node !== undefined && isMail(node), sentences: [`${source} ${verb} ${target}${when}`] };
  };
  return [
    ...[...after].filter(([key]) => !before.has(key)).map(([, way]) => describe(way, "now leads to", desired)),
    ...[...before].filter(([key]) => !after.has(key)).map(([, way]) => describe(way, "no longer leads to", live)),
  ];
}

/** Mails that nothing leads to any more, or something leads to now, in a workflow that keeps them. */
function compareSending(live: Json, desired: Json): readonly PartialChange[] {
  const [before, after] = [reachedNodes(live), reachedNodes(desired)];
  return [...keyedObjects(desired, "nodes")].flatMap(([id, node]) => {
    if (!isMail(node) || !keyedObjects(live, "nodes").has(id) || before.has(id) === after.has(id)) return [];
    return [{ isMail: true, sentences: [`the mail of ${id} is ${after.has(id) ? "now" : "no longer"} sent`] }];
  });
}

/** The nodes that a workflow can come to, whatever its conditions say: from those of type start. */
function reachedNodes(part: Json): ReadonlySet<string> {
  const ways = [...waysOf(part).values()];
  const starts = [...keyedObjects(part, "nodes")].flatMap(([id, node]) =>
    stringAt(node, "type") === "start" ? [id] : [],
  );
  const reached = new Set(starts);
  for (const node of reached) for (const { source, target } of ways) if (source === node) reached.add(target);
  return reached;
}

interface Way {
  readonly source: string;
  readonly target: string;
  /** " when …", or nothing. */
  readonly when: string;
}

function waysOf(part: Json): ReadonlyMap<string, Way> {
  const ways = [...keyedObjects(part, "transitions").values()].map((transition): readonly [string, Way] => {
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
