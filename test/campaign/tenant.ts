/** The emulator of a run on a socket of its own, with a gate that sees each request before and after it is carried out. */
import { readFileSync } from "node:fs";
import type { FastifyReply, FastifyRequest } from "fastify";
import { createEmulatorApp } from "../../src/emulator/app.ts";
import { exchangeOf, pathOf } from "../../src/emulator/exchange.ts";
import { isObject, textAt } from "../../src/emulator/json.ts";
import type { Seed } from "../../src/emulator/seed.ts";
import { describeWorld, type EmulatorState } from "../../src/emulator/state.ts";
import type { World } from "../../src/emulator/world.ts";

/** One request; the same object from its arrival to its answer. */
export interface Arrival {
  readonly method: string;
  readonly path: string;
  readonly key: string | null;
  /** Not a read, and not a login. */
  readonly isWrite: boolean;
}

/** Told of every request. `drop` breaks the connection with nothing carried out; a promise holds the request up before it is. */
export interface Gate {
  readonly arrived: (arrival: Arrival) => "pass" | "drop";
  readonly entering: (arrival: Arrival) => Promise<void> | undefined;
  readonly answering: (arrival: Arrival) => void;
}

export const OPEN_GATE: Gate = { arrived: () => "pass", entering: () => undefined, answering: () => undefined };

/** A write that was carried out. */
export interface CarriedOut {
  readonly arrival: Arrival;
  /** What a POST created: id or name. */
  readonly created: string | null;
  /** Whether its key was in the trail when it arrived. */
  readonly isAnnounced: boolean;
}

export interface Tenant {
  readonly url: string;
  readonly world: World;
  readonly carriedOut: readonly CarriedOut[];
  /** Every access token that was issued. */
  readonly tokens: ReadonlySet<string>;
  state(): EmulatorState;
  setGate(gate: Gate): void;
  close(): Promise<void>;
}

/** Starts a tenant for runs whose trail is this file. */
export async function openTenant(seed: Seed, trailFile: string): Promise<Tenant> {
  const { app, world } = createEmulatorApp({ seed });
  const carriedOut: CarriedOut[] = [];
  const tokens = new Set<string>();
  const announced = new WeakSet<Arrival>();
  const arrivals = new WeakMap<FastifyRequest, Arrival>();
  const arrivalOf = (request: FastifyRequest): Arrival => {
    const arrival = arrivals.get(request) ?? describeArrival(request);
    arrivals.set(request, arrival);
    return arrival;
  };
  let gate = OPEN_GATE;

  app.addHook("onRequest", async (request, reply) => {
    const arrival = arrivalOf(request);
    if (arrival.isWrite && isInTrail(trailFile, arrival.key)) announced.add(arrival);
    return gate.arrived(arrival) === "drop" ? breakOff(request, reply) : undefined;
  });
  app.addHook("preHandler", async (request) => gate.entering(arrivalOf(request)));
  app.addHook("onSend", async (request, _reply, payload) => {
    const arrival = arrivalOf(request);
    if (arrival.path.endsWith("/token")) noteToken(payload, tokens);
    if (exchangeOf(request).entry.carriedOut) {
      carriedOut.push({ arrival, created: createdBy(request), isAnnounced: announced.has(arrival) });
    }
    gate.answering(arrival);
    return payload;
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return {
    url,
    world: world(),
    carriedOut,
    tokens,
    state: () => describeWorld(world()),
    setGate: (next) => {
      gate = next;
    },
    close: () => app.close(),
  };
}

function describeArrival(request: FastifyRequest): Arrival {
  const path = pathOf(request);
  const key = request.headers["idempotency-key"];
  const isWrite = request.method !== "GET" && !path.endsWith("/token");
  return { method: request.method, path, key: typeof key === "string" ? key : null, isWrite };
}

function breakOff(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.hijack();
  request.raw.socket.destroy();
  return reply;
}

function isInTrail(trailFile: string, key: string | null): boolean {
  try {
    return key !== null && readFileSync(trailFile, "utf8").includes(`"${key}"`);
  } catch {
    // There is no trail yet.
    return false;
  }
}

function createdBy({ method, body }: FastifyRequest): string | null {
  if (method !== "POST" || !isObject(body)) return null;
  return textAt(body, "id") ?? textAt(body, "name") ?? null;
}

function noteToken(payload: unknown, tokens: Set<string>): void {
  if (typeof payload !== "string") return;
  const [, token] = /"access_token":"([^"]+)"/.exec(payload) ?? [];
  if (token !== undefined) tokens.add(token);
}
