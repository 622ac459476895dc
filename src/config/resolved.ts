import type { KeyObject } from "node:crypto";
import type { Severity } from "../model/finding.ts";
import type { Receiver } from "../model/notification.ts";
import { DEFAULT_RECONCILE_POLICY, type FlipFlopLimits, type ReconcilePolicy } from "../model/policy.ts";
import type { ResolvedCache } from "./cache.ts";
import type { ResolvedSource } from "./source.ts";
import type { WrittenConfig, WrittenFamily, WrittenTenant } from "./written.ts";

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
  /** What `reconcile` may do here; null for what it may do everywhere. */
  readonly reconcilePolicy: ReconcilePolicy | null;
  /** How long a re-read may still show the document as it was before a write. */
  readonly consistencyWindowMs: number;
}

/** About scheduled runs. */
export interface ResolvedReconcile {
  /** For tenants that have none of their own. */
  readonly policy: ReconcilePolicy;
  readonly flipFlop: FlipFlopLimits;
}

/** About plans that are saved to a file. */
export interface ResolvedPlans {
  /** How long after it was made a saved plan may be applied. */
  readonly validForHours: number;
  /** What saved plans are sealed with; undefined for the tenant's client secret. Throws InvalidConfigError. */
  resolveKey(): Promise<string | undefined>;
}

/** About notifications. */
export interface ResolvedNotifications {
  /** Whether there is anybody to tell of this tenant. */
  isAnyFor(tenant: string): boolean;
  /** Those who want to be told of this tenant. Throws InvalidConfigError. */
  resolveReceivers(tenant: string): Promise<readonly Receiver[]>;
}

export type RuleSeverity = Severity | "off";

/** The configuration with its paths made absolute. Tenants are resolved one at a time: only what a run uses must be set. */
export interface ResolvedConfig {
  /** Absolute; null when there is no file. */
  readonly file: string | null;
  /** The folder that relative paths in the configuration start from: the file's, or the working directory. Absolute. */
  readonly directory: string;
  /** As it is written: in a repository that is followed, the folder in there. */
  readonly manifests: string;
  /** Absolute. */
  readonly manifestsDirectory: string;
  readonly source: ResolvedSource;
  readonly audit: ResolvedAudit;
  /** null when nothing is kept from run to run. */
  readonly cache: ResolvedCache | null;
  readonly plans: ResolvedPlans;
  readonly notifications: ResolvedNotifications;
  readonly reconcile: ResolvedReconcile;
  /** In the order of the file. */
  readonly tenantNames: readonly string[];
  readonly rules: Readonly<Record<string, RuleSeverity>>;
  /** Resolves one of `tenantNames`; use `selectTenant`, which finds the name. Throws InvalidConfigError. */
  resolveTenant(name: string, options: TenantOptions): Promise<ResolvedTenant>;
}

export interface ResolvedAudit {
  /** Absolute. Where the trail is on a branch, the copy of it here, which is read after it was brought up to date. */
  readonly file: string;
  /** null when the trail is in that file and nowhere else. */
  readonly git: ResolvedAuditGit | null;
  /**
   * The private Ed25519 key that heads are signed with; undefined when none is configured. Only for commands that write: whoever
   * reads need not have it. Throws InvalidConfigError when it is configured and cannot be had.
   */
  resolveSigningKey(): Promise<KeyObject | undefined>;
  /** The public Ed25519 key that heads are checked with; undefined when none is configured. Throws InvalidConfigError likewise. */
  resolveVerifyKey(): Promise<KeyObject | undefined>;
}

/** A trail that is on a branch of a git repository. */
export interface ResolvedAuditGit {
  readonly branch: string;
  /** The name of a remote, or a URL or an absolute path. It may hold a login, which came from the environment. */
  readonly remote: string;
  /** The trail's folder on the branch, with forward slashes; empty for its top. */
  readonly folder: string;
  /** Tells this branch of this remote from others. */
  readonly refName: string;
  /** Absolute: a repository of our own, for a configuration that is in none. */
  readonly ownRepository: string;
  /** Absolute: the copy of the trail. */
  readonly file: string;
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
const DEFAULT_FLIP_FLOP: FlipFlopLimits = { repairs: 3, withinMinutes: 60 };
const DEFAULT_CONSISTENCY_WINDOW_MS = 10_000;

/** The numbers of a tenant with defaults for what is not written. */
export function withDefaults(
  written: WrittenTenant,
): Pick<ResolvedTenant, "limits" | "retry" | "guard" | "reconcilePolicy" | "consistencyWindowMs"> {
  return {
    limits: fill(DEFAULT_LIMITS, written.limits),
    retry: fill(DEFAULT_RETRY, written.retry),
    guard: fill(DEFAULT_GUARD, written.guard),
    reconcilePolicy: written.reconcile?.policy ?? null,
    consistencyWindowMs: written.consistencyWindowMs ?? DEFAULT_CONSISTENCY_WINDOW_MS,
  };
}

export function resolveReconcile(written: WrittenConfig["reconcile"]): ResolvedReconcile {
  return {
    policy: written?.policy ?? DEFAULT_RECONCILE_POLICY,
    flipFlop: fill(DEFAULT_FLIP_FLOP, written?.flipFlop),
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
