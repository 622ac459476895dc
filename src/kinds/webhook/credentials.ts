/** What in a live webhook looks like a credential. Better one header too few in git than one password too many. */
import type { Json } from "../../model/json.ts";
import { opensByItself } from "../shared/credential-urls.ts";
import { isCredentialText } from "../shared/credentials.ts";

const NAME = /authori[sz]ation|cookie|token|key|secret|password|passwd|credential|signature|auth\b/i;
/** `Bearer …`, a JSON Web Token, or a long run of letters and digits that is no word. */
const SCHEME = /^(?:basic|bearer|token|apikey|digest|hmac)\s+\S/i;
const WEB_TOKEN = /^eyJ[\w-]+\.[\w-]+\./;
const RANDOM = /^(?=.*\d)(?=.*[A-Za-z])[\w+/=~.-]{20,}$/;
/** Letters with digits among them, as in `s3cr3t`, or letters and digits with the marks that passwords are made strong with. */
const LIKE_A_PASSWORD = /[A-Za-z]\d+[A-Za-z]+\d|^(?=\S*\d)(?=\S*[A-Za-z])\S*[!#$%^&*?~]\S*$/;

export function isCredentialName(name: string): boolean {
  return NAME.test(name);
}

export function isCredential(value: Json): boolean {
  if (typeof value !== "string") return false;
  const text = value.trim();
  if ([SCHEME, WEB_TOKEN, RANDOM].some((pattern) => pattern.test(text)) || isCredentialText(text)) return true;
  return text.split(/\s+/).some((word) => word.length >= 8 && !word.includes("://") && LIKE_A_PASSWORD.test(word));
}

/** Whoever knows such a URL is let in: a user name, a password, a parameter that is called like one, a random part. */
export function holdsCredential(url: Json): boolean {
  return typeof url === "string" && opensByItself(url, isCredentialName);
}
