/** A world of two tenants, each behind an emulator of its own, with one folder of manifests and one trail. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/emulator/server.ts";
import { type Ran, runCommand } from "./command.ts";
import { makeFolder, writeFiles } from "./temp-folder.ts";

export const TENANTS_ENV = {
  CXONE_CLIENT_ID: "client-dev",
  CXONE_CLIENT_SECRET: "planted-secret-of-dev",
  PROD_CLIENT_ID: "client-prod",
  PROD_CLIENT_SECRET: "planted-secret-of-prod",
};

export interface TwoTenants {
  readonly folder: string;
  readonly dev: Emulator;
  readonly prod: Emulator;
  write(files: Readonly<Record<string, string>>): void;
  remove(name: string): void;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran>;
}

/** The variables `stage` and `skill` have another value on each. `manifests` are by their file names. */
export async function openTwoTenants(
  t: TestContext,
  manifests: Readonly<Record<string, string>>,
  options: EmulatorOptions = {},
): Promise<TwoTenants> {
  const [dev, prod] = await Promise.all([startEmulator(options), startEmulator(options)]);
  t.after(() => Promise.all([dev.close(), prod.close()]));
  const folder = makeFolder(t, { "cxone-gitops.yaml": describeTenants(dev.url, prod.url), ...inManifests(manifests) });
  return {
    folder,
    dev,
    prod,
    write: (files) => writeFiles(folder, inManifests(files)),
    remove: (name) => rmSync(join(folder, "manifests", name)),
    run: (args, env = {}) => runCommand(args, { cwd: folder, env: { ...TENANTS_ENV, ...env } }),
  };
}

function describeTenants(dev: string, prod: string): string {
  const describe = (name: string, prefix: string, url: string) => `  ${name}:
    org: acme-${name}
    credentials: { clientId: "\${env:${prefix}_CLIENT_ID}", clientSecret: "\${env:${prefix}_CLIENT_SECRET}" }
    flows: { baseUrl: "${url}" }
    workflows: { baseUrl: "${url}" }
    variables: { stage: ${name}, skill: Billing ${name} }
    retry: { baseMs: 1, capMs: 5 }
    consistencyWindowMs: 0
    limits: { requestsPerSecond: 1000, burst: 1000, concurrency: 8 }
`;
  return `tenants:\n${describe("dev", "CXONE", dev)}${describe("prod", "PROD", prod)}`;
}

function inManifests(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [join("manifests", name), text]));
}
