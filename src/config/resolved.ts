import type { KeyObject } from "node:crypto";
import type { Severity } from "../model/finding.ts";
import type { WrittenFamily, WrittenTenant } from "./written.ts";

/** One API family's endpoints (API notes, "Two API families"). */
export interface FamilySettings {
  /** https, or http on loopback; without a trailing slash. */
  readonly baseUrl: string;
  /** Below the base URL; starts with a slash. */
  readonly tokenPath: string;
  /** Scopes, separated by spaces. */
  readonly scope: string;
}

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Everything about one tenant, defaults filled in and references resolved. */
export interface ResolvedTenant {
  readonly name: string;
  readonly org: string;
  /** null only when they were not needed and could not be had. */
  readonly credentials: Credentials | null;
  readonly flows: FamilySettings;
  readonly workflows: FamilySettings;
  /** What `${var:NAME}` stands for in this tenant's manifests. */
  readonly variables: Readonly<Record<string, string | number | boolean>>;
  /** Of each API family. */
  readonly limits: { readonly requestsPerSecond: number; readonly burst: number; readonly concurrency: number };
  readonly retry: {
    /** Requests for one call, the first included. */
    readonly attempts: number;
    readonly baseMs: number;
    readonly capMs: number;
    /** For all waiting of one run together. */
    readonly budgetMs: number;
  };
  readonly guard: { readonly maxUpdatePercent: number; readonly maxDeletePercent: number };
  /** How long a re-read may still show the document as it was before a write. */
  readonly consistencyWindowMs: number;
}

/** About plans that are saved to a file. */
export interface ResolvedPlans {
  /** How long after it was made a saved plan may be applied. */
  readonly validForHours: number;
  /** What saved plans are sealed with; undefined for the tenant's client secret. Throws InvalidConfigError. */
  resolveKey(): Promise<string | undefined>;
}

export type RuleSeverity = Severity | "off";

/** The configuration with its paths made absolute. Tenants are resolved one at a time: only what a run uses must be set. */
export interface ResolvedConfig {
  /** Absolute; null when there is no file. */
  readonly file: string | null;
  /** The folder that relative paths in the configuration start from: the file's, or the working directory. Absolute. */
  readonly directory: string;
  /** Absolute. */
  readonly manifestsDirectory: string;
  readonly audit: ResolvedAudit;
  readonly plans: ResolvedPlans;
  /** In the order of the file. */
  readonly tenantNames: readonly string[];
  readonly rules: Readonly<Record<string, RuleSeverity>>;
  /** Resolves one of `tenantNames`; use `selectTenant`, which finds the name. Throws InvalidConfigError. */
  resolveTenant(name: string, options: TenantOptions): Promise<ResolvedTenant>;
}

export interface ResolvedAudit {
  /** Absolute. */
  readonly file: string;
  /**
   * The private Ed25519 key that heads are signed with; undefined when none is configured. Only for commands that write: whoever
   * reads need not have it. Throws InvalidConfigError when it is configured and cannot be had.
   */
  resolveSigningKey(): Promise<KeyObject | undefined>;
  /** The public Ed25519 key that heads are checked with; undefined when none is configured. Throws InvalidConfigError likewise. */
  resolveVerifyKey(): Promise<KeyObject | undefined>;
}

export interface TenantOptions {
  /** False lets `credentials` be null instead of failing where they are missing. */
  readonly needCredentials: boolean;
}

export const DEFAULT_MANIFESTS = "manifests";
export const DEFAULT_AUDIT_FILE = ".cxone-gitops/audit.jsonl";

const DEFAULT_LIMITS = { requestsPerSecond: 10, burst: 10, concurrency: 8 };
const DEFAULT_RETRY = { attempts: 4, baseMs: 1000, capMs: 16_000, budgetMs: 300_000 };
const DEFAULT_GUARD = { maxUpdatePercent: 30, maxDeletePercent: 10 };
const DEFAULT_CONSISTENCY_WINDOW_MS = 10_000;

/** The numbers of a tenant with defaults for what is not written. */
export function withDefaults(
  written: WrittenTenant,
): Pick<ResolvedTenant, "limits" | "retry" | "guard" | "consistencyWindowMs"> {
  return {
    limits: fill(DEFAULT_LIMITS, written.limits),
    retry: fill(DEFAULT_RETRY, written.retry),
    guard: fill(DEFAULT_GUARD, written.guard),
    consistencyWindowMs: written.consistencyWindowMs ?? DEFAULT_CONSISTENCY_WINDOW_MS,
  };
}

/** The endpoints of the flows family; `org` and a written base URL have been checked. */
export function resolveFlows(org: string, written: WrittenFamily = {}): FamilySettings {
  const defaults = {
    baseUrl: `https://${org}.api.nice.incontact.com`,
    tokenPath: "/oauth/token",
    scope: "flows:write flows:read",
  };
  return fill(defaults, written);
}

/** The endpoints of the workflows family; `org` and a written base URL have been checked. */
export function resolveWorkflows(org: string, written: WrittenFamily = {}): FamilySettings {
  const defaults = {
    baseUrl: `https://${org}.niceincontact.com`,
    tokenPath: "/oauth2/token",
    scope: "workflow:edit workflow:view email:template interaction:read webhook:manage",
  };
  return fill(defaults, written);
}

/** The defaults, with what is written (and not undefined) on top. */
function fill<Settings extends object>(
  defaults: Settings,
  written: { readonly [Key in keyof Settings]?: Settings[Key] | undefined } = {},
): Settings {
  const filled = { ...defaults };
  for (const key in defaults) filled[key] = written[key] ?? defaults[key];
  return filled;
}
