import { createHash } from "node:crypto";

export interface PlainDocument {
  [key: string]: unknown;
}

export type Collection = "flows" | "workflows" | "webhooks" | "templates" | "attachments";

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export const COLLECTIONS: Readonly<Record<string, Collection>> = {
  "/api/v2/flows": "flows",
  "/api/v2/workflows": "workflows",
  "/api/v2/webhooks": "webhooks",
  "/api/v2/interactions/templates": "templates",
  "/api/v2/interactions/attachments": "attachments",
};

/** Fields of the server's own, the same on every answer, also when they come back in a PUT. A webhook's secret stays here. */
export function withExtras(document: PlainDocument): PlainDocument {
  const { secret: _kept, ...shown } = document;
  const extras: PlainDocument = { ...shown, tenantId: "plain-tenant", links: { self: `/${idOf(document)}` } };
  for (const [key, extra] of Object.entries({
    nodes: { uiColor: "blue" },
    connections: { weight: 1 },
    transitions: { weight: 1 },
  })) {
    const items = extras[key];
    if (Array.isArray(items)) extras[key] = items.map((item: unknown) => Object.assign({}, extra, item));
  }
  return extras;
}

export function brokenConnection(flow: PlainDocument): string | undefined {
  const nodes = new Set(objects(flow["nodes"]).map((node) => node["id"]));
  const broken = objects(flow["connections"]).find(
    (item) => !nodes.has(item["source_node_id"]) || !nodes.has(item["target_node_id"]),
  );
  return broken === undefined ? undefined : `connection ${String(broken["id"])} names an unknown node`;
}

function objects(value: unknown): readonly PlainDocument[] {
  return Array.isArray(value) ? value.map((item: unknown) => Object.assign({}, item)) : [];
}

export function parseDocument(text: string): PlainDocument | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

export function splitPath(pathname: string): readonly [string, string | undefined] {
  if (Object.hasOwn(COLLECTIONS, pathname)) return [pathname, undefined];
  const cut = pathname.lastIndexOf("/");
  return [pathname.slice(0, cut), decodeURIComponent(pathname.slice(cut + 1))];
}

export function idOf(document: PlainDocument): string {
  return String(document["id"] ?? document["fileId"] ?? "");
}

export function refusal(status: number, message: string): Answer {
  return { status, body: { message, requestId: "plain" } };
}

export function sha(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
