import { randomBytes } from "node:crypto";
import { FAMILY_SCOPES, type Family } from "./scopes.ts";

/** A client that may log in. Without `scopes` it may have every scope it asks for. */
export interface SeededClient {
  readonly id: string;
  readonly secret: string;
  readonly scopes?: readonly string[] | undefined;
}

export interface Token {
  readonly family: Family;
  readonly scopes: ReadonlySet<string>;
  readonly expiresAt: number;
}

export interface TokenRequest {
  readonly family: Family;
  readonly grantType: string | undefined;
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
  /** Scopes apart by blanks. */
  readonly scope: string | undefined;
}

/** What `POST /oauth/token` and `POST /oauth2/token` answer (seed SF shows all four fields). */
export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: "Bearer";
  readonly expires_in: number;
  readonly scope: string;
}

/** A login that failed, in the words of OAuth 2.0 (RFC 6749, section 5.2). */
export class OAuthError extends Error {
  readonly status: 400 | 401;
  readonly error: string;

  constructor(status: 400 | 401, error: string, description: string) {
    super(description);
    this.name = "OAuthError";
    this.status = status;
    this.error = error;
  }
}

export interface TokenStoreOptions {
  readonly clients: readonly SeededClient[];
  readonly lifetimeSeconds: number;
  readonly now: () => number;
}

/** The tokens handed out. Without seeded clients any client id and secret are accepted. */
export class TokenStore {
  readonly #options: TokenStoreOptions;
  readonly #tokens = new Map<string, Token>();

  constructor(options: TokenStoreOptions) {
    this.#options = options;
  }

  /** Throws `OAuthError`. */
  grant(request: TokenRequest): TokenAnswer {
    if (request.grantType !== "client_credentials") {
      throw new OAuthError(400, "unsupported_grant_type", 'grant_type must be "client_credentials"');
    }
    const allowed = this.#allowedScopes(request);
    const wanted = request.scope?.split(" ").filter((scope) => scope !== "") ?? [];
    const granted = grantScopes(wanted, allowed, FAMILY_SCOPES[request.family]);
    if (granted.length === 0) {
      throw new OAuthError(400, "invalid_scope", `The client may not have any of the scopes: ${wanted.join(" ")}`);
    }
    return this.#issue(request.family, granted);
  }

  /** Undefined for a token that is unknown, forgotten or expired. */
  find(text: string): Token | undefined {
    const token = this.#tokens.get(text);
    return token !== undefined && token.expiresAt > this.#options.now() ? token : undefined;
  }

  forgetFamily(family: Family): void {
    for (const [text, token] of this.#tokens) {
      if (token.family === family) this.#tokens.delete(text);
    }
  }

  #allowedScopes(request: TokenRequest): readonly string[] | undefined {
    const { clientId, clientSecret } = request;
    if (!clientId || !clientSecret) {
      throw new OAuthError(400, "invalid_request", "client_id and client_secret are required");
    }
    const { clients } = this.#options;
    if (clients.length === 0) return undefined;
    const client = clients.find((candidate) => candidate.id === clientId && candidate.secret === clientSecret);
    if (client === undefined)
      throw new OAuthError(401, "invalid_client", "The client is unknown or its secret is wrong");
    return client.scopes;
  }

  #issue(family: Family, scopes: readonly string[]): TokenAnswer {
    const { lifetimeSeconds, now } = this.#options;
    const text = `${family}.${randomBytes(24).toString("base64url")}`;
    this.#tokens.set(text, { family, scopes: new Set(scopes), expiresAt: now() + lifetimeSeconds * 1000 });
    return { access_token: text, token_type: "Bearer", expires_in: lifetimeSeconds, scope: scopes.join(" ") };
  }
}

/** What was asked for, as far as the client may have it; asking for nothing asks for everything (assumption). */
function grantScopes(
  wanted: readonly string[],
  allowed: readonly string[] | undefined,
  familyScopes: readonly string[],
): readonly string[] {
  const asked = wanted.length > 0 ? wanted : familyScopes;
  return allowed === undefined ? asked : asked.filter((scope) => allowed.includes(scope));
}
