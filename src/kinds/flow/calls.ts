import type { CallConnection, CallFlow, CallNode } from "../../callpaths/call-flow.ts";
import type { Condition } from "../../conditions/condition.ts";
import { parseCondition } from "../../conditions/parse.ts";
import { sha256 } from "../../model/digest.ts";
import { compareText } from "../../model/finding.ts";
import { type Json, type JsonObject, stringAt, valueAt } from "../../model/json.ts";
import { ALWAYS } from "../shared/edges.ts";
import { keyedObjects } from "../shared/keyed-objects.ts";
import { withoutLayout } from "../shared/layout.ts";

/**
 * A flow's canonical part (live or desired) as calls go through it, without what only an editor shows. Accepts any JSON, for a live
 * part may hold anything. Nodes and connections are sorted, so that their order leaves no trace in what is said about calls.
 */
export function readCallFlow(part: Json): CallFlow {
  const nodes = [...keyedObjects(part, "nodes")].map(([id, node]) => readNode(id, node));
  const starts = nodes.filter(({ type }) => type === "start");
  const connections = [...keyedObjects(part, "connections")].map(([id, connection]) => readConnection(id, connection));
  const meanings = new Map(connections.map((connection) => [connection, meaningOf(connection)]));
  const sorted = connections.toSorted((left, right) => {
    return compareText(meanings.get(left) ?? "", meanings.get(right) ?? "");
  });
  return {
    start: starts.length === 1 ? starts[0]?.id : undefined,
    nodes: new Map(nodes.map((node) => [node.id, node])),
    leaving: Map.groupBy(sorted, ({ from }) => from),
  };
}

function meaningOf({ type, text, to }: CallConnection): string {
  return JSON.stringify([type, text, to]);
}

function readNode(id: string, node: JsonObject): CallNode {
  const properties = valueAt(node, "properties");
  return { id, type: stringAt(node, "type") ?? "", properties: withoutLayout(properties) };
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

const LONGEST_NAME = 120;

/** Whether text that we cannot read holds is as good as a value of its own, which the text names. */
function readCondition(text: string): Condition {
  const parsed = parseCondition(text);
  if (parsed.ok) return parsed.condition;
  const name = text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}… (${sha256(text).slice(0, 8)})` : text;
  return { type: "isTrue", path: `\`${name}\`` };
}

/** Only live connections can have a type that we do not know. */
function readType(type: string | undefined, text: string): CallConnection["type"] {
  if (type === "conditional" || type === "default" || type === "fallback") return type;
  return text === ALWAYS ? "default" : "conditional";
}
