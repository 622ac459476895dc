/** Every metric that there is. docs/metrics.md lists the same ones; a test holds both equal. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** From a fast answer to a timeout: the API's own patience ends at 30 s. */
const REQUEST_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30];
/** A write is several requests, and may wait for a pause. */
const WRITE_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

const ENDPOINT = ["tenant", "family", "method", "endpoint"] as const;
const RESOURCE = ["tenant", "kind", "action"] as const;

export type Instruments = ReturnType<typeof createInstruments>;

/** Metrics of their own, so that two can live in one process. */
export function createInstruments() {
  const registry = new Registry();
  return { registry, ...aboutRequests(registry), ...aboutChanges(registry), ...aboutRuns(registry) };
}

function aboutRequests(registry: Registry) {
  const registers = [registry];
  return {
    requests: new Counter({
      name: "cxone_gitops_api_requests_total",
      help: "Requests that were sent to the tenant, tokens included.",
      labelNames: [...ENDPOINT, "status"],
      registers,
    }),
    requestSeconds: new Histogram({
      name: "cxone_gitops_api_request_duration_seconds",
      help: "Time from sending a request to its answer, or to giving up on it.",
      labelNames: ENDPOINT,
      buckets: REQUEST_SECONDS,
      registers,
    }),
    retries: new Counter({
      name: "cxone_gitops_api_retries_total",
      help: "Requests that were sent again, by what the one before came to.",
      labelNames: [...ENDPOINT, "reason"],
      registers,
    }),
    pauses: new Counter({
      name: "cxone_gitops_api_pauses_total",
      help: "Times that the tenant asked a whole family of endpoints to wait (429).",
      labelNames: ["tenant", "family"],
      registers,
    }),
    pauseSeconds: new Counter({
      name: "cxone_gitops_api_pause_seconds_total",
      help: "How long those pauses were.",
      labelNames: ["tenant", "family"],
      registers,
    }),
    quotaSeconds: new Counter({
      name: "cxone_gitops_api_quota_wait_seconds_total",
      help: "Time during which requests waited for the rate limit or a pause; waits side by side count once.",
      labelNames: ["tenant"],
      registers,
    }),
    bytes: new Counter({
      name: "cxone_gitops_api_bytes_total",
      help: "Bytes of the bodies of requests and answers, as they travelled.",
      labelNames: ["tenant", "family", "direction"],
      registers,
    }),
  };
}

function aboutChanges(registry: Registry) {
  const registers = [registry];
  return {
    outcomes: new Counter({
      name: "cxone_gitops_outcomes_total",
      help: "What became of changes that were to be written.",
      labelNames: [...RESOURCE, "outcome"],
      registers,
    }),
    writeSeconds: new Histogram({
      name: "cxone_gitops_write_duration_seconds",
      help: "Time from a change's intent to its outcome.",
      labelNames: [...RESOURCE, "outcome"],
      buckets: WRITE_SECONDS,
      registers,
    }),
    conflicts: new Counter({
      name: "cxone_gitops_conflicts_total",
      help: "Times that somebody else's write came first.",
      labelNames: ["tenant", "kind"],
      registers,
    }),
    pending: new Gauge({
      name: "cxone_gitops_changes_pending",
      help: "Changes that git asks for and live does not have yet.",
      labelNames: RESOURCE,
      registers,
    }),
    unknown: new Gauge({
      name: "cxone_gitops_resources_unknown",
      help: "Resources whose live document could not be read.",
      labelNames: ["tenant"],
      registers,
    }),
    drift: new Gauge({
      name: "cxone_gitops_drift",
      help: "Resources that differ from what git asks for, by where the difference comes from.",
      labelNames: ["tenant", "origin"],
      registers,
    }),
  };
}

function aboutRuns(registry: Registry) {
  const registers = [registry];
  return {
    runs: new Counter({
      name: "cxone_gitops_runs_total",
      help: "Runs that ended, by how.",
      labelNames: ["tenant", "command", "result"],
      registers,
    }),
    runSeconds: new Gauge({
      name: "cxone_gitops_last_run_duration_seconds",
      help: "How long the last run took.",
      labelNames: ["tenant", "command"],
      registers,
    }),
    lastRun: new Gauge({
      name: "cxone_gitops_last_run_timestamp_seconds",
      help: "When the last run ended, as seconds since 1970.",
      labelNames: ["tenant", "command"],
      registers,
    }),
    lastSuccess: new Gauge({
      name: "cxone_gitops_last_success_timestamp_seconds",
      help: "When the last run ended that did all it was to do, as seconds since 1970.",
      labelNames: ["tenant", "command"],
      registers,
    }),
    notifications: new Counter({
      name: "cxone_gitops_notifications_total",
      help: "Notifications, by whether their receiver took them.",
      labelNames: ["tenant", "type", "result"],
      registers,
    }),
    buildInfo: new Gauge({
      name: "cxone_gitops_build_info",
      help: "Always 1: the version that runs, and the Node.js that it runs on.",
      labelNames: ["version", "node"],
      registers,
    }),
  };
}
