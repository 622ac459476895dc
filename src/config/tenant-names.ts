/** What `--tenant` names: one tenant, several (`dev,prod`), or all of the configuration. */
import { GitopsError } from "../errors.ts";
import { didYouMean } from "../model/closest.ts";

/** Stands for every tenant of the configuration, so that no tenant can be called so. */
export const ALL_TENANTS = "all";

/** True for what asks for several tenants, however many these are. */
export function namesSeveral(wanted: string | undefined): wanted is string {
  return wanted === ALL_TENANTS || wanted?.includes(",") === true;
}

/**
 * The tenants that are named, in the order in which they are; those of `all` in the order of the configuration. Throws `config/tenant`
 * when one is unknown or there is none, `usage` when one is named twice or not at all.
 */
export function findTenantNames(known: readonly string[], wanted: string): readonly string[] {
  refuseNone(known);
  if (wanted === ALL_TENANTS) return known;
  const names = wanted.split(",").map((name) => name.trim());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (names.includes("") || twice !== undefined || (names.length > 1 && names.includes(ALL_TENANTS))) {
    const wrong = twice === undefined || twice === "" ? "is no list of tenants" : `names "${twice}" twice`;
    throw new GitopsError("usage", `--tenant ${wanted} ${wrong}`, {
      hint: `Write the names with commas between, or ${ALL_TENANTS} alone. The configuration has: ${known.join(", ")}.`,
    });
  }
  for (const name of names) if (!known.includes(name)) throw unknownTenant(known, name);
  return names;
}

/** Throws `usage` when several tenants are named, for what can only be done with one. `what` is the subject of the message. */
export function refuseSeveral(wanted: string | undefined, what: string): void {
  if (!namesSeveral(wanted)) return;
  throw new GitopsError("usage", `${what} is for one tenant, and --tenant ${wanted} names several`, {
    hint: "Name one of them.",
  });
}

export function unknownTenant(
  known: readonly string[],
  name: string,
  whoKnows: string = "The configuration has",
): GitopsError {
  const near = didYouMean(name, known);
  const hint = `${near === undefined ? "" : `${near} `}${whoKnows}: ${known.join(", ")}.`;
  return new GitopsError("config/tenant", `there is no tenant "${name}"`, { hint });
}

/** Throws `config/tenant` when the configuration describes no tenant at all. */
export function refuseNone(known: readonly string[]): void {
  if (known.length > 0) return;
  throw new GitopsError("config/tenant", "the configuration describes no tenant", {
    hint: 'Describe one under "tenants" in the configuration, or set CXONE_ORG, CXONE_CLIENT_ID and CXONE_CLIENT_SECRET.',
  });
}
