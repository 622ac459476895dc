import type { CallConnection, CallFlow, CallNode } from "../../callpaths/call-flow.ts";
import type { Condition } from "../../conditions/condition.ts";
import { parseCondition } from "../../conditions/parse.ts";
import { compareText } from "../../model/finding.ts";
import { isJsonObject, type Json, type JsonObject, objectFrom, stringAt, valueAt } from "../../model/json.ts";
import { ALWAYS } from "../shared/edges.ts";

/** Node properties that say how a flow looks in an editor, not how a call goes (assumption: no source lists properties). */
const LAYOUT = new Set([
  "x",
  "y",
  "position",
  "layout",
  "color",
  "colour",
  "icon",
  "label",
  "comment",
  "description",
  "notes",
]);

/**
 * A flow's canonical part (live or desired) as calls go through it, without what only an editor shows. Accepts any JSON, for a live
 * part may hold anything. Nodes and connections are sorted, so that their order leaves no trace in what is said about calls.
 */
export function readCallFlow(part: Json): CallFlow {
  const nodes = entriesAt(part, "nodes").map(([id, node]) => readNode(id, node));
  const starts = nodes.filter(({ type }) => type === "start");
  const connections = entriesAt(part, "connections").map(([id, connection]) => readConnection(id, connection));
  const sorted = connections.toSorted((left, right) => compareText(meaningOf(left), meaningOf(right)));
  return {
    start: starts.length === 1 ? starts[0]?.id : undefined,
    nodes: new Map(nodes.map((node) => [node.id, node])),
    leaving: Map.groupBy(sorted, ({ from }) => from),
  };
}

function entriesAt(part: Json, key: string): readonly (readonly [string, JsonObject])[] {
  const list = valueAt(part, key);
  if (!isJsonObject(list)) return [];
  const entries = Object.entries(list).flatMap(([id, item]) => (isJsonObject(item) ? [[id, item] as const] : []));
  return entries.sort(([left], [right]) => compareText(left, right));
}

function meaningOf({ type, text, to }: CallConnection): string {
  return JSON.stringify([type, text, to]);
}

function readNode(id: string, node: JsonObject): CallNode {
  const properties = valueAt(node, "properties");
  const heard = Object.entries(isJsonObject(properties) ? properties : {}).filter(([name]) => !LAYOUT.has(name));
  return { id, type: stringAt(node, "type") ?? "", properties: objectFrom(heard) };
}

function readConnection(id: string, connection: JsonObject): CallConnection {
  const text = stringAt(connection, "condition") ?? ALWAYS;
  return {
    id,
    from: stringAt(connection, "from") ?? "",
    to: stringAt(connection, "to") ?? "",
    condition: readCondition(text),
    text,
    type: readType(stringAt(connection, "type"), text),
  };
}

/** Whether text that we cannot read holds is as good as a value of its own, which the text names. */
function readCondition(text: string): Condition {
  const parsed = parseCondition(text);
  return parsed.ok ? parsed.condition : { type: "isTrue", path: `\`${text}\`` };
}

/** Only live connections can have a type that we do not know. */
function readType(type: string | undefined, text: string): CallConnection["type"] {
  if (type === "conditional" || type === "default" || type === "fallback") return type;
  return text === ALWAYS ? "default" : "conditional";
}
