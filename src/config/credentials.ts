import type { Problem } from "../model/finding.ts";
import type { Credentials } from "./resolved.ts";
import { readValue, type ValueOptions } from "./value.ts";
import type { WrittenTenant } from "./written.ts";

/** `path` is where the tenant's credentials are written. */
export type CredentialOptions = Pick<ValueOptions, "directory" | "path" | "variables">;

export interface ReadCredentials {
  readonly credentials: Credentials | null;
  /** Empty exactly when there are credentials. */
  readonly problems: readonly Problem[];
}

/** Reads both credentials from where they are. Values from the environment and from files are remembered as secrets. */
export async function readCredentials(
  written: WrittenTenant["credentials"],
  options: CredentialOptions,
): Promise<ReadCredentials> {
  const { path } = options;
  if (written === undefined) {
    const hint = 'Add credentials: { clientId: "${env:CXONE_CLIENT_ID}", clientSecret: "${env:CXONE_CLIENT_SECRET}" }.';
    const message = "the tenant has no credentials";
    return { credentials: null, problems: [{ rule: "config/invalid", message, path: path.slice(0, -1), hint }] };
  }
  const common = { ...options, what: "credential", isSecret: true };
  const clientId = await readValue(written.clientId, { ...common, path: [...path, "clientId"] });
  const clientSecret = await readValue(written.clientSecret, { ...common, path: [...path, "clientSecret"] });
  if (typeof clientId === "string" && typeof clientSecret === "string") {
    return { credentials: { clientId, clientSecret }, problems: [] };
  }
  return { credentials: null, problems: [clientId, clientSecret].filter((one) => typeof one !== "string").flat() };
}
