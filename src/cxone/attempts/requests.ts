import type { Call } from "../family.ts";
import type { FamilyEndpoint, TenantEndpoints } from "../tenant.ts";
import { joinUrl } from "../wire/address.ts";
import type { HttpRequest } from "../wire/transport.ts";

/** A call as it goes over the wire, with the token that lets it pass. */
export function toRequest(call: Call, { baseUrl }: FamilyEndpoint, token: string): HttpRequest {
  return {
    method: call.method,
    url: joinUrl(baseUrl, call.path),
    timeoutMs: call.timeoutMs,
    headers: {
      authorization: `Bearer ${token}`,
      ...(call.body === undefined ? {} : { "content-type": "application/json" }),
      ...(call.idempotencyKey === undefined ? {} : { "idempotency-key": call.idempotencyKey }),
      ...(call.ifNoneMatch === undefined ? {} : { "if-none-match": call.ifNoneMatch }),
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  };
}

/** The question for a token, as RFC 6749 (section 4.4) has it. */
export function toTokenRequest(endpoint: FamilyEndpoint, tenant: TenantEndpoints, timeoutMs: number): HttpRequest {
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: tenant.clientId,
    client_secret: tenant.clientSecret,
    scope: endpoint.scope,
  });
  return {
    method: "POST",
    url: joinUrl(endpoint.baseUrl, endpoint.tokenPath),
    timeoutMs,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
  };
}
