import type { FastifyRequest } from "fastify";
import type { Fault } from "./faults.ts";
import type { OpenLogEntry } from "./log.ts";
import type { Access } from "./scopes.ts";
import type { View } from "./shelf.ts";
import type { World } from "./world.ts";

/** One request on its way through the emulator. It keeps to the world it arrived in, also when that is reset meanwhile. */
export interface Exchange {
  readonly world: World;
  readonly entry: OpenLogEntry;
  fault: Fault | undefined;
}

declare module "fastify" {
  interface FastifyRequest {
    exchange: Exchange | null;
  }
  interface FastifyContextConfig {
    /** Routes without it are open: the logins and the admin interface. */
    access?: Access;
  }
}

/** The exchange of a request to the emulated API; only requests to the admin interface have none. */
export function exchangeOf(request: FastifyRequest): Exchange {
  if (request.exchange === null) throw new Error(`${request.method} ${request.url} has no exchange`);
  return request.exchange;
}

/** What a read shows: with the fault `lag` the state before the last change. */
export function viewOf(request: FastifyRequest): View {
  return exchangeOf(request).fault?.type === "lag" ? "before" : "latest";
}

export function pathOf(request: FastifyRequest): string {
  return request.url.split("?", 1)[0] ?? request.url;
}
