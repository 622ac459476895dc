/** What a run asked of its tenants: in the JSON that it prints, and in one line for people. */
import type { CacheReport, RequestReport } from "../cxone/events.ts";
import type { Secrets } from "../model/secrets.ts";
import { plural } from "../render/findings.ts";
import type { CommonOptions } from "./options.ts";
import type { Io } from "./outside/io.ts";

/** The document with what its tenant was asked, under `requests`; as it is where no tenant was turned to. */
export function withRequests(io: Io, document: object): object {
  const [report] = io.requests.values();
  return report === undefined ? document : { ...document, requests: maskReport(report(), io.secrets) };
}

/** The same for what ended a run, which may have been before anything was sent. */
export function withRequestsSent(io: Io, failure: object): object {
  const [report] = io.requests.values();
  return report === undefined || report().total === 0 ? failure : withRequests(io, failure);
}

/** The same for a document that is about several tenants: by the name of each. */
export function requestsByTenant(io: Io): Readonly<Record<string, RequestReport>> {
  return Object.fromEntries([...io.requests].map(([tenant, report]) => [tenant, maskReport(report(), io.secrets)]));
}

/** JSON's texts are masked when it is printed, its keys are not; the path of a token is the configuration's, and may be secret. */
function maskReport(report: RequestReport, secrets: Secrets): RequestReport {
  const byEndpoint = Object.entries(report.byEndpoint).map(([endpoint, count]) => [secrets.mask(endpoint), count]);
  return { ...report, byEndpoint: Object.fromEntries(byEndpoint) };
}

/** Says in a line what a run has cost, to people who did not ask for silence. Says nothing of a run that asked nothing. */
export function sayRequests(io: Io, tenant: string, report: RequestReport, options: CommonOptions): void {
  if (options.output !== "text" || options.logLevel === "silent" || report.total === 0) return;
  io.say(`${tenant}: ${renderRequests(report)}\n`);
}

/** `14 requests in 0.9 s (network 0.3 s, quota 0.4 s, CPU 0.5 s), 38 kB read, 1 retry`. */
export function renderRequests({ total, timeMs, bytes, retries, throttled, cache }: RequestReport): string {
  const times = `network ${seconds(timeMs.network)}, quota ${seconds(timeMs.quota)}, CPU ${seconds(timeMs.cpu)}`;
  return [
    `${plural(total, "request")} in ${seconds(timeMs.total)} (${times})`,
    `${inBytes(bytes.received)} read`,
    ...(retries === 0 ? [] : [retries === 1 ? "1 retry" : `${retries} retries`]),
    ...(throttled === 0 ? [] : [`${throttled} answered with 429`]),
    ...(cache === null ? [] : renderCache(cache)),
  ].join(", ");
}

function renderCache({ documents, notModified, unlisted, unread, doubted }: CacheReport): readonly string[] {
  const known = documents + notModified;
  const oneByOne = [
    [unlisted, "this tenant cannot list them"],
    [unread, "their list could not be read"],
    [doubted, "their list was not true"],
  ] as const;
  return [
    ...(known === 0 ? [] : [`${plural(known, "document")} known from before`]),
    ...oneByOne.flatMap(([count, why]) =>
      count === 0 ? [] : [`${plural(count, "document")} read one by one, because ${why}`],
    ),
  ];
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(milliseconds < 100_000 ? 1 : 0)} s`;
}

function inBytes(count: number): string {
  if (count < 1000) return plural(count, "byte");
  return count < 999_500 ? `${Math.round(count / 1000)} kB` : `${(count / 1_000_000).toFixed(1)} MB`;
}
