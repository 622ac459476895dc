import type { Secrets } from "../../model/secrets.ts";

/**
 * Remembers a secret that goes over the wire, also in the two forms in which only a server would echo it: as a field of
 * a form (`+` for a space, more characters escaped than in a URL) and with escapes in lower case.
 */
export function rememberSecret(secrets: Secrets, value: string): void {
  const inForm = new URLSearchParams({ "": value }).toString().slice(1);
  for (const form of [value, inForm, lowerEscapes(inForm), lowerEscapes(encodeURIComponent(value.toWellFormed()))]) {
    secrets.add(form);
  }
}

function lowerEscapes(text: string): string {
  return text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
}
