import { messageOf, systemCodeOf } from "../../errors.ts";

/** The code of a request that took too long. */
export const LATE = "ETIMEDOUT";

const WORDS: Readonly<Record<string, string>> = {
  EAI_AGAIN: "the host name could not be looked up",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  ENOTFOUND: "the host name does not exist",
  EPIPE: "the connection was closed while sending",
  [LATE]: "no answer came in time",
};

const PERMANENT = /CERT|^ERR_TLS|^ERR_SSL|UNABLE_TO_|SELF_SIGNED|^ERR_INVALID|^ERR_UNSUPPORTED|^ERR_UNESCAPED/;

/** Why a request got no answer, not yet masked, and whether another would fare the same. */
export function explainFailure(thrown: unknown): { readonly permanent: boolean; readonly why: string } {
  const code = systemCodeOf(thrown) ?? "";
  const known = Object.hasOwn(WORDS, code) ? WORDS[code] : undefined;
  return { permanent: PERMANENT.test(code), why: known ?? `the request failed (${messageOf(thrown)})` };
}
