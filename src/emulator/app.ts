import { fastifyFormbody } from "@fastify/formbody";
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import { addAdminRoutes } from "./admin.ts";
import { addContentRoutes } from "./content.ts";
import { DEFAULT_SEED } from "./default-seed.ts";
import { pathOf } from "./exchange.ts";
import type { FaultRule } from "./faults.ts";
import { addFlowRoutes } from "./flows.ts";
import { addPipeline } from "./pipeline.ts";
import { Refusal } from "./refusal.ts";
import { familyOf } from "./scopes.ts";
import type { Seed } from "./seed.ts";
import { resolveSettings, type SettingsInput } from "./settings.ts";
import { addTokenRoutes } from "./token-routes.ts";
import { addWebhookRoutes } from "./webhook-routes.ts";
import { addWorkflowRoutes } from "./workflows.ts";
import { makeWorld, type World } from "./world.ts";
import { refuseBody } from "./write-once.ts";

const BODY_LIMIT = 10 * 1024 * 1024;

/** What the emulator can be told; the settings overrule those of the seed. */
export interface AppOptions extends SettingsInput {
  /** Default: the tenant of the two articles. */
  readonly seed?: Seed | undefined;
  /** Rules that come after the seed's. */
  readonly faults?: readonly FaultRule[] | undefined;
  /** Milliseconds since the epoch; default the system's clock. Token expiry, key memory and rate limit go by it; waits do not. */
  readonly now?: (() => number) | undefined;
}

export interface EmulatorApp {
  readonly app: FastifyInstance;
  /** The world that new requests arrive in. */
  readonly world: () => World;
  /** Back to the seed: documents, tokens, keys, faults and the log. */
  readonly reset: () => void;
}

/** The emulator without a port. Closing the app ends every wait and delivery. */
export function createEmulatorApp(options: AppOptions = {}): EmulatorApp {
  const closing = new AbortController();
  const seed = options.seed ?? DEFAULT_SEED;
  const makeOwnWorld = () =>
    makeWorld({
      seed,
      settings: resolveSettings(seed.options, options),
      faults: options.faults ?? [],
      now: options.now ?? Date.now,
      closing: closing.signal,
    });
  let world = makeOwnWorld();
  const emulator = {
    // Ids may be long, and a client's idle connections must not hold up the closing.
    app: fastify({ bodyLimit: BODY_LIMIT, forceCloseConnections: true, routerOptions: { maxParamLength: 1000 } }),
    world: () => world,
    reset: () => {
      world = makeOwnWorld();
    },
  };
  emulator.app.addHook("preClose", async () => closing.abort());
  emulator.app.addHook("onClose", () => world.deliveries.settled());
  addBodies(emulator.app);
  addPipeline(emulator.app, { world: emulator.world, closing: closing.signal });
  emulator.app.setErrorHandler(answerError);
  emulator.app.setNotFoundHandler((request) => {
    throw new Refusal(404, "NotFound", `There is no ${request.method} ${pathOf(request)}`);
  });
  addTokenRoutes(emulator.app);
  addFlowRoutes(emulator.app);
  addWorkflowRoutes(emulator.app);
  addContentRoutes(emulator.app);
  addWebhookRoutes(emulator.app);
  addAdminRoutes(emulator.app, emulator);
  return emulator;
}

/** Forms for the logins; JSON where an empty body is no error, because the seeds' clients send the content type with every request. */
function addBodies(app: FastifyInstance): void {
  app.register(fastifyFormbody);
  app.removeContentTypeParser("application/json");
  const parseJson = app.getDefaultJsonParser("error", "ignore");
  app.addContentTypeParser<string>("application/json", { parseAs: "string" }, (request, text, done) => {
    if (text === "") {
      done(null, undefined);
      return;
    }
    parseJson(request, text, (error, body) => {
      if (error) done(refuseBody(familyOf(pathOf(request)), "The body is not JSON"));
      else done(null, body);
    });
  });
}

function answerError(error: unknown, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof Refusal) return reply.code(error.status).headers(error.headers).send(error.body);
  const message = error instanceof Error ? error.message : String(error);
  const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
  return reply.code(status).send({ code: status === 500 ? "InternalError" : "BadRequest", message });
}
