import { Webhook } from "standardwebhooks";

export interface Signing {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly body: string;
  /** Base64, perhaps after `whsec_`; undefined leaves the message unsigned. */
  readonly secret: string | undefined;
}

/** The headers of a message as Standard Webhooks defines them. */
export function signMessage({ id, at, body, secret }: Signing): Readonly<Record<string, string>> {
  const headers = { "webhook-id": id, "webhook-timestamp": String(Math.floor(at / 1000)) };
  if (secret === undefined) return headers;
  return { ...headers, "webhook-signature": new Webhook(secret).sign(id, new Date(at), body) };
}
