/**
 * What changed since a revision and what is planned parted. A manifest counts by its value: a comment, another file, another order of keys is
 * no change. Only files that are not byte for byte as they were are read in the commit.
 */
import { resolve } from "node:path";
import type { Resource } from "../../kinds/kind.ts";
import { canonicalJson, type Json, stringAt, valueAt } from "../../model/json.ts";
import type { SourceDocument } from "../../model/manifest.ts";
import { displayPath } from "../../source/folder.ts";
import { type CommittedFolder, findRevision } from "../../source/git/git.ts";
import { type FilesSince, findFilesSince, findParting } from "../../source/git/git-since.ts";
import { type LoadedDocuments, parseFiles } from "../../source/parse-files.ts";
import { variableNames } from "../../source/references.ts";
import { isForTenant } from "../../validate/tenant-filter.ts";
import type { DesiredSource } from "../desired/source.ts";
import { findConfigurationSince } from "./configuration-since.ts";

export interface ChangedSince {
  /** The commit that was compared with, its full id. */
  readonly base: string;
  /** Why everything counts as changed; undefined where only some of it does. */
  readonly everything: string | undefined;
  /** Whether the manifest of that kind and name was changed, is new or is gone, or uses a variable that changed. */
  includes(resource: Pick<Resource, "kind" | "name" | "source">): boolean;
  /** Variables of the tenant that changed, and that manifests use. */
  readonly variables: readonly string[];
}

export interface SinceQuery {
  readonly rev: string;
  readonly source: DesiredSource;
  readonly loaded: LoadedDocuments;
  readonly cwd: string;
  readonly tenant: string;
  /** The configuration's file, absolute; null for none. */
  readonly config: string | null;
}

/** Throws `git/unavailable` as `findParting` does, and outside a repository. */
export async function findChangedSince({
  rev,
  source,
  loaded,
  cwd,
  tenant,
  config,
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
  const documents = loaded.documents.filter(({ value }) => isForTenant(value, tenant));
  const everything = files === undefined ? "the manifests were in another folder then" : configuration.everything;
  const changed = files === undefined ? new Set<string>() : findChanged(documents, files, { below, tenant });
  const users = findUsers(documents, configuration.variables);
  for (const key of users.keys) changed.add(key);
  return {
    base: parting.commit,
    everything,
    // A name may be written with a variable; what is leaving is known by its name as it was applied.
    includes: ({ kind, name, source: { value } }) =>
      changed.has(keyOf(value)) || changed.has(JSON.stringify([kind, name])),
    variables: [...users.variables].sort(),
  };
}

/** Which manifests use variables that changed, and which those are. */
function findUsers(documents: readonly SourceDocument[], changed: ReadonlySet<string>) {
  const [keys, variables] = [new Set<string>(), new Set<string>()];
  if (changed.size === 0) return { keys, variables };
  for (const { value } of documents) {
    for (const name of variableNames(value).filter((used) => changed.has(used))) {
      keys.add(keyOf(value));
      variables.add(name);
    }
  }
  return { keys, variables };
}

/** What a file's name begins with, before its path below the folder of manifests. */
function prefixOf(source: DesiredSource, { rev, path }: CommittedFolder, cwd: string): string {
  if (source.kind === "commit") return path === "" ? `${rev}:` : `${rev}:${path}/`;
  const display = displayPath(cwd, resolve(cwd, source.folder));
  return display === "." ? "" : `${display}/`;
}

/** Kind and name of what is in one of the changed files another than it was in all of them. */
function findChanged(
  documents: readonly SourceDocument[],
  { changed, before }: FilesSince,
  { below, tenant }: { readonly below: string; readonly tenant: string },
): Set<string> {
  const now = documents.filter(({ file }) => changed.has(file.slice(below.length)));
  const was = parseFiles(before).documents.filter(({ value }) => isForTenant(value, tenant));
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
