import type { TrailEntry } from "../audit/entry.ts";
import { readKept } from "../audit/kept.ts";
import { queryTrail } from "../audit/read.ts";
import { identityOf, sharersOf, subjectOf } from "../engine/resource-identity.ts";
import type { Restoration } from "../engine/restored.ts";
import { GitopsError } from "../errors.ts";
import { isJsonObject, type JsonObject } from "../model/json.ts";
import { MASK } from "../model/secrets.ts";
import type { WritingSession } from "./session.ts";
import { describeKept } from "./trail/kept-manifests.ts";
import type { Memory } from "./trail/memory.ts";
import type { Workspace } from "./workspace.ts";

/** The workspace with the tenant that a run was on, where no other is named and there are several. Throws `audit/not-found`. */
export async function forTenantOfRun(workspace: Workspace, run: string): Promise<Workspace> {
  const { options, config, stopping } = workspace;
  if (options.tenant !== undefined || config.tenantNames.length < 2) return workspace;
  if (config.audit.git !== null) await (await import("./trail/trail-branch.ts")).syncTrail(config, stopping.hard);
  for await (const { tenant } of queryTrail(config.audit.file, { run })) {
    return { ...workspace, options: { ...options, tenant } };
  }
  throw notFound(run);
}

export interface Described extends Restoration {
  /** True when the run replaced a secret, of which only a mask was kept. */
  readonly replacedSecret: boolean;
}

/**
 * What a run did, by its entries and what was kept: for each resource that it wrote, the document before its last write and after it.
 * Throws `audit/not-found` for a run that the trail does not hold, `restore/impossible` for one that cannot be put back here.
 */
export async function describeRestorations(
  session: WritingSession,
  run: string,
  { overwrite = false }: { readonly overwrite?: boolean },
  memory: Memory,
): Promise<readonly Described[]> {
  const { config, tenant } = session;
  const entries = await Array.fromAsync(queryTrail(config.audit.file, { run }));
  const [first] = entries;
  if (first === undefined) throw notFound(run);
  if (first.tenant !== tenant.name) {
    const message = `run "${run}" was on tenant "${first.tenant}", and this is "${tenant.name}"`;
    throw new GitopsError("restore/impossible", message, { hint: `Run again with --tenant ${first.tenant}.` });
  }
  const writes = pairWrites(entries);
  const described = await Promise.all(
    writes.map(async ({ intent, outcome }) => {
      const resource = await describeKept(session, intent.manifest, memory.lastApplied);
      if (resource === undefined) throw impossible(intent);
      const [before, after] = await Promise.all([readImage(session, intent), readImage(session, outcome)]);
      // What the run replaced was secret, if only a mask of it was kept.
      const replacedSecret = JSON.stringify(intent.live).includes(MASK);
      return { resource, before, after, replacedSecret };
    }),
  );
  const latest = new Map(memory.resources.map((one) => [identityOf(one), one]));
  return described.map(({ resource: then, before, after, replacedSecret }) => {
    // The annotations of today are the ones that protect.
    const { metadata } = latest.get(identityOf(then)) ?? then;
    const resource = { ...then, metadata };
    const siblings = sharersOf(resource, [...memory.resources, ...described.map((one) => one.resource)]);
    return { resource, siblings, before, after, overwrite, replacedSecret };
  });
}

interface WriteOfRun {
  readonly intent: TrailEntry;
  readonly outcome: TrailEntry;
}

/** The resources that the run wrote. What failed may have been written all the same, when the tenant has something else since. */
function pairWrites(entries: readonly TrailEntry[]): readonly WriteOfRun[] {
  const byResource = Map.groupBy(entries, subjectOf);
  return [...byResource.values()].flatMap((group): WriteOfRun[] => {
    const intent = group.findLast(({ type }) => type === "intent");
    const outcome = group.findLast(({ type }) => type === "outcome");
    if (intent === undefined || outcome === undefined) return [];
    const isWritten =
      outcome.outcome === "done" || (outcome.outcome === "failed" && outcome.after?.digest !== outcome.before?.digest);
    return isWritten ? [{ intent, outcome }] : [];
  });
}

async function readImage({ config }: WritingSession, { image }: TrailEntry): Promise<JsonObject | undefined> {
  if (image === null) return undefined;
  const document = await readKept(config.audit.file, image);
  return isJsonObject(document) ? document : undefined;
}

function notFound(run: string): GitopsError {
  const hint = "`cxone-gitops audit log --runs` lists the runs that it does hold.";
  return new GitopsError("audit/not-found", `the audit trail holds no run "${run}"`, { hint });
}

function impossible({ kind, name }: TrailEntry): GitopsError {
  const message = `what the run did to ${kind} "${name}" is kept in a form that this version cannot read`;
  return new GitopsError("restore/impossible", message, {
    hint: "Put it back by hand: `audit show` says what it was.",
  });
}
