import { createHmac } from "node:crypto";

const PREFIX = "whsec_";
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export interface SignedMessage {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly body: string;
}

/**
 * The `webhook-signature` of Standard Webhooks (assumption; seed SE shows only the form of the secret): `v1,` and the base64 of the
 * HMAC-SHA256 over `id.timestamp.body`. The key is what follows `whsec_`, decoded from base64; where it is no base64, its bytes.
 */
export function signMessage({ id, timestamp, body }: SignedMessage, secret: string): string {
  const hmac = createHmac("sha256", keyOf(secret)).update(`${id}.${timestamp}.${body}`);
  return `v1,${hmac.digest("base64")}`;
}

function keyOf(secret: string): Buffer {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  return Buffer.from(text, BASE64.test(text) ? "base64" : "utf8");
}
