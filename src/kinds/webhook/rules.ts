/** The offline rules of a webhook: product specification, section 4. */
import type { Problem } from "../../model/finding.ts";
import type { Manifest } from "../../model/manifest.ts";
import { duplicates } from "../shared/duplicates.ts";
import { checkRotation } from "./rotation.ts";
import type { WebhookSpec } from "./schema.ts";

const SECRET_REFERENCE = /^\$\{env:[A-Za-z_][A-Za-z0-9_.-]*\}$/;
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export function checkWebhook(manifest: Manifest<WebhookSpec>): readonly Problem[] {
  const { url, secret, headers } = manifest.spec;
  return [
    ...checkUrl(url),
    ...checkSecret(secret),
    ...checkHeaders(Object.keys(headers ?? {})),
    ...checkRotation(manifest),
  ];
}

function checkHeaders(names: readonly string[]): readonly Problem[] {
  const lowerCase = names.map((name) => name.toLowerCase());
  return duplicates(lowerCase).map(({ index, firstIndex }) => ({
    rule: "webhook/duplicate-header",
    path: ["spec", "headers", names[index] ?? ""],
    at: "key",
    message: `header "${names[index]}" is "${names[firstIndex]}" again; upper and lower case do not count in headers`,
    hint: "Keep one of the two.",
  }));
}

function checkUrl(url: string): readonly Problem[] {
  const path = ["spec", "url"];
  if (!URL.canParse(url)) {
    // What cannot be read may hold a password just the same.
    const message = url.includes("@") ? "this is no URL" : `"${url}" is no URL`;
    return [{ rule: "webhook/url", path, message, hint: "Write it in full: https://host/path." }];
  }
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== "" || password !== "") {
    const message = "the URL carries a user name or password";
    return [
      { rule: "webhook/url", path, message, hint: "Use the webhook's secret or a header that refers to ${env:NAME}." },
    ];
  }
  if (protocol === "https:" || (protocol === "http:" && LOOPBACK_HOST.test(hostname))) return [];
  const message = `"${url}" is not https; events would travel readable`;
  return [
    {
      rule: "webhook/url",
      path,
      message,
      hint: "Use https (plain http is accepted for this machine's own addresses only).",
    },
  ];
}

/** Whether a text is a reference and so no secret itself: only then may a message show it. */
export function isSecretReference(text: string): boolean {
  return SECRET_REFERENCE.test(text);
}

function checkSecret(secret: string | undefined): readonly Problem[] {
  if (secret === undefined || isSecretReference(secret)) return [];
  // The message must not repeat the value: it may be a real secret.
  const message = "the secret must be a reference, never the secret itself";
  const hint = "Write secret: ${env:NAME}. If a real secret was committed here, replace it everywhere.";
  return [{ rule: "webhook/literal-secret", path: ["spec", "secret"], message, hint }];
}
