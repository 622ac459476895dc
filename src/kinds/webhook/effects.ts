/** What the receiver of a webhook notices. Neither callers nor recipients of mails do; whoever runs the receiver does. */
import { compareText } from "../../model/finding.ts";
import { isSameJson, type Json, objectAt, stringAt, valueAt } from "../../model/json.ts";
import type { Effects } from "../../model/plan.ts";
import type { PartChange } from "../kind.ts";

const MOST_NAMES = 5;

export function webhookEffects({ live, desired }: PartChange): Effects {
  return { impact: "cosmetic", sentences: describeChange(hearerOf(live), hearerOf(desired)) };
}

/** Whom a webhook tells what. A disabled one, as one that is not there, tells nobody anything. */
interface Hearer {
  readonly url: string;
  /** Where the receiver is; the rest of an address may be a token. */
  readonly called: string;
  readonly events: readonly string[];
  readonly headers: Json;
}

function hearerOf(part: Json | undefined): Hearer | undefined {
  if (part === undefined || valueAt(part, "enabled") !== true) return undefined;
  const url = stringAt(part, "url") ?? "";
  const events = Object.keys(objectAt(part, "events")).sort(compareText);
  return { url, called: originOf(url), events, headers: objectAt(part, "headers") };
}

function originOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null || parsed.origin === "null" ? "its receiver" : parsed.origin;
}

function describeChange(before: Hearer | undefined, after: Hearer | undefined): readonly string[] {
  if (before === undefined || after === undefined || before.called !== after.called) {
    return [...hears(before, "no longer hears of", before?.events), ...hears(after, "now hears of", after?.events)];
  }
  const { called, events, headers } = after;
  const names = [...new Set([...Object.keys(before.headers ?? {}), ...Object.keys(headers ?? {})])];
  const changed = names.filter((name) => !isSameHeader(before.headers, headers, name)).sort(compareText);
  return [
    ...hears(
      before,
      "no longer hears of",
      before.events.filter((event) => !events.includes(event)),
    ),
    ...hears(
      after,
      "now hears of",
      events.filter((event) => !before.events.includes(event)),
    ),
    ...(before.url === after.url ? [] : [`${called} is told at another address`]),
    ...(changed.length === 0 ? [] : [`${called} is told with another ${listNames(changed)} header`]),
  ];
}

function hears(hearer: Hearer | undefined, how: string, events: readonly string[] = []): readonly string[] {
  return hearer === undefined || events.length === 0 ? [] : [`${hearer.called} ${how} ${listNames(events)}`];
}

function isSameHeader(before: Json, after: Json, name: string): boolean {
  const [was, is] = [valueAt(before, name), valueAt(after, name)];
  return was === undefined || is === undefined ? was === is : isSameJson(was, is);
}

function listNames(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
