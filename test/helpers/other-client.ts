/** Somebody else's program, with a token of its own. */
import assert from "node:assert/strict";
import { isJsonObject, stringAt } from "../../src/model/json.ts";

/** Creates a flow with the nodes and connections that the tenant asks for; `flow` gives it id and name. */
export async function createFlow(url: string, flow: Readonly<Record<string, unknown>>): Promise<void> {
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: "somebody",
    client_secret: "else",
    scope: "flows:write flows:read",
  });
  const granted: unknown = await (await fetch(`${url}/oauth/token`, { method: "POST", body: form })).json();
  assert.ok(isJsonObject(granted));
  const token = stringAt(granted, "access_token");
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const valid = {
    ...flow,
    nodes: [
      { id: "node_a", type: "start" },
      { id: "node_b", type: "terminal" },
    ],
    connections: [
      { id: "conn_a", source_node_id: "node_a", target_node_id: "node_b", condition: "true", type: "default" },
    ],
  };
  const answer = await fetch(`${url}/api/v2/flows`, { method: "POST", headers, body: JSON.stringify(valid) });
  assert.equal(answer.status, 201, await answer.text());
}
