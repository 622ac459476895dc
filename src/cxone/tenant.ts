/** One API family of a tenant as the configuration describes it: where it is, where its tokens come from, what they are for. */
export interface FamilyEndpoint {
  /** Scheme, host and perhaps a path prefix. Whoever reads the configuration refuses plain http beyond loopback. */
  readonly baseUrl: string;
  /** Path below `baseUrl` that answers client credentials with a token. */
  readonly tokenPath: string;
  /** The scopes to ask for, separated by spaces. */
  readonly scope: string;
}

export interface RequestLimits {
  readonly requestsPerSecond: number;
  /** How many requests may go out at once after a quiet time. */
  readonly burst: number;
  /** How many requests may be under way at the same time. */
  readonly concurrency: number;
}

export interface RetryLimits {
  /** How often one request may be sent, the first time included. */
  readonly attempts: number;
  /** The first back-off; it doubles from attempt to attempt up to `capMs`. */
  readonly baseMs: number;
  readonly capMs: number;
  /** How long a run may wait altogether, for back-offs and for pauses that the tenant asks for. */
  readonly budgetMs: number;
}

/** Milliseconds until a request counts as lost. */
export interface Timeouts {
  readonly tokenMs: number;
  readonly readMs: number;
  readonly flowWriteMs: number;
  readonly workflowWriteMs: number;
  readonly webhookWriteMs: number;
}

/** What both seed articles use. */
export const DEFAULT_TIMEOUTS: Timeouts = {
  tokenMs: 10_000,
  readMs: 15_000,
  flowWriteMs: 15_000,
  workflowWriteMs: 30_000,
  webhookWriteMs: 15_000,
};

export interface TenantEndpoints {
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly flows: FamilyEndpoint;
  readonly workflows: FamilyEndpoint;
  /** Each family keeps to these on its own: their quotas are separate. */
  readonly limits: RequestLimits;
  readonly retry: RetryLimits;
  readonly timeouts?: Partial<Timeouts> | undefined;
}
