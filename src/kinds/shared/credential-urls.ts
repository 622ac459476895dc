/** URLs that let in whoever knows them. */
import { isGuid, isRandom } from "./random-text.ts";

const PARAMETER =
  /^(?:sig|sas|code|pwd|auth|jwt|key|apikey|[\w-]*(?:api|access|secret|private|subscription|function)[_-]?key|[\w-]*(?:token|secret|passw(?:or)?d|passphrase|signature|credential))$/i;
const REFERENCE = /^(?:\$?\{\{?[^{}"'=:]*\}?\}|\$[A-Za-z_]\w*(?:\.\w+)*|%\w+%|<[^<>]+>)$/;
/** With the address of a telephone, `sip:user:password@host`. */
const PASSWORD_IN_URL = /(?::\/\/|\bsips?:)[^\s/?#@:]{1,256}:([^\s/?#@]{1,256})@/g;
/** Of a path's random part: where it is called from outside, it may be short. */
const SHORTEST_SEGMENT = 20;
const SHORTEST_KEY = 16;

/** Receivers of messages whose URL is all that they ask for. */
const INCOMING =
  /^(?:hooks\.slack\.com|hooks\.zapier\.com|chat\.googleapis\.com|api\.telegram\.org|maker\.ifttt\.com|webhook\.site|events\.pagerduty\.com|hook\.integromat\.com|outlook\.office(?:365)?\.com)$|\.(?:webhook\.office\.com|make\.com|pipedream\.net|logic\.azure\.com|powerplatform\.com)$/;
const DISCORD = /^(?:[\w-]+\.)?discord(?:app)?\.com$/;

/**
 * True for a text that is, or holds, a URL with a password, with a parameter or fragment that is called like a credential and could be one,
 * or with a random part in its path; and for the address of a known receiver of messages.
 */
export function holdsUrlCredential(text: string): boolean {
  for (const [, password = ""] of text.matchAll(PASSWORD_IN_URL)) if (!isReference(decode(password))) return true;
  const url = readUrl(text);
  if (url === undefined) return false;
  if (isIncoming(url) || segmentsOf(url).some((segment) => isRandom(segment, SHORTEST_SEGMENT))) return true;
  return parametersOf(url).some(([name, value]) => {
    return !isReference(value) && (isRandom(value, SHORTEST_KEY) || (PARAMETER.test(name) && value.length >= 4));
  });
}

/**
 * As `holdsUrlCredential`, for a URL that is called from outside, as a webhook's is: there whoever knows a user name or an id, drawn at
 * random, is let in as well, and so is who knows a parameter that `isCalledSo`.
 */
export function opensByItself(text: string, isCalledSo: (name: string) => boolean): boolean {
  if (holdsUrlCredential(text)) return true;
  const url = readUrl(text);
  if (url === undefined) return text.includes("@");
  if (url.username !== "" || url.password !== "" || segmentsOf(url).some(isDrawn)) return true;
  return parametersOf(url).some(([name, value]) => isCalledSo(name) || PARAMETER.test(name) || isDrawn(value));
}

function isDrawn(text: string): boolean {
  return isGuid(text) || isRandom(text, SHORTEST_KEY);
}

/** A place that something else fills in: `{{vault.crm}}`, `$contact.id`. */
export function isReference(text: string): boolean {
  return REFERENCE.test(text.trim());
}

function isIncoming({ hostname, pathname }: URL): boolean {
  if (INCOMING.test(hostname)) return pathname.length > 1;
  return DISCORD.test(hostname) && pathname.includes("/webhooks/");
}

function readUrl(text: string): URL | undefined {
  const trimmed = text.trim();
  return /^[a-z][a-z0-9+.-]{0,20}:\/\//i.test(trimmed) && URL.canParse(trimmed) ? new URL(trimmed) : undefined;
}

function segmentsOf({ pathname }: URL): readonly string[] {
  return pathname.split(/[/;,:]/).map(decode);
}

/** Of the query and of the fragment; a fragment that has none is one without a name. */
function parametersOf({ searchParams, hash }: URL): readonly (readonly [string, string])[] {
  const fragment = decode(hash.slice(1));
  return [...searchParams, ...new URLSearchParams(fragment), ["", fragment]];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
