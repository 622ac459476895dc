import { GitopsError } from "../errors.ts";
import type { Environment } from "../source/variables.ts";
import type { WrittenTenant } from "./written.ts";

/** What describes a tenant where no file does. */
export const TENANT_VARIABLES: readonly string[] = ["CXONE_ORG", "CXONE_CLIENT_ID", "CXONE_CLIENT_SECRET"];

/**
 * The tenant that the environment describes, written as the configuration would write it; none when CXONE_ORG is not set.
 * Throws `config/missing` when credentials are needed and one of the three is not set. The organisation is no credential, so
 * here, unlike behind `${env:…}`, it does not become a secret.
 */
export function describeEnvironmentTenant(options: {
  readonly env: Environment;
  readonly needCredentials: boolean;
}): Readonly<Record<string, WrittenTenant>> {
  const { env, needCredentials } = options;
  const missing = TENANT_VARIABLES.filter((name) => !env[name]);
  if (needCredentials && missing.length > 0) {
    const hint = `Write cxone-gitops.yaml (README.md has a first one), or set ${missing.join(", ")}.`;
    throw new GitopsError(
      "config/missing",
      "no configuration file describes a tenant, and neither does the environment",
      { hint },
    );
  }
  const org = env["CXONE_ORG"];
  if (!org) return {};
  return {
    default: {
      // The value is the organisation itself, whatever characters it holds; it is not searched for references.
      org: org.replaceAll("${", () => "$${"),
      credentials: { clientId: "${env:CXONE_CLIENT_ID}", clientSecret: "${env:CXONE_CLIENT_SECRET}" },
    },
  };
}
