/** A tenant and a network that exist only as numbers: hours of requests take milliseconds, and come out the same every time. */

import { WaitBudget } from "../../src/cxone/attempts/wait-budget.ts";
import type { ApiEvent } from "../../src/cxone/events.ts";
import { Tally } from "../../src/cxone/events.ts";
import { Family, type Reply } from "../../src/cxone/family.ts";
import type { Neighbours } from "../../src/cxone/quota/neighbours.ts";
import { Quota } from "../../src/cxone/quota/quota.ts";
import { SteadyClock } from "../../src/cxone/steady-clock.ts";
import type { RequestLimits, RetryLimits, TenantEndpoints } from "../../src/cxone/tenant.ts";
import { type Exchange, type HttpRequest, Transport } from "../../src/cxone/wire/transport.ts";
import type { Clock } from "../../src/engine/ports.ts";
import type { JsonObject } from "../../src/model/json.ts";
import { Secrets } from "../../src/model/secrets.ts";

/** Goes from one sleeper's end to the next, as fast as the code between them runs. */
export class SimulatedClock implements Clock {
  #time = Date.UTC(2025, 0, 1);
  #seed = 1;
  #sleepers: { readonly until: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.#time;
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((wake) => {
      this.#sleepers.push({ until: this.#time + Math.max(0, milliseconds), wake });
    });
  }

  /** The same numbers in every run. */
  random(): number {
    this.#seed = (this.#seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return this.#seed / 2_147_483_648;
  }

  /** Lets the time run until the work is done; returns how long it took. */
  async until(work: Promise<unknown>): Promise<number> {
    const startedAt = this.#time;
    let isDone = false;
    void work.then(() => {
      isDone = true;
    });
    for (;;) {
      await new Promise((settled) => setImmediate(settled));
      if (isDone) return this.#time - startedAt;
      this.#wakeNext();
    }
  }

  #wakeNext(): void {
    if (this.#sleepers.length === 0) throw new Error("everybody waits, and nobody sleeps");
    this.#time = Math.min(...this.#sleepers.map(({ until }) => until));
    const due = this.#sleepers.filter(({ until }) => until <= this.#time);
    this.#sleepers = this.#sleepers.filter(({ until }) => until > this.#time);
    for (const { wake } of due) wake();
  }
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ServerOptions {
  /** There and back, milliseconds. */
  readonly latencyMs?: number;
  /** By how much the way there and the way back may each take longer. */
  readonly jitterMs?: number;
  /** By how much the first way there takes longer, for all who are sent before anybody has arrived. */
  readonly coldMs?: number;
  /** What it answers to a request that arrives; the count is from 1. */
  readonly answer: (now: number, count: number) => Answer;
}

/** A server at the other end of a way that takes time. Logins take none. */
export class SimulatedTransport extends Transport {
  readonly #clock: SimulatedClock;
  readonly #options: ServerOptions;
  count = 0;

  constructor(clock: SimulatedClock, options: ServerOptions) {
    super("simulation");
    this.#clock = clock;
    this.#options = options;
  }

  override async exchange({ url }: HttpRequest): Promise<Exchange> {
    if (url.endsWith("/oauth/token")) return answered(200, {}, { access_token: "tok-1", expires_in: 360_000 });
    await this.#clock.sleep(this.count === 0 ? (this.#options.coldMs ?? 0) : 0);
    await this.#travel();
    this.count += 1;
    const { status, headers = {} } = this.#options.answer(this.#clock.now(), this.count);
    await this.#travel();
    return answered(status, headers, {});
  }

  #travel(): Promise<void> {
    const { latencyMs = 0, jitterMs = 0 } = this.#options;
    return this.#clock.sleep(latencyMs / 2 + jitterMs * this.#clock.random());
  }
}

function answered(status: number, headers: Answer["headers"] = {}, value: JsonObject): Exchange {
  const body = { kind: "json" as const, value, exact: true };
  return { answered: true, status, retryAfter: headers["retry-after"], headers, body, bytes: { sent: 0, received: 0 } };
}

export interface SimulationOptions extends ServerOptions {
  readonly limits: RequestLimits;
  readonly retry?: Partial<RetryLimits>;
  /** Shared by simulations that happen at the same time. */
  readonly clock?: SimulatedClock;
  readonly neighbours?: Neighbours;
}

export interface Simulation {
  readonly clock: SimulatedClock;
  readonly transport: SimulatedTransport;
  readonly events: ApiEvent[];
  readonly quota: Quota;
  readonly tally: Tally;
  /** Sends so many requests at once. */
  send(requests: number): Promise<readonly Reply[]>;
  /** The same; lets the time run until all have been answered, and says how many milliseconds passed. */
  run(requests: number): Promise<{ readonly tookMs: number; readonly replies: readonly Reply[] }>;
}

/** The client as it is, in front of a simulated tenant. */
export function simulate(options: SimulationOptions): Simulation {
  const { limits, retry, neighbours, clock = new SimulatedClock(), ...server } = options;
  const transport = new SimulatedTransport(clock, server);
  const events: ApiEvent[] = [];
  const tally = new Tally(
    () => clock.now(),
    (event) => events.push(event),
  );
  const endpoint = { baseUrl: "https://tenant.test", tokenPath: "/oauth/token", scope: "all" };
  const tenant: TenantEndpoints = {
    name: "test",
    clientId: "client",
    clientSecret: "planted-secret",
    flows: endpoint,
    workflows: endpoint,
    limits,
    retry: { attempts: 4, baseMs: 1000, capMs: 16_000, budgetMs: 300_000, ...retry },
  };
  const steady = new SteadyClock(clock);
  const budget = new WaitBudget(tenant.retry.budgetMs);
  const note = (event: ApiEvent) => tally.note(event);
  const quota = new Quota({ limits, clock: steady, signal: undefined, budget, note, waiting: tally.quota, neighbours });
  const own = { name: "flows" as const, endpoint, tenant, transport, quota, clock: steady };
  const parts = { ...own, budget, tally, signal: undefined };
  const family = new Family({ ...parts, secrets: new Secrets(), tokenMarginMs: 0, tokenTimeoutMs: 1000 });
  const call = { method: "GET" as const, endpoint: "/{id}", path: "/one", timeoutMs: 1000 };
  const send = (requests: number) => Promise.all(Array.from({ length: requests }, () => family.send(call)));
  return {
    clock,
    transport,
    events,
    quota,
    tally,
    send,
    async run(requests) {
      const all = send(requests);
      const tookMs = await clock.until(all);
      return { tookMs, replies: await all };
    },
  };
}

/** A quota as gateways keep it: so many a second, a burst of as many, `Retry-After` in whole seconds. */
export function tokenBucket(perSecond: number): ServerOptions["answer"] & { perSecond: number } {
  let level = perSecond;
  let filledAt = 0;
  const answer = (now: number): Answer => {
    level = Math.min(perSecond, level + ((now - filledAt) / 1000) * answer.perSecond);
    filledAt = now;
    if (level < 1) {
      const seconds = Math.max(1, Math.ceil((1 - level) / answer.perSecond));
      return { status: 429, headers: { "retry-after": String(seconds) } };
    }
    level -= 1;
    return { status: 200 };
  };
  answer.perSecond = perSecond;
  return answer;
}
