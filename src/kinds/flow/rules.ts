/** The offline rules of a flow: product specification, section 4. */
import { parseCondition } from "../../conditions/parse.ts";
import { canonicalCondition } from "../../conditions/print.ts";
import type { Problem } from "../../model/finding.ts";
import type { Manifest } from "../../model/manifest.ts";
import { duplicates } from "../shared/duplicates.ts";
import { ALWAYS } from "../shared/edges.ts";
import { checkConditions } from "./condition-rules.ts";
import { type ConnectionMeaning, connectionsOf, meaningsOf } from "./connections.ts";
import { type FlowSpec, MAX_CONNECTIONS } from "./schema.ts";
import { checkShape } from "./shape-rules.ts";

export function checkFlow(manifest: Manifest<FlowSpec>): readonly Problem[] {
  const { spec } = manifest;
  const connections = meaningsOf(spec);
  return [
    ...checkIds(manifest),
    ...checkLimits(spec),
    ...connections.flatMap((connection, index) => checkConnection(connection, index)),
    ...checkConditions(spec, connections),
    ...checkShape(spec),
  ];
}

function checkIds(manifest: Manifest<FlowSpec>): readonly Problem[] {
  const { spec } = manifest;
  const problems: Problem[] = [];
  for (const [index, node] of spec.nodes.entries()) {
    if (node.id.startsWith("node_")) continue;
    const hint = `Call it node_${node.id}.`;
    const message = `node id "${node.id}" does not begin with "node_"`;
    problems.push({ rule: "flow/node-prefix", path: ["spec", "nodes", index, "id"], message, hint });
  }
  for (const [index, connection] of spec.connections.entries()) {
    if (connection.id === undefined || connection.id.startsWith("conn_")) continue;
    const hint = "Leave the id out, and a stable one is derived.";
    const message = `connection id "${connection.id}" does not begin with "conn_"`;
    problems.push({ rule: "flow/connection-prefix", path: ["spec", "connections", index, "id"], message, hint });
  }
  for (const { index, value } of duplicates(spec.nodes.map((node) => node.id))) {
    const message = `node id "${value}" is used twice`;
    problems.push({
      rule: "flow/duplicate-node",
      path: ["spec", "nodes", index, "id"],
      message,
      hint: "Every node of a flow needs an id of its own.",
    });
  }
  return [...problems, ...checkConnectionIds(manifest)];
}

/** Two derived ids are equal when the connections are, and that is another rule's finding. */
function checkConnectionIds(manifest: Manifest<FlowSpec>): readonly Problem[] {
  if (manifest.spec.connections.every(({ id }) => id === undefined)) return [];
  const connections = connectionsOf(manifest);
  return duplicates(connections.map(({ id }) => id)).flatMap(({ index, firstIndex, value }): readonly Problem[] => {
    if (!connections[index]?.hasWrittenId && !connections[firstIndex]?.hasWrittenId) return [];
    return [
      {
        rule: "flow/duplicate-connection",
        path: ["spec", "connections", index, "id"],
        message: `connection id "${value}" is used twice`,
        hint: "Leave the ids out, and unique ones are derived.",
      },
    ];
  });
}

function checkLimits(spec: FlowSpec): readonly Problem[] {
  const problems: Problem[] = [];
  if (spec.connections.length > MAX_CONNECTIONS) {
    problems.push({
      rule: "flow/too-many-connections",
      path: ["spec", "connections", MAX_CONNECTIONS],
      message: `the flow has ${spec.connections.length} connections, and CXone takes at most ${MAX_CONNECTIONS}`,
      hint: "Split the flow, and let one flow transfer into the other.",
    });
  }
  const leaving = new Map<string, number>();
  for (const [index, { from }] of spec.connections.entries()) {
    const count = (leaving.get(from) ?? 0) + 1;
    leaving.set(from, count);
    if (count !== spec.maxConnectionsPerNode + 1) continue;
    problems.push({
      rule: "flow/too-many-leaving",
      path: ["spec", "connections", index],
      message: `more than ${spec.maxConnectionsPerNode} connections leave node "${from}"`,
      hint: "Put a second decision node behind it.",
    });
  }
  return problems;
}

function checkConnection(connection: ConnectionMeaning, index: number): readonly Problem[] {
  const path = ["spec", "connections", index];
  const parsed = parseCondition(connection.condition);
  if (!parsed.ok) {
    const message = `the condition \`${connection.condition}\` ${parsed.message}`;
    const hint = "For example: dtmf == '1', $contact.language in ['de', 'fr'], tries > 2 && !isHoliday.";
    return [{ rule: "flow/condition-syntax", path: [...path, "when"], message, hint }];
  }
  const isAlways = canonicalCondition(connection.condition) === ALWAYS;
  if (connection.type === "conditional" && isAlways) {
    const message = "a conditional connection needs a condition of its own";
    return [
      {
        rule: "flow/type-condition",
        path: [...path, "type"],
        message,
        hint: "Give it `when`, or make it type default.",
      },
    ];
  }
  if (connection.type !== "conditional" && !isAlways) {
    const message = `a ${connection.type} connection has no condition, and this one has \`${connection.condition}\``;
    return [
      {
        rule: "flow/type-condition",
        path: [...path, "when"],
        message,
        hint: "Remove `when`, or make it type conditional.",
      },
    ];
  }
  return [];
}
