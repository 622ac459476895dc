import { resolve } from "node:path";
import { messageOf, systemCodeOf } from "../errors.ts";
import type { Problem } from "../model/finding.ts";
import type { JsonPath } from "../model/json.ts";
import { readTextFile } from "../source/folder.ts";
import { DEFAULT_LIMITS } from "../source/limits.ts";
import { isEnvReference, resolveVariables, type VariableOptions } from "../source/variables.ts";
import type { Credentials } from "./resolved.ts";
import type { WrittenCredential, WrittenTenant } from "./written.ts";

/** No credential is longer; a larger file is a wrong path. */
const LONGEST_CREDENTIAL_BYTES = 64 * 1024;

export interface CredentialOptions {
  /** Where relative file references start. */
  readonly directory: string;
  /** Where the tenant's credentials are written. */
  readonly path: JsonPath;
  readonly variables: VariableOptions;
}

export interface ReadCredentials {
  readonly credentials: Credentials | null;
  /** Empty exactly when there are credentials. */
  readonly problems: readonly Problem[];
}

/** A secret in the configuration would be a secret in git: only references to the environment or to a file are accepted. */
export function findLiteralSecret(written: WrittenTenant, path: JsonPath): Problem | undefined {
  const secret = written.credentials?.clientSecret;
  if (typeof secret !== "string" || isEnvReference(secret)) return undefined;
  return {
    rule: "config/literal-secret",
    message: "a client secret must not stand in the configuration",
    path: [...path, "clientSecret"],
    hint: 'Write "${env:NAME}" or { file: PATH }, and replace the secret that was written here: it is known now.',
  };
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
  const clientId = await readCredential(written.clientId, { ...options, path: [...path, "clientId"] });
  const clientSecret = await readCredential(written.clientSecret, { ...options, path: [...path, "clientSecret"] });
  if (typeof clientId === "string" && typeof clientSecret === "string") {
    return { credentials: { clientId, clientSecret }, problems: [] };
  }
  return { credentials: null, problems: [clientId, clientSecret].filter((one) => typeof one !== "string").flat() };
}

async function readCredential(
  written: WrittenCredential,
  options: CredentialOptions,
): Promise<string | readonly Problem[]> {
  if (typeof written === "string") return resolveCredential(written, options);
  const inFile = { ...options, path: [...options.path, "file"] };
  const file = resolveCredential(written.file, inFile);
  return typeof file === "string" ? await readCredentialFile(file, inFile) : file;
}

function resolveCredential(written: string, options: CredentialOptions): string | readonly Problem[] {
  const { value, problems } = resolveVariables(written, options.variables);
  if (problems.length === 0) return String(value);
  return problems.map((problem) => ({ ...problem, path: options.path }));
}

async function readCredentialFile(file: string, options: CredentialOptions): Promise<string | readonly Problem[]> {
  const fail = (message: string, hint: string): readonly Problem[] => {
    return [{ rule: "config/invalid", message, path: options.path, hint }];
  };
  try {
    const limits = { ...DEFAULT_LIMITS, fileBytes: LONGEST_CREDENTIAL_BYTES };
    const read = await readTextFile(resolve(options.directory, file), file, limits);
    if ("rule" in read) return fail(`the credential file "${file}" cannot be used: ${read.message}`, "Check the path.");
    const value = read.text.trim();
    if (value === "") return fail(`the credential file "${file}" is empty`, "Write the credential into it.");
    options.variables.secrets.add(value);
    return value;
  } catch (thrown) {
    const why = systemCodeOf(thrown) ?? messageOf(thrown);
    const hint = "The path is relative to the configuration file; the file must be readable.";
    return fail(`the credential file "${file}" cannot be read (${why})`, hint);
  }
}
