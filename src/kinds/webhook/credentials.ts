/** What in a live webhook looks like a credential. Better one header too few in git than one password too many. */
import type { Json } from "../../model/json.ts";

const NAME = /authori[sz]ation|cookie|token|key|secret|password|passwd|credential|signature|auth\b/i;
/** `Bearer …`, a JSON Web Token, or a long run of letters and digits that is no word. */
const SCHEME = /^(?:basic|bearer|token|apikey|digest|hmac)\s+\S/i;
const WEB_TOKEN = /^eyJ[\w-]+\.[\w-]+\./;
const RANDOM = /^(?=.*\d)(?=.*[A-Za-z])[\w+/=~.-]{20,}$/;

export function isCredentialName(name: string): boolean {
  return NAME.test(name);
}

export function isCredential(value: Json): boolean {
  return typeof value === "string" && [SCHEME, WEB_TOKEN, RANDOM].some((pattern) => pattern.test(value.trim()));
}

/** A user name, a password, or a parameter that is called like one: whoever knows such a URL is let in. */
export function holdsCredential(url: Json): boolean {
  if (typeof url !== "string") return false;
  if (!URL.canParse(url)) return url.includes("@");
  const { username, password, searchParams } = new URL(url);
  if (username !== "" || password !== "") return true;
  return [...searchParams].some(
    ([name, value]) => isCredentialName(name) || /^(?:sig|sas|code)$/i.test(name) || isCredential(value),
  );
}
