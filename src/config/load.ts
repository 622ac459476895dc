import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { GitopsError, systemCodeOf } from "../errors.ts";
import { didYouMean } from "../model/closest.ts";
import { type Finding, locate, type Problem } from "../model/finding.ts";
import type { SourceDocument } from "../model/manifest.ts";
import { isConfigurable, RULES } from "../model/rules.ts";
import type { Secrets } from "../model/secrets.ts";
import { displayPath, readTextFile } from "../source/folder.ts";
import { type Environment, environmentNames, resolveVariables, type VariableOptions } from "../source/variables.ts";
import { parseYaml } from "../source/yaml.ts";
import { resolveAudit } from "./audit.ts";
import { findAuditPlaceProblems, resolveAuditGit } from "./audit-git.ts";
import { findKeyProblems } from "./audit-keys.ts";
import { resolveCache } from "./cache.ts";
import { describeEnvironmentTenant, TENANT_VARIABLES } from "./environment.ts";
import { InvalidConfigError } from "./error.ts";
import { toProblems } from "./issues.ts";
import { findNotificationProblems, resolveNotifications } from "./notifications.ts";
import { findPlanKeyProblems, resolvePlans } from "./plans.ts";
import {
  DEFAULT_AUDIT_FILE,
  DEFAULT_MANIFESTS,
  type ResolvedConfig,
  type RuleSeverity,
  resolveReconcile,
} from "./resolved.ts";
import { findSourceProblems, resolveSource } from "./source.ts";
import { resolveTenant } from "./tenant.ts";
import { ALL_TENANTS } from "./tenant-names.ts";
import { findLiteralSecret } from "./value.ts";
import { type WrittenConfig, writtenConfig } from "./written.ts";

const FILE_NAMES = ["cxone-gitops.yaml", "cxone-gitops.yml"];
/** What a tenant may be called. */
export const TENANT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

export interface LoadOptions {
  /** From --config; without it the default names are looked for in the working directory, and only there. */
  readonly file?: string | undefined;
  readonly cwd: string;
  readonly env: Environment;
  /** True fails at once, with `config/missing`, when nothing describes a tenant. */
  readonly needCredentials: boolean;
  readonly secrets: Secrets;
}

/**
 * Reads the configuration. The shape of all of it is checked, and every problem is in the InvalidConfigError that is thrown;
 * tenants' references are left for `selectTenant`. Where no file describes a tenant, CXONE_ORG, CXONE_CLIENT_ID and
 * CXONE_CLIENT_SECRET describe one called `default`.
 */
export async function loadConfig(options: LoadOptions): Promise<ResolvedConfig> {
  const file = await findFile(options);
  const read = file === null ? { written: {}, source: null } : await readWritten(file, options);
  const directory = file === null ? options.cwd : dirname(file);
  const fail = (problems: readonly Problem[]) =>
    new InvalidConfigError(problems.map((problem) => locateIn(read.source, problem)));

  const hasTenants = Object.keys(read.written.tenants ?? {}).length > 0;
  const tenants = hasTenants ? (read.written.tenants ?? {}) : describeEnvironmentTenant(options);
  const asked = new Set([...environmentNames([read.source?.value ?? null]), ...(hasTenants ? [] : TENANT_VARIABLES)]);
  const paths = resolvePaths(read.written, { ...options, asked });
  if (paths.problems.length > 0) throw fail(paths.problems);

  const { env, secrets } = options;
  const keys = { directory, variables: { variables: {}, env, secrets, asked } };
  const { git, problems } = resolveAuditGit(read.written.audit, keys);
  if (problems.length > 0) throw fail(problems);
  const auditPlace = { git, file: git?.file ?? resolve(directory, paths.auditFile) };
  return {
    file,
    directory,
    manifests: paths.manifests,
    manifestsDirectory: resolve(directory, paths.manifests),
    source: resolveSource(read.written.source, keys, fail),
    audit: resolveAudit(read.written.audit, auditPlace, keys, fail),
    cache: resolveCache(read.written.cache, keys, fail),
    plans: resolvePlans(read.written.plans, keys, fail),
    notifications: resolveNotifications(read.written.notifications, keys, fail),
    reconcile: resolveReconcile(read.written.reconcile),
    tenantNames: Object.keys(tenants),
    rules: normaliseRules(read.written.rules),
    async resolveTenant(name, { needCredentials }) {
      const written = Object.hasOwn(tenants, name) ? tenants[name] : undefined;
      if (written === undefined) throw new GitopsError("config/tenant", `there is no tenant "${name}"`);
      const source = { env, secrets, asked };
      const { tenant, problems } = await resolveTenant(written, { name, directory, ...source, needCredentials });
      if (tenant === undefined) throw fail(problems);
      return tenant;
    },
  };
}

async function findFile(options: LoadOptions): Promise<string | null> {
  if (options.file !== undefined) return resolve(options.cwd, options.file);
  for (const name of FILE_NAMES) {
    const path = resolve(options.cwd, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile()) return path;
  }
  return null;
}

interface ReadConfig {
  readonly written: WrittenConfig;
  /** null for an empty file. */
  readonly source: SourceDocument | null;
}

async function readWritten(path: string, options: LoadOptions): Promise<ReadConfig> {
  const file = displayPath(options.cwd, path);
  const read = await readTextFile(path, file).catch((thrown: unknown) => {
    throw describeUnreadable(thrown, file);
  });
  if ("rule" in read) throw new InvalidConfigError([read]);
  const { documents, problems } = parseYaml(read.text, { file });
  if (problems.length > 0) throw new InvalidConfigError(problems.map((problem) => ({ ...problem, severity: "error" })));
  const [source, second] = documents;
  if (source === undefined) return { written: {}, source: null };
  if (second !== undefined) {
    const message = "the configuration has a second document";
    const hint = 'Remove the "---" between them.';
    throw new InvalidConfigError([locate({ rule: "config/invalid", message, path: [], hint }, second)]);
  }
  return { written: checkShape(source, options.secrets), source };
}

function checkShape(source: SourceDocument, secrets: Secrets): WrittenConfig {
  const parsed = writtenConfig.safeParse(source.value);
  if (!parsed.success) {
    const problems = toProblems(parsed.error.issues, writtenConfig, source.value);
    throw new InvalidConfigError(problems.map((problem) => locate(problem, source)));
  }
  const problems = [
    ...findSourceProblems(parsed.data.source),
    ...findKeyProblems(parsed.data.audit, secrets),
    ...findAuditPlaceProblems(parsed.data.audit, secrets),
    ...findPlanKeyProblems(parsed.data.plans, secrets),
    ...findNotificationProblems(parsed.data, secrets),
    ...findTenantProblems(parsed.data, secrets),
    ...findRuleProblems(parsed.data),
  ];
  if (problems.length > 0) throw new InvalidConfigError(problems.map((problem) => locate(problem, source)));
  return parsed.data;
}

/** A severity for a rule that does not exist, or whose severity is fixed, would silently do nothing. */
function findRuleProblems(written: WrittenConfig): readonly Problem[] {
  const configurable = RULES.filter(isConfigurable);
  return Object.keys(written.rules ?? {}).flatMap((name): Problem[] => {
    if (configurable.some((rule) => rule === name)) return [];
    const isFixed = RULES.some((rule) => rule === name);
    const message = isFixed ? `the severity of the rule "${name}" is fixed` : `there is no rule "${name}"`;
    const hint = isFixed
      ? "Remove the line: without this rule a manifest could vanish unnoticed."
      : (didYouMean(name, configurable) ?? "docs/rules.md lists them.");
    return [{ rule: "config/invalid", message, path: ["rules", name], at: "key", hint }];
  });
}

function findTenantProblems(written: WrittenConfig, secrets: Secrets): readonly Problem[] {
  const problems: Problem[] = [];
  for (const [name, tenant] of Object.entries(written.tenants ?? {})) {
    if (!TENANT_NAME.test(name)) {
      const message = `"${name}" cannot be the name of a tenant`;
      const hint = "Use letters, digits, dots, hyphens and underscores, a letter or digit first.";
      problems.push({ rule: "config/invalid", message, path: ["tenants", name], at: "key", hint });
    }
    if (name === ALL_TENANTS) {
      const message = `"${ALL_TENANTS}" cannot be the name of a tenant`;
      const hint = `\`--tenant ${ALL_TENANTS}\` means every tenant of the configuration.`;
      problems.push({ rule: "config/invalid", message, path: ["tenants", name], at: "key", hint });
    }
    const secret = tenant.credentials?.clientSecret;
    const path = ["tenants", name, "credentials", "clientSecret"];
    const literal = findLiteralSecret(secret, { path, what: "client secret" });
    if (literal === undefined) continue;
    problems.push(literal);
    // It is out already, but our own output need not spread it.
    if (typeof secret === "string") secrets.add(secret);
  }
  return problems;
}

/** Paths belong to no tenant, so only the environment can be referred to. */
function resolvePaths(written: WrittenConfig, source: Omit<VariableOptions, "variables" | "keepEnvAt">) {
  const scope = { ...source, variables: {} };
  const manifests = resolveVariables(written.manifests ?? DEFAULT_MANIFESTS, scope);
  const auditFile = resolveVariables(written.audit?.file ?? DEFAULT_AUDIT_FILE, scope);
  const problems: readonly Problem[] = [
    ...manifests.problems.map((problem) => ({ ...problem, path: ["manifests"] })),
    ...auditFile.problems.map((problem) => ({ ...problem, path: ["audit", "file"] })),
  ];
  return { manifests: String(manifests.value), auditFile: String(auditFile.value), problems };
}

function normaliseRules(rules: WrittenConfig["rules"] = {}): Readonly<Record<string, RuleSeverity>> {
  return Object.fromEntries(Object.entries(rules).map(([rule, level]) => [rule, level === "warn" ? "warning" : level]));
}

function locateIn(source: SourceDocument | null, problem: Problem): Finding {
  if (source !== null) return locate(problem, source);
  const { rule, message, hint = null } = problem;
  return { rule, severity: "error", message, file: "(environment)", line: 1, column: 1, hint };
}

function describeUnreadable(thrown: unknown, file: string): GitopsError {
  if (systemCodeOf(thrown) === "ENOENT") {
    const hint = "Check --config, or write a first one as README.md shows.";
    return new GitopsError("config/missing", `the configuration file "${file}" does not exist`, {
      hint,
      place: { file },
    });
  }
  const message = `the configuration file "${file}" cannot be read (${systemCodeOf(thrown) ?? "unknown error"})`;
  return new GitopsError("config/invalid", message, { hint: "Check its permissions.", place: { file } });
}
