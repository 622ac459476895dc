/**
 * What in a live document is taken for a credential, so that no import writes it. Two ways lead there:
 *
 *   the text alone               whatever it is called: `Bearer …`, a web token, a private key, `https://user:password@host`, a key in the
 *                                form of a known vendor, `-u user:password`, a long random run of letters and digits
 *   its name and the text        called a password, secret, token, API key …, while the text could be one. Numbers and words such as `new`,
 *                                `primary`, `confirm` at the end of a name say nothing
 *
 *   name                  text                         credential, because
 *   password2             Sup3rS3cret                  name and text
 *   password              my dog is called rex         name and text: nothing that is said to a caller is called so
 *   authorization         Token 9944b09199c62bcf       name and text: a scheme, and what it takes
 *   secretQuestionPrompt  What is your pet called?     no: what is named is a prompt
 *   token                 Billing                      no: an ordinary word
 *   tokenCount            3                            no: what is named is a count
 *   dtmfKey               1                            no: a key to press
 *   password              {{vault.crm}}                no: a reference
 *   templateId            9f8e7d6c5b4a39281706f5e4     no: ids are random, too, and open nothing
 */
import { rememberByText } from "../../conditions/remember.ts";
import { type Json, stringAt } from "../../model/json.ts";
import { holdsUrlCredential, isReference } from "./credential-urls.ts";
import { isRandom } from "./random-text.ts";

const UNMISTAKABLE: readonly RegExp[] = [
  /\b(?:[Bb]asic|[Bb]earer|BASIC|BEARER)\s+(?=[\w+/.~-]{0,500}(?:\d|=|[a-z][A-Z]))[\w+/=.~-]{8,}/,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\./,
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}|\bxox[abeprs]-[\w-]{10,}/,
  /\b[rs]k_(?:live|test)_\w{10,}|\bAIza[\w-]{30,}|\bSG\.[\w-]{16,}\.|\bwhsec_[\w+/=]{10,}/,
  /\bsk-(?:proj|ant|svcacct|admin|or)-[\w-]{10,}|\bsk-(?=[A-Za-z]{0,100}\d)[A-Za-z0-9]{20,}/,
  /\b(?:GenieKey|SSWS|[Aa]pi-?[Kk]ey|APIKEY|Token)\s+(?=[\w+/.~-]{0,500}\d)[\w+/=.~-]{12,}/,
  /(?:^|\s)(?:-u|--user|--proxy-user)(?:\s{1,3}|=)?["']?[^\s:"'{}$<%]{1,100}:[^\s"'{}$<%]{4,}/,
  /authori[sz]ation["']?\s{0,3}[=:]\s{0,3}["']?(?:[\w-]{1,30}\s{1,3})?(?=[^\s"',;]{0,200}\d)(?=[^\s"',;]{0,200}[a-z])[^\s"',;{}$<%]{8,}/i,
  // A body of a request, or a line of a script, that says what it is.
  /(?:passw(?:or)?d|pwd|secret|token|api[_-]?key)["']?\s{0,3}[=:]\s{0,3}["']?(?=[^\s"'&;,]{0,200}\d)[^\s"'&;,{}$<%]{6,}/i,
];

const PASSWORDS = /^(?:\w*(?:passw(?:or)?d|passwort|pwd|passphrase|secret)|passcode|credential)s?$/;
const AUTHORIZATIONS = /^(?:authori[sz]ation|auth)$/;
const TOKENS =
  /^(?:\w*token|pass|(?:api|access|secret|private|auth)?key|apikeys|authori[sz]ation|auth|cookie|signature|bearer|jwt|sas)$/;
/** `menuKey` is pressed, `apiKey` is kept. */
const KEY_OF =
  /^(?:x|api|access|private|secret|signing|encryption|shared|subscription|auth|client|consumer|master|account|service|functions?|app|hmac|ssh|webhook|integration|license)$/;
const OF_IDS = /^(?:ids?|guid|uuid|ref|digest|hash|checksum|etag|version|revision|file|path|fingerprint|cursor)$/;
/** What says only that the text is there, or which one of several it is. */
const FILLER =
  /^(?:value|text|literal|plain|raw|string|base|hex|\d*|primary|secondary|new|old|current|previous|confirm|confirmation|backup|default|dev|staging|prod|production)$/;
const STATE =
  /^(?:true|false|yes|no|none|null|on|off|required|optional|enabled|disabled|basic|bearer|oauth2?|default|auto|inherit|header|query|body|hidden|masked|literal|variable|prompt)$/i;

/** True for a text that is a credential whatever it is called, or that holds one; but for a random one, which may be an id. */
export const isCredentialText = rememberByText((text): boolean => {
  return UNMISTAKABLE.some((pattern) => pattern.test(text)) || holdsUrlCredential(text);
});

/** True for what is a credential as it is called, or whatever it is called. A number may be a password as well. */
export function isCredentialAs(name: string, value: Json): boolean {
  if (typeof value === "number") {
    return Math.abs(value) >= 1_000 && (isPasswordName(name) || headOf(name) === "pin");
  }
  if (typeof value !== "string") return false;
  const text = value.trim();
  if (text === "" || isReference(text) || STATE.test(text)) return false;
  if (isCredentialText(text)) return true;
  if (isPasswordName(name)) return text.length >= 4;
  if (headOf(name) === "pin") return /^\d{4,}$/.test(text);
  if (isTokenName(name)) return couldBeToken(text) || isSchemeAndToken(name, text);
  return !OF_IDS.test(headOf(name) ?? "") && isRandom(text);
}

/** The name that an object gives to the value that stands beside it: `{name: "X-Api-Key", value: …}`. */
export function nameBeside(pair: Json): string | undefined {
  for (const key of ["name", "key", "header", "field"]) {
    const name = stringAt(pair, key);
    if (name !== undefined) return name;
  }
  return undefined;
}

/** True for a key that says only that its text is the value of what is named otherwise. */
export function isFiller(key: string): boolean {
  return /^(?:value|val|text|literal|plain|raw|data|content)$/i.test(key);
}

function isPasswordName(name: string): boolean {
  return PASSWORDS.test(headOf(name) ?? "");
}

function isTokenName(name: string): boolean {
  const words = wordsOf(name);
  const head = words.at(-1) ?? "";
  if (head !== "key" && head !== "keys") return TOKENS.test(head);
  return KEY_OF.test(words.at(-2) ?? "");
}

function couldBeToken(text: string): boolean {
  if (/\s/.test(text) || text.length < 8) return false;
  return text.length >= 16 || (/\d/.test(text) && /[A-Za-z]/.test(text));
}

/** `Token 9944b0…`, under any name of a token; what an `Authorization` may have besides (`Digest username=…, response=…`) under its own. */
function isSchemeAndToken(name: string, text: string): boolean {
  const [scheme = "", ...words] = text.split(/[\s,]+/);
  if (words.length === 0 || !/^[A-Za-z][\w-]*:?$/.test(scheme)) return false;
  if (AUTHORIZATIONS.test(headOf(name) ?? "")) return words.some(couldBeToken);
  return words.length === 1 && words.some((word) => /\d/.test(word) && couldBeToken(word));
}

function headOf(name: string): string | undefined {
  return wordsOf(name).at(-1);
}

/** `X-Api-Key`, `apiKey2` and `api_key_value` as words, without what at their end says nothing. */
const wordsOf = rememberByText((name): readonly string[] => {
  const words = name
    .slice(0, 200)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => word.replace(/\d+$/, ""));
  while (words.length > 1 && FILLER.test(words.at(-1) ?? "")) words.pop();
  return words;
});
