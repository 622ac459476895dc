import * as z from "zod";

/** How the emulated tenant behaves. Every field has a default; a seed file may set them and `startEmulator` may overrule the seed. */
export const settingsSchema = z.strictObject({
  /** Requests per second, with a burst of as many; without it there is no limit. */
  rateLimit: z.number().positive().optional(),
  /** Answers say what is left of `rateLimit`, in `RateLimit` or in `X-RateLimit-Remaining` and `X-RateLimit-Reset`. */
  rateLimitHeaders: z.enum(["none", "draft", "x"]).optional(),
  /** Milliseconds that every request waits before it is carried out. */
  latency: z.number().min(0).optional(),
  tokenLifetimeSeconds: z.number().positive().optional(),
  /** Answers carry fields that nobody sent, and nodes and connections in another order. */
  addDefaults: z.boolean().optional(),
  /** Flows and workflows carry `lastUpdatedBy`: `api` after a write, and after an edit from outside whom that names, or `editor`. */
  editors: z.boolean().optional(),
  /** False: the list endpoints of flows and workflows answer 405. */
  lists: z.boolean().optional(),
  /** False: documents, templates and attachments are answered without `ETag`. */
  etag: z.boolean().optional(),
  /** False: flows carry no `version`, and a PUT needs none. */
  flowVersions: z.boolean().optional(),
  /** What a missing scope is answered with on flows: SF lists it under 401. */
  missingFlowScopeStatus: z.union([z.literal(401), z.literal(403)]).optional(),
  /** Where webhooks are delivered to. */
  deliverTo: z.enum(["anywhere", "loopback", "nowhere"]).optional(),
});

export type SettingsInput = Readonly<z.infer<typeof settingsSchema>>;

export interface Settings {
  readonly rateLimit: number | undefined;
  readonly rateLimitHeaders: "none" | "draft" | "x";
  readonly latency: number;
  readonly tokenLifetimeSeconds: number;
  readonly addDefaults: boolean;
  readonly editors: boolean;
  readonly lists: boolean;
  readonly etag: boolean;
  readonly flowVersions: boolean;
  readonly missingFlowScopeStatus: 401 | 403;
  readonly deliverTo: "anywhere" | "loopback" | "nowhere";
}

/** What the caller says counts most, then the seed, then the defaults. */
export function resolveSettings(seeded: SettingsInput, given: SettingsInput): Settings {
  return {
    rateLimit: given.rateLimit ?? seeded.rateLimit,
    rateLimitHeaders: given.rateLimitHeaders ?? seeded.rateLimitHeaders ?? "none",
    latency: given.latency ?? seeded.latency ?? 0,
    tokenLifetimeSeconds: given.tokenLifetimeSeconds ?? seeded.tokenLifetimeSeconds ?? 3600,
    addDefaults: given.addDefaults ?? seeded.addDefaults ?? false,
    editors: given.editors ?? seeded.editors ?? false,
    lists: given.lists ?? seeded.lists ?? true,
    etag: given.etag ?? seeded.etag ?? true,
    flowVersions: given.flowVersions ?? seeded.flowVersions ?? true,
    missingFlowScopeStatus: given.missingFlowScopeStatus ?? seeded.missingFlowScopeStatus ?? 403,
    deliverTo: given.deliverTo ?? seeded.deliverTo ?? "anywhere",
  };
}
