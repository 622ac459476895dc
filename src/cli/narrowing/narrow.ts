/** What flags select, and what comes along with it. */
import { identityOf } from "../../engine/resource-identity.ts";
import type { Resource } from "../../kinds/kind.ts";
import { KINDS } from "../../kinds/registry.ts";
import type { Finding } from "../../model/finding.ts";
import type { LiveRead } from "../../model/live.ts";
import type { Narrowing } from "../../model/narrowing.ts";
import type { Session } from "../session.ts";
import { type ChangedSince, findChangedSince } from "./changed-since.ts";
import { findCompany } from "./companions.ts";
import { meetsSelector, parseLabelSelector } from "./label-selector.ts";
import { findMissing } from "./missing.ts";
import { parseNamePattern } from "./name-pattern.ts";
import type { Everything } from "./naming.ts";
import { flagsOf } from "./narrowing-options.ts";
import type { Scope, ScopeInput } from "./scope.ts";
import { findSpared } from "./spared.ts";
import { refuseStrangeLabels, refuseStrangeNames } from "./strangers.ts";
import { describeTeachers, findTeachers } from "./teachers.ts";

/**
 * The scope that flags leave of everything. Reads from the tenant only what a selected resource names and the trail does not know. Throws
 * `usage` for a flag that is not understood or names nothing, and `git/unavailable` for a revision that cannot be compared with.
 */
export async function narrow(
  session: Session,
  input: ScopeInput,
  all: Everything,
  narrowing: Narrowing,
): Promise<Scope> {
  const { resources, leaving } = all;
  const since = await findSince(session, input, narrowing);
  const selected = select(input, all, narrowing, since);
  const isFollowed = (resource: Resource) =>
    since !== undefined && since.everything === undefined && since.includes(resource);
  const absent = new Map<string, LiveRead>();
  const findAmong = (some: readonly Resource[]) => findMissing(session, some, absent);
  const company = await findCompany(selected, all, { isFollowed, findMissing: findAmong });
  const isIn = (resource: Resource) => company.has(resource);
  const teachers = selected.size === 0 ? [] : await findTeachers(session, all, input.memory, isIn);
  const inside = { resources: resources.filter(isIn), leaving: leaving.filter(isIn) };
  const of = resources.length + leaving.length;
  return {
    ...inside,
    findings: input.findings.filter(isWorthTelling(resources, inside.resources)),
    narrowed: {
      by: flagsOf(narrowing),
      selected: selected.size,
      of,
      along: company.along,
      since: since?.base ?? null,
      notes: [...describeSince(since), ...describeTeachers(teachers)],
    },
    outside: countOutside(all, inside),
    spared: findSpared(selected, all),
    teachers,
    absent,
  };
}

async function findSince(
  { source, io, tenant, config }: Session,
  { desired }: ScopeInput,
  { changedSince: rev }: Narrowing,
): Promise<ChangedSince | undefined> {
  if (rev === null) return undefined;
  const { loaded } = desired;
  return findChangedSince({
    rev,
    source: await source(),
    loaded,
    cwd: io.cwd,
    tenant,
    env: io.env,
    secrets: io.secrets,
    config: config.file,
  });
}

/** What every flag selects. */
function select(
  { desired }: ScopeInput,
  { resources, leaving }: Everything,
  { only, selector }: Narrowing,
  since: ChangedSince | undefined,
): ReadonlySet<Resource> {
  const patterns = only.map((text) => parseNamePattern(text, kindsOnTenants()));
  const requirements = selector === null ? [] : parseLabelSelector(selector);
  const candidates = [...resources, ...leaving];
  refuseStrangeNames(patterns, candidates, desired.loaded.documents);
  refuseStrangeLabels(requirements, candidates, desired.loaded.documents);
  const isOnly = (resource: Resource) => patterns.length === 0 || patterns.some((pattern) => pattern.matches(resource));
  const asked = new Set(resources);
  const isChanged = (resource: Resource) =>
    since === undefined ||
    since.everything !== undefined ||
    since.includes(resource) ||
    (since.unknownKinds.has(resource.kind) && !asked.has(resource));
  return new Set(
    candidates.filter(
      (resource) => isOnly(resource) && meetsSelector(resource.metadata.labels, requirements) && isChanged(resource),
    ),
  );
}

/** What can be on a tenant at all; tests are not. */
function kindsOnTenants(): readonly string[] {
  return KINDS.filter(({ importing }) => importing !== undefined).map(({ name }) => name);
}

/** Errors are everybody's. What else is said of a file is left out with the resources in it. */
function isWorthTelling(resources: readonly Resource[], inside: readonly Resource[]): (finding: Finding) => boolean {
  const filesOf = (some: readonly Resource[]) => new Set(some.map(({ source }) => source.file));
  const [shown, known] = [filesOf(inside), filesOf(resources)];
  return ({ file, severity }) => severity === "error" || shown.has(file) || !known.has(file);
}

function countOutside(
  { resources, managed }: Everything,
  inside: Pick<Scope, "resources" | "leaving">,
): NonNullable<Scope["outside"]> {
  const here = new Set([...inside.resources, ...inside.leaving].map(identityOf));
  const there = new Set([...resources, ...managed].map(identityOf).filter((identity) => !here.has(identity)));
  return { manifests: resources.length - inside.resources.length, resources: there.size };
}

function describeSince(since: ChangedSince | undefined): readonly string[] {
  if (since === undefined) return [];
  const { everything, variables, unknownKinds } = since;
  const quoted = variables.map((name) => `"${name}"`).join(", ");
  return [
    ...(everything === undefined ? [] : [`everything counts as changed, because ${everything}`]),
    ...[...unknownKinds].map(
      (kind) => `what a changed ${kind} was called then cannot be told, so every orphaned ${kind} counts as changed`,
    ),
    ...(variables.length === 0
      ? []
      : [`${variables.length === 1 ? "the variable" : "the variables"} ${quoted} changed`]),
  ];
}
