/** The way of one call for people: a line for each node, and what decided there. */
import { printScalar } from "../conditions/print.ts";
import { type CallConnection, type CallFlow, connectionsFrom } from "./call-flow.ts";
import { askedAt, type Route, type RouteStep } from "./route.ts";

/** Longer ids would push the reasons out of sight. */
const WIDEST_HOP = 56;

/** `mask` hides what is secret, before anything is escaped. Each line is one line, whatever the texts in it hold. */
export function describeRoute(flow: CallFlow, route: Route, mask: (text: string) => string): readonly string[] {
  const steps = route.steps.map((step) => ({ hop: hopOf(step), why: describeDecision(flow, route, step, mask) }));
  const width = Math.min(WIDEST_HOP, Math.max(0, ...steps.map(({ hop }) => hop.length)));
  const lines = steps.map(({ hop, why }) => `${hop.padEnd(width)}  ${why}`);
  return [...lines, ...describeEnd(route)].map(toOneLine);
}

function hopOf({ node, taken }: RouteStep): string {
  return taken === undefined ? node : `${node} → ${taken.to}`;
}

function describeDecision(flow: CallFlow, { end }: Route, step: RouteStep, mask: (text: string) => string): string {
  const connections = connectionsFrom(flow, step.node);
  const values = describeValues(connections, step, mask);
  if (step.taken !== undefined) return `${describeTaken(step.taken, connections, mask)}${values}`;
  if (end.how === "undetermined") {
    const ways = end.candidates.map(({ text, to }) => `\`${mask(text)}\` → ${to}`);
    return `undetermined, for more than one holds: ${ways.join(" and ")}${values}`;
  }
  if (end.how === "ended") return "the call ends";
  const isBlind = connections.length === 0;
  return `cut off: ${isBlind ? "nothing leads on from here" : `no connection can be taken${values}`}`;
}

function describeTaken(
  { type, text }: CallConnection,
  connections: readonly CallConnection[],
  mask: (text: string) => string,
): string {
  if (type === "conditional") return `\`${mask(text)}\``;
  return connections.length === 1 ? "always" : `${type}, for no condition holds`;
}

/** What was asked for, ` (dtmf is '1', $contact.tier has no value)`; empty where nothing was. */
function describeValues(
  connections: readonly CallConnection[],
  { values }: RouteStep,
  mask: (text: string) => string,
): string {
  const told = askedAt(connections).map((path) => {
    const value = values.get(path);
    if (value === undefined) return `${path} has no value`;
    return `${path} is ${printScalar(typeof value === "string" ? mask(value) : value)}`;
  });
  return told.length === 0 ? "" : ` (${told.join(", ")})`;
}

/** What is not said at the last node already. */
function describeEnd({ steps, end }: Route): readonly string[] {
  const to = steps.at(-1)?.taken?.to;
  if (end.how === "lost") return [`there is no node ${to}`];
  if (end.how === "endless") return [`${to}  the call has been here before, and goes round in circles`];
  return end.how === "no-start" ? ["the flow does not say where calls begin"] : [];
}

/** Every character that some reader takes for the end of a line, as JSON would write it. */
function toOneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (character) => {
    return character === "\n" ? "\\n" : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
