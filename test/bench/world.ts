import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Conditions } from "./floor.ts";
import { type Measured, measure } from "./measure.ts";
import type { Product } from "./product.ts";

/** Long enough that no text of a world is one of them by chance: what is secret is masked wherever it stands. */
export const ENVIRONMENT = { CXONE_CLIENT_ID: "bench-client-4f1d", CXONE_CLIENT_SECRET: "bench-secret-9c27" };
const PER_FOLDER = 500;

/** A folder of manifests with a configuration, and the shipped command that works on it. */
export interface World {
  readonly folder: string;
  run(...words: readonly string[]): Promise<Measured>;
}

export interface WorldOptions {
  readonly product: Product;
  readonly folder: string;
  /** One manifest a file, by the name of the file without its ending. */
  readonly manifests: ReadonlyMap<string, string>;
  /** Where the tenant is, and what the client is told of it; without it there is no tenant, as for `validate`. */
  readonly tenant?: { readonly url: string; readonly conditions: Conditions };
}

export function makeWorld({ product, folder, manifests, tenant }: WorldOptions): World {
  mkdirSync(folder, { recursive: true });
  const url = tenant?.url ?? "http://127.0.0.1:9";
  writeFileSync(join(folder, "cxone-gitops.yaml"), configuration(url, tenant?.conditions));
  writeManifests(folder, manifests);
  return { folder, run: (...words) => measure([product.start, ...words], { cwd: folder, env: ENVIRONMENT }) };
}

/** Writes manifests beside those that are there, in folders of some hundred as people keep them. */
export function writeManifests(folder: string, manifests: ReadonlyMap<string, string>): void {
  for (const [index, [name, text]] of [...manifests].entries()) {
    const place = join(folder, "manifests", `part-${Math.floor(index / PER_FOLDER)}`);
    if (index % PER_FOLDER === 0) mkdirSync(place, { recursive: true });
    writeFileSync(join(place, `${name}.yaml`), text);
  }
}

/** A client without a limit of its own has one that no tenant here reaches. */
function configuration(url: string, conditions: Conditions | undefined): string {
  const { concurrency = 32, rateLimit = 10_000 } = conditions ?? {};
  return `tenants:
  dev:
    org: acme-dev
    credentials: { clientId: "\${env:CXONE_CLIENT_ID}", clientSecret: "\${env:CXONE_CLIENT_SECRET}" }
    flows: { baseUrl: "${url}" }
    workflows: { baseUrl: "${url}" }
    limits: { requestsPerSecond: ${rateLimit}, burst: ${rateLimit}, concurrency: ${concurrency} }
`;
}

/** Numbers from `from` up to `to`, without it. */
export function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** Manifests by the names of their files, one for each number. */
export function byName(
  prefix: string,
  numbers: readonly number[],
  write: (index: number) => string,
): ReadonlyMap<string, string> {
  return new Map(numbers.map((index) => [`${prefix}-${index}`, write(index)]));
}

/** The plan of `--output json`, as far as it is looked at here. */
export interface PlanOutput {
  readonly fingerprint: string;
  readonly summary: Readonly<Record<string, number>>;
}

/** Throws when a run ended otherwise, or its plan is not what the world asks for: a figure of something that went wrong says nothing. */
export function readPlan(ran: Measured, expected: Readonly<Record<string, number>>): PlanOutput {
  if (ran.code !== 0)
    throw new Error(`plan exited ${ran.code}: ${ran.stderr.slice(-1000)} ${ran.stdout.slice(0, 1000)}`);
  const plan: PlanOutput = JSON.parse(ran.stdout);
  for (const [action, count] of Object.entries(expected)) {
    if (plan.summary[action] === count) continue;
    throw new Error(`the plan should say ${action}: ${count}, and says ${JSON.stringify(plan.summary)}`);
  }
  return plan;
}
