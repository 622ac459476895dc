/**
 * What changed since a revision and what is planned parted. A manifest counts by its value: a comment, another file, another order of keys is
 * no change. Only files that are not byte for byte as they were are read in the commit.
 */
import { resolve } from "node:path";
import type { ResolvedTenant } from "../../config/resolved.ts";
import type { Resource } from "../../kinds/kind.ts";
import type { Finding } from "../../model/finding.ts";
import { canonicalJson, type Json, stringAt, valueAt } from "../../model/json.ts";
import type { SourceDocument } from "../../model/manifest.ts";
import type { Secrets } from "../../model/secrets.ts";
import { displayPath } from "../../source/folder.ts";
import { type CommittedFolder, findRevision } from "../../source/git/git.ts";
import { findFilesSince, findParting } from "../../source/git/git-since.ts";
import { type LoadedDocuments, parseFiles } from "../../source/parse-files.ts";
import { variableNames } from "../../source/references.ts";
import type { Environment } from "../../source/variables.ts";
import { isForTenant } from "../../validate/tenant-filter.ts";
import type { DesiredSource } from "../desired/source.ts";
import { findAppliedThen } from "./applied-then.ts";
import { findConfigurationSince } from "./configuration-since.ts";

export interface ChangedSince {
  /** The commit that was compared with, its full id. */
  readonly base: string;
  /** Why everything counts as changed; undefined where only some of it does. */
  readonly everything: string | undefined;
  /** Whether the manifest of that kind and name was changed, is new or is gone, or uses a variable that changed. */
  includes(resource: Resource): boolean;
  /** Kinds of which manifests changed that cannot be told by their names of then: whatever of them no manifest describes any more may be gone since. */
  readonly unknownKinds: ReadonlySet<string>;
  /** Variables of the tenant that changed, and that manifests use. */
  readonly variables: readonly string[];
}

export interface SinceQuery {
  readonly rev: string;
  readonly source: DesiredSource;
  readonly loaded: LoadedDocuments;
  readonly cwd: string;
  readonly tenant: Pick<ResolvedTenant, "name" | "variables">;
  readonly env: Environment;
  readonly secrets: Secrets;
  /** The configuration's file, absolute; null for none. */
  readonly config: string | null;
}

/** Throws `git/unavailable` as `findParting` does, and outside a repository. */
export async function findChangedSince({
  rev,
  source,
  loaded,
  cwd,
  tenant: { name: tenant, variables },
  config,
  ...values
}: SinceQuery): Promise<ChangedSince> {
  const planned =
    source.kind === "commit" ? source.from : await findRevision({ folder: source.folder, rev: "HEAD", cwd });
  const parting = await findParting(planned, rev);
  const below = prefixOf(source, planned, cwd);
  const texts = new Map([...loaded.texts].map(([file, text]) => [file.slice(below.length), text]));
  const [files, configuration] = [
    await findFilesSince(parting, texts),
    await findConfigurationSince(parting, { file: config, cwd, tenant }),
  ];
  const forTenant = ({ value }: SourceDocument) => isForTenant(value, tenant);
  const documents = loaded.documents.filter(forTenant);
  const now = documents.filter(({ file }) => files?.changed.has(file.slice(below.length)));
  const before = files && parseFiles(files.before);
  const was = before?.documents.filter(forTenant) ?? [];
  const everything = before === undefined ? "the manifests were in another folder then" : configuration.everything;
  const changed = findChanged(now, was);
  const users = findUsers(documents, configuration.variables);
  const gone = [
    ...was.filter(({ value }) => changed.has(keyOf(value))),
    ...users.documents.filter((document) => !now.includes(document)),
  ];
  const then = findAppliedThen(gone, { ...values, variables: configuration.before ?? { ...variables } });
  for (const { value } of users.documents) changed.add(keyOf(value));
  return {
    base: parting.commit,
    everything: everything ?? findIllegible(before?.problems ?? []),
    // A name may be written with a variable; what is leaving is known by its name as it was applied.
    includes: (resource) =>
      changed.has(keyOf(resource.source.value)) ||
      changed.has(JSON.stringify([resource.kind, resource.name])) ||
      then.includes(resource),
    unknownKinds: then.unknownKinds,
    variables: [...users.variables].sort(),
  };
}

/** What stood in such a file may be gone now. */
function findIllegible(problems: readonly Finding[]): string | undefined {
  const illegible = problems.find(({ severity }) => severity === "error");
  return illegible && `${illegible.file} could not be read as it was then`;
}

/** Which manifests use variables that changed, and which those are. */
function findUsers(documents: readonly SourceDocument[], changed: ReadonlySet<string>) {
  const users: SourceDocument[] = [];
  const variables = new Set<string>();
  if (changed.size === 0) return { documents: users, variables };
  for (const document of documents) {
    const used = variableNames(document.value).filter((name) => changed.has(name));
    for (const name of used) variables.add(name);
    if (used.length > 0) users.push(document);
  }
  return { documents: users, variables };
}

/** What a file's name begins with, before its path below the folder of manifests. */
function prefixOf(source: DesiredSource, { rev, path }: CommittedFolder, cwd: string): string {
  if (source.kind === "commit") return path === "" ? `${rev}:` : `${rev}:${path}/`;
  const display = displayPath(cwd, resolve(cwd, source.folder));
  return display === "." ? "" : `${display}/`;
}

/** Kind and name, as written, of what is in one of the changed files another than it was in all of them. */
function findChanged(now: readonly SourceDocument[], was: readonly SourceDocument[]): Set<string> {
  const [planned, known] = [now, was].map(valuesByKey);
  const keys = new Set([...(planned?.keys() ?? []), ...(known?.keys() ?? [])]);
  return new Set([...keys].filter((key) => planned?.get(key) !== known?.get(key)));
}

/** All that stands under one kind and name, as one text that is the same for equal values. */
function valuesByKey(documents: readonly SourceDocument[]): ReadonlyMap<string, string> {
  const groups = Map.groupBy(documents, ({ value }) => keyOf(value));
  return new Map(
    [...groups].map(([key, group]) => [
      key,
      group
        .map(({ value }) => canonicalJson(value))
        .sort()
        .join("\n"),
    ]),
  );
}

function keyOf(value: Json): string {
  return JSON.stringify([stringAt(value, "kind") ?? "", stringAt(valueAt(value, "metadata"), "name") ?? ""]);
}
