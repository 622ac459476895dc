import { createHmac } from "node:crypto";
import { DocumentCache, type IsHidden } from "../cache/document-cache.ts";
import type { ResolvedTenant } from "../config/resolved.ts";
import type { KnownDocuments } from "../cxone/lists/known.ts";
import { messageOf } from "../errors.ts";
import { sha256 } from "../model/digest.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import type { Keeping } from "../model/keeping.ts";
import { refKey } from "../model/live.ts";
import type { Secrets } from "../model/secrets.ts";
import { readVersion } from "./package-files.ts";
import type { Workspace } from "./workspace.ts";

/** What earlier runs have read of a tenant. */
export interface OpenedCache {
  readonly known: KnownDocuments;
  /** True for a document in which an earlier run has looked for credentials, and found none. */
  isClean(document: JsonObject): boolean;
  /** What this run reads is written by `save` only where it went through one of these. */
  beginKeeping(): Keeping;
  /** To be called when the run is over and nothing more is learnt. Never throws. */
  save(): Promise<void>;
}

/** Opens the cache of a tenant, without touching the disk yet; undefined where there is to be none. */
export function openCache(
  { io, config, options, clock, log }: Workspace,
  tenant: ResolvedTenant,
): OpenedCache | undefined {
  const { cache: place, directory: base } = config;
  if (place === null || options.cache === false || tenant.credentials === null) return undefined;
  const cache = new DocumentCache({
    place: { folder: place.directory, base, file: `${identify(tenant)}.jsonl` },
    key: createHmac("sha256", tenant.credentials.clientSecret).update("cxone-gitops cache").digest("hex"),
    version: readVersion(),
    mostBytes: place.mostBytes,
    now: () => clock.now(),
    onTrouble: (thrown) => log.debug({ why: messageOf(thrown) }, "the cache is not used"),
  });
  return {
    known: cache,
    isClean: (document) => cache.hasOpened(document),
    beginKeeping: () => cache.beginKeeping(),
    save: () => cache.save(hiddenBy(io.secrets)),
  };
}

/** Tells tenants apart, and what different clients may see of one; says nothing of either. */
function identify({ flows, workflows, credentials }: ResolvedTenant): string {
  return sha256(JSON.stringify([flows, workflows, credentials?.clientId])).slice(0, 32);
}

/** What no output may show is not kept either. */
function hiddenBy(secrets: Secrets): IsHidden {
  return (ref, text) => {
    if (secrets.mask(text) !== text || secrets.maskSuspects(text) !== text) return true;
    // A text within a text is escaped twice here, and once in what an output would show of it.
    if (!secrets.hasWholeValues && !text.includes("\\\\")) return false;
    const within = secrets.within(refKey(ref));
    return holdsHidden(parse(text.slice(text.indexOf("\n") + 1)), "", within);
  };
}

/** What was kept and is damaged holds nothing, and is found out when it is asked for. */
function parse(text: string): Json {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return null;
  }
}

/** Value by value: a short secret counts only where it is a whole one. */
function holdsHidden(value: Json, key: string, secrets: Secrets): boolean {
  if (typeof value === "string") return isHiddenText(value, secrets);
  if (typeof value === "number") return secrets.isSecretNumber(value, key);
  if (isJsonArray(value)) return value.some((item) => holdsHidden(item, key, secrets));
  if (!isJsonObject(value)) return false;
  return Object.entries(value).some(([name, item]) => isHiddenText(name, secrets) || holdsHidden(item, name, secrets));
}

function isHiddenText(text: string, secrets: Secrets): boolean {
  return secrets.isIn(text) || secrets.maskSuspects(text) !== text;
}
