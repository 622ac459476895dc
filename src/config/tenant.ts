import { GitopsError } from "../errors.ts";
import type { Problem } from "../model/finding.ts";
import type { JsonObject, JsonPath } from "../model/json.ts";
import type { Secrets } from "../model/secrets.ts";
import { type Environment, resolveVariables, type VariableValue } from "../source/variables.ts";
import { readBaseUrl } from "./base-url.ts";
import { readCredentials } from "./credentials.ts";
import { toProblems } from "./issues.ts";
import {
  type ResolvedConfig,
  type ResolvedTenant,
  resolveFlows,
  resolveWorkflows,
  type TenantOptions,
  withDefaults,
} from "./resolved.ts";
import { refuseNone, refuseSeveral, unknownTenant } from "./tenant-names.ts";
import { type WrittenFamily, type WrittenTenant, writtenTenant } from "./written.ts";

/**
 * The tenant to work on, resolved. Without a name it is the only one, or the one called `default`.
 * Throws `config/tenant` when the name is unknown or needed, `usage` when several are named, InvalidConfigError when the tenant cannot be
 * resolved.
 */
export async function selectTenant(
  config: ResolvedConfig,
  name: string | undefined,
  options: TenantOptions,
): Promise<ResolvedTenant> {
  return await config.resolveTenant(findTenantName(config.tenantNames, name), options);
}

function findTenantName(names: readonly string[], wanted: string | undefined): string {
  refuseNone(names);
  refuseSeveral(wanted, "this command");
  if (wanted !== undefined) {
    if (names.includes(wanted)) return wanted;
    throw unknownTenant(names, wanted);
  }
  const [first, ...others] = names;
  if (first !== undefined && others.length === 0) return first;
  if (names.includes("default")) return "default";
  const message = "the configuration has several tenants, and none is called default";
  throw new GitopsError("config/tenant", message, { hint: `Add --tenant with one of: ${names.join(", ")}.` });
}

export interface ResolveOptions extends TenantOptions {
  readonly name: string;
  readonly directory: string;
  readonly env: Environment;
  readonly secrets: Secrets;
  /** As in VariableOptions. */
  readonly asked: ReadonlySet<string>;
}

export interface TenantResult {
  /** There exactly when there are no problems. */
  readonly tenant?: ResolvedTenant;
  readonly problems: readonly Problem[];
}

const orgPattern = /^[A-Za-z0-9-]+$/;
const connection = writtenTenant.pick({ org: true, flows: true, workflows: true });

/** Resolves the references of one tenant and checks what came out. Looks at no other tenant's variables. */
export async function resolveTenant(written: WrittenTenant, options: ResolveOptions): Promise<TenantResult> {
  const { name, env, secrets, asked } = options;
  const base = ["tenants", name];
  const variables = resolveOwnVariables(written, base, { env, secrets, asked });
  const scope = { variables: variables.values, env, secrets, asked };

  const texts = resolveVariables(pickTexts(written), scope);
  const problems: Problem[] = [...variables.problems, ...below(base, texts.problems)];
  const parsed = connection.safeParse(texts.value);
  if (!parsed.success) problems.push(...toProblems(parsed.error.issues, connection, texts.value, base));
  else if (texts.problems.length === 0) problems.push(...checkConnection(parsed.data, base));

  const credentialsPath = [...base, "credentials"];
  const read = await readCredentials(written.credentials, {
    directory: options.directory,
    path: credentialsPath,
    variables: scope,
  });
  if (options.needCredentials) problems.push(...read.problems);
  if (problems.length > 0 || !parsed.success) return { problems };
  const { org, flows, workflows } = parsed.data;
  const tenant: ResolvedTenant = {
    name,
    org,
    credentials: read.credentials,
    flows: resolveFlows(org, normaliseFamily(flows)),
    workflows: resolveWorkflows(org, normaliseFamily(workflows)),
    variables: variables.values,
    ...withDefaults(written),
  };
  return { tenant, problems: [] };
}

/** A tenant's variables may come from the environment, but not from each other: their order would matter. */
function resolveOwnVariables(
  written: WrittenTenant,
  base: JsonPath,
  source: Pick<ResolveOptions, "env" | "secrets" | "asked">,
): { readonly values: Readonly<Record<string, VariableValue>>; readonly problems: readonly Problem[] } {
  const values: [string, VariableValue][] = [];
  const problems: Problem[] = [];
  for (const [key, value] of Object.entries(written.variables ?? {})) {
    const resolved = resolveVariables(value, { variables: {}, ...source });
    problems.push(...below([...base, "variables", key], resolved.problems));
    values.push([key, typeof value === "string" ? String(resolved.value) : value]);
  }
  return { values: Object.fromEntries(values), problems };
}

function pickTexts(written: WrittenTenant): JsonObject {
  const { org, flows, workflows } = written;
  return {
    org,
    ...(flows ? { flows: definedOf(flows) } : {}),
    ...(workflows ? { workflows: definedOf(workflows) } : {}),
  };
}

function definedOf(family: WrittenFamily): JsonObject {
  return Object.fromEntries(
    Object.entries(family).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

function checkConnection(
  fields: Pick<WrittenTenant, "org" | "flows" | "workflows">,
  base: JsonPath,
): readonly Problem[] {
  const problems: Problem[] = [];
  const note = (path: JsonPath, message: string, hint: string) => {
    problems.push({ rule: "config/invalid", message, path: [...base, ...path], hint });
  };
  if (!orgPattern.test(fields.org)) {
    note(["org"], '"org" may hold letters, digits and hyphens only', "It is the first part of the tenant's host name.");
  }
  for (const [key, family] of [
    ["flows", fields.flows],
    ["workflows", fields.workflows],
  ] as const) {
    const baseUrl = family?.baseUrl === undefined ? undefined : readBaseUrl(family.baseUrl);
    if (baseUrl && "message" in baseUrl) note([key, "baseUrl"], `the base URL ${baseUrl.message}`, baseUrl.hint);
    if (family?.tokenPath !== undefined && !/^\/[^/?#\s][^?#\s]*$/.test(family.tokenPath)) {
      note([key, "tokenPath"], "the token path is not a path", 'Write it like "/oauth/token".');
    }
  }
  return problems;
}

function normaliseFamily(family: WrittenFamily | undefined): WrittenFamily {
  if (family?.baseUrl === undefined) return family ?? {};
  const baseUrl = readBaseUrl(family.baseUrl);
  return { ...family, ...("url" in baseUrl ? { baseUrl: baseUrl.url } : {}) };
}

function below(base: JsonPath, problems: readonly Problem[]): readonly Problem[] {
  return problems.map((problem) => ({ ...problem, path: [...base, ...problem.path] }));
}
