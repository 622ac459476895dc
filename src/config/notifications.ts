import { didYouMean } from "../model/closest.ts";
import type { Problem } from "../model/finding.ts";
import type { JsonPath } from "../model/json.ts";
import { NOTIFICATION_TYPES, type Receiver } from "../model/notification.ts";
import type { Secrets } from "../model/secrets.ts";
import { readBaseUrl } from "./base-url.ts";
import type { ResolvedNotifications } from "./resolved.ts";
import { findLiteralSecret, readValue, type ValueOptions } from "./value.ts";
import type { WrittenConfig, WrittenNotification, WrittenValue } from "./written.ts";

/** Receivers belong to no tenant, so only the environment can be referred to. */
type Options = Pick<ValueOptions, "directory" | "variables">;

/** What is wrong with how receivers are written. Secrets that are written out are remembered: our own output need not spread them. */
export function findNotificationProblems(config: WrittenConfig, secrets: Secrets): readonly Problem[] {
  const tenants = Object.keys(config.tenants ?? {});
  return (config.notifications ?? []).flatMap((written, index) => {
    const path = ["notifications", index];
    return [
      ...findSecretProblems(written, path, secrets),
      ...findUrlProblems(written, path, secrets),
      ...findTenantProblems(written, path, tenants),
    ];
  });
}

function findSecretProblems(written: WrittenNotification, path: JsonPath, secrets: Secrets): readonly Problem[] {
  const { secret, format } = written;
  if (secret === undefined && format !== "slack") {
    const message = "the notification has no secret to be signed with";
    const hint = 'Add secret: "${env:NAME}", or format: slack where nobody checks signatures.';
    return [{ rule: "config/invalid", message, path, hint }];
  }
  const literal = findLiteralSecret(secret, { path: [...path, "secret"], what: "notification secret" });
  if (literal === undefined) return [];
  if (typeof secret === "string") secrets.add(secret);
  return [literal];
}

/** Whoever knows a Slack URL can write to its channel, so it is a secret itself. Other URLs are checked here where they can be. */
function findUrlProblems({ url, format }: WrittenNotification, path: JsonPath, secrets: Secrets): readonly Problem[] {
  if (typeof url !== "string" || url.includes("${")) return [];
  if (format !== "slack") return describeUrl(url, [...path, "url"]);
  secrets.add(url);
  const message = "the URL of a Slack webhook is a secret, and must not stand in the configuration";
  const hint = 'Write "${env:NAME}" or { file: PATH }, and make a new URL: this one is known now.';
  return [{ rule: "config/literal-secret", message, path: [...path, "url"], hint }];
}

function findTenantProblems({ tenants }: WrittenNotification, path: JsonPath, known: readonly string[]) {
  if (known.length === 0) return [];
  return (tenants ?? []).flatMap((name, index): Problem[] => {
    if (known.includes(name)) return [];
    const hint = didYouMean(name, known) ?? `The configuration has: ${known.join(", ")}.`;
    const message = `there is no tenant "${name}"`;
    return [{ rule: "config/invalid", message, path: [...path, "tenants", index], hint }];
  });
}

/** Says no more of the URL than what is wrong with it. */
function describeUrl(url: string, path: JsonPath): readonly Problem[] {
  // A query is part of many a receiver's address; all else is as for other addresses.
  const read = readBaseUrl(url.split("?")[0] ?? "");
  if ("url" in read) return [];
  return [{ rule: "config/invalid", message: `the notification's URL ${read.message}`, path, hint: read.hint }];
}

/** Who is told; what they refer to is looked up only when a run may have something to tell. `fail` makes the error to throw. */
export function resolveNotifications(
  written: WrittenConfig["notifications"] = [],
  options: Options,
  fail: (problems: readonly Problem[]) => Error,
): ResolvedNotifications {
  const of = (tenant: string) =>
    [...written.entries()].filter(([, { tenants }]) => tenants === undefined || tenants.includes(tenant));
  return {
    isAnyFor: (tenant) => of(tenant).length > 0,
    async resolveReceivers(tenant) {
      const read = await Promise.all(of(tenant).map(([index, one]) => readReceiver(one, index, options)));
      const problems = read.flatMap((one) => ("problems" in one ? one.problems : []));
      if (problems.length > 0) throw fail(problems);
      return read.flatMap((one) => ("problems" in one ? [] : [one]));
    },
  };
}

async function readReceiver(
  { url, secret, format = "standard", events = [...NOTIFICATION_TYPES] }: WrittenNotification,
  index: number,
  options: Options,
): Promise<Receiver | { readonly problems: readonly Problem[] }> {
  const path = ["notifications", index];
  const common = { ...options, isSecret: true };
  const address = await readValue(url, { ...common, what: "notification URL", path: [...path, "url"] });
  const key = await readKey(secret, { ...common, what: "notification secret", path: [...path, "secret"] });
  const problems = typeof address === "string" ? describeUrl(address, [...path, "url"]) : address;
  if (typeof address !== "string" || problems.length > 0 || typeof key === "object") {
    return { problems: [...problems, ...(typeof key === "object" ? key : [])] };
  }
  return { url: address, host: new URL(address).host, secret: key, format, types: events };
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** Standard Webhooks asks for 24 bytes and more. */
const SHORTEST_KEY_BYTES = 24;

async function readKey(
  written: WrittenValue | undefined,
  options: ValueOptions,
): Promise<string | undefined | readonly Problem[]> {
  if (written === undefined) return undefined;
  const secret = await readValue(written, options);
  if (typeof secret !== "string") return secret;
  const key = secret.replace(/^whsec_/, "");
  options.variables.secrets.add(key);
  if (BASE64.test(key) && Buffer.from(key, "base64").length >= SHORTEST_KEY_BYTES) return secret;
  const message = "the notification secret is not the base64 of 24 bytes or more";
  const hint = "Make one: openssl rand -base64 32. It may begin with whsec_.";
  return [{ rule: "config/invalid", message, path: options.path, hint }];
}
