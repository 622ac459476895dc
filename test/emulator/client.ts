import type { TestContext } from "node:test";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/emulator/server.ts";

export type Family = "flows" | "workflows";

const LOGINS = {
  flows: { path: "/oauth/token", scope: "flows:write flows:read" },
  workflows: {
    path: "/oauth2/token",
    scope: "workflow:edit workflow:view email:template interaction:read webhook:manage",
  },
} as const;

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string;
}

export interface CallResult {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON, or an empty object where it is something else. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A plain fetch client as the articles' ones are: it logs in to the family that a path belongs to, and never retries. */
export interface Client {
  readonly emulator: Emulator;
  login(family: Family, scope?: string): Promise<string>;
  call(method: string, path: string, options?: CallOptions): Promise<CallResult>;
}

/** An emulator on a port of its own, closed when the test ends, and a client for it. */
export async function startClient(context: TestContext, options: EmulatorOptions = {}): Promise<Client> {
  const emulator = await startEmulator(options);
  context.after(() => emulator.close());
  const tokens = new Map<Family, string>();
  const login = async (family: Family, scope: string = LOGINS[family].scope) => {
    const form = { grant_type: "client_credentials", client_id: "id", client_secret: "secret", scope };
    const answer = await postForm(`${emulator.url}${LOGINS[family].path}`, form);
    return String(answer.body.access_token);
  };
  const call = async (method: string, path: string, { body, headers = {}, token }: CallOptions = {}) => {
    const family: Family = path.startsWith("/api/v2/flows") ? "flows" : "workflows";
    const bearer = token ?? tokens.get(family) ?? (await login(family));
    if (token === undefined) tokens.set(family, bearer);
    const response = await fetch(`${emulator.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return readResult(response);
  };
  return { emulator, login, call };
}

export async function postForm(url: string, form: Readonly<Record<string, string>>): Promise<CallResult> {
  return readResult(await fetch(url, { method: "POST", body: new URLSearchParams(form) }));
}

export async function readResult(response: Response): Promise<CallResult> {
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") === true && text !== "";
  const parsed: unknown = isJson ? JSON.parse(text) : {};
  const body = typeof parsed === "object" && parsed !== null ? Object.fromEntries(Object.entries(parsed)) : {};
  return { status: response.status, headers: response.headers, text, body };
}

/** For a wait that a defect would make endless: long past what any machine needs, so it says nothing about speed. */
export const HANG_GUARD = { timeout: 60_000 };

/** Lets the event loop turn until the condition holds; throws when the test was ended meanwhile. */
export async function turnUntil(context: TestContext, condition: () => boolean): Promise<void> {
  while (!condition()) {
    context.signal.throwIfAborted();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The flow of seed SF, as its client sends it: no version, no properties. */
export function articleFlow(id = "ivr_main_menu_v2") {
  const connect = (number: number, source: string, target: string, condition: string, type: string) => ({
    id: `conn_00000000000${number}`,
    source_node_id: source,
    target_node_id: target,
    condition,
    type,
  });
  return {
    id,
    name: `IVR Flow ${id}`,
    type: "IVR",
    connections: [
      connect(1, "node_start_01", "node_dtmf_02", "true", "default"),
      connect(2, "node_dtmf_02", "node_queue_03", "dtmf == '1'", "conditional"),
      connect(3, "node_dtmf_02", "node_transfer_04", "dtmf == '2'", "conditional"),
      connect(4, "node_queue_03", "node_end_05", "true", "default"),
      connect(5, "node_transfer_04", "node_end_05", "true", "default"),
    ],
    nodes: [
      { id: "node_start_01", type: "start" },
      { id: "node_dtmf_02", type: "decision" },
      { id: "node_queue_03", type: "decision" },
      { id: "node_transfer_04", type: "decision" },
      { id: "node_end_05", type: "terminal" },
    ],
  };
}

/** The e-mail node of seed SE. */
export function articleEmailNode() {
  return {
    id: "email_send_01",
    type: "email",
    properties: {
      templateId: "tmpl_inv_2024",
      variables: { customerName: "$interaction.contact.firstName", orderTotal: "$workflow.data.orderTotal" },
      attachments: [{ fileId: "att_pdf_001", fileName: "invoice.pdf" }],
      deliveryMode: "standard",
      trackOpens: true,
      trackClicks: true,
    },
  };
}

/** The workflow of seed SE with other nodes. */
export function articleWorkflow(nodes: readonly unknown[], version = 3) {
  return { id: "wf_12345", name: "Order Confirmation Workflow", version, nodes, transitions: [] };
}
