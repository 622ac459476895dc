/**
 * What a configuration changes of what manifests ask for, since a commit:
 *
 *   what changed                                     what counts as changed
 *   a variable of the tenant                         the manifests that use it
 *   the tenant's `org` or endpoints, `manifests`     everything: it is another tenant, or another folder
 *   rules, guard, limits, credentials and the like   nothing: the manifests ask for what they asked for
 *   anything that is not known here                  everything
 *
 * A file that is in another repository, or in none, cannot be compared, and counts as it is.
 */
import { realpath } from "node:fs/promises";
import { basename, dirname, relative, resolve, sep } from "node:path";
import { isJsonObject, isSameOrAbsent, type Json, objectAt, valueAt } from "../../model/json.ts";
import { displayPath, readTextFile } from "../../source/folder.ts";
import { type CommittedFolder, findWorkTree } from "../../source/git/git.ts";
import { readFileAt } from "../../source/git/git-since.ts";
import { variableNames } from "../../source/references.ts";
import { isSourceFile } from "../../source/source-file.ts";
import { parseYaml } from "../../source/yaml.ts";

export interface ConfigurationSince {
  /** The tenant's variables that are not what they were. */
  readonly variables: ReadonlySet<string>;
  /** Why everything counts as changed, as a clause; undefined where it does not. */
  readonly everything: string | undefined;
  /** The tenant's variables as they were written then; undefined where that cannot be told. */
  readonly before: Json | undefined;
}

const SAME: ConfigurationSince = { variables: new Set(), everything: undefined, before: undefined };

/** Keys that do not touch what is asked of a tenant. */
const QUIET = new Set(["source", "audit", "plans", "reconcile", "notifications", "rules", "cache", "tenants"]);
const QUIET_OF_TENANT = new Set([
  "credentials",
  "limits",
  "retry",
  "guard",
  "reconcile",
  "consistencyWindowMs",
  "cache",
]);

export interface ConfigurationQuery {
  /** Absolute; null where there is none. */
  readonly file: string | null;
  readonly cwd: string;
  readonly tenant: string;
}

/** Throws `git/unavailable` where git refuses. */
export async function findConfigurationSince(
  base: CommittedFolder,
  { file, cwd, tenant }: ConfigurationQuery,
): Promise<ConfigurationSince> {
  if (file === null) return SAME;
  const path = await findInRepository(base, file);
  if (path === undefined) return SAME;
  const name = displayPath(cwd, file);
  const read = await readTextFile(file, name);
  const before = await readFileAt(base, path);
  const now = isSourceFile(read) ? parseOne(read.text, name) : undefined;
  const was = before === undefined ? undefined : parseOne(before, name);
  if (now === undefined || was === undefined) return all(`${name} cannot be compared with what it was`);
  return compare(was, now, tenant, name);
}

/** The file's path from the top of the repository that the manifests are in; undefined for one that is not in it. */
async function findInRepository({ standing }: CommittedFolder, file: string): Promise<string | undefined> {
  if (typeof standing !== "string") return undefined;
  const folder = await realpath(dirname(file));
  const [root, top] = [await findWorkTree(standing), await findWorkTree(folder).catch(() => undefined)];
  if (top !== root) return undefined;
  return relative(root, resolve(folder, basename(file)))
    .split(sep)
    .join("/");
}

function parseOne(text: string, file: string): Json | undefined {
  const { documents, problems } = parseYaml(text, { file });
  const [only] = documents;
  return problems.length === 0 && documents.length === 1 && isJsonObject(only?.value) ? only.value : undefined;
}

function compare(was: Json, now: Json, tenant: string, name: string): ConfigurationSince {
  const [before, after] = [was, now].map((one) => objectAt(objectAt(one, "tenants"), tenant));
  const loud = [
    ...findDifferent(was, now, QUIET),
    ...findDifferent(before, after, new Set([...QUIET_OF_TENANT, "variables"])).map((key) => `${tenant}'s ${key}`),
  ];
  if (loud.length > 0) return all(`${name} has another ${loud.join(", ")}`);
  const variables = findDifferent(valueAt(before, "variables"), valueAt(after, "variables"));
  const used = new Set(["org", "flows", "workflows"].flatMap((key) => variableNames(valueAt(after, key) ?? null)));
  const moving = variables.find((variable) => used.has(variable));
  if (moving !== undefined) return all(`${tenant}'s address uses the variable "${moving}", which changed in ${name}`);
  return { variables: new Set(variables), everything: undefined, before: valueAt(before, "variables") ?? {} };
}

function all(everything: string): ConfigurationSince {
  return { variables: new Set(), everything, before: undefined };
}

function findDifferent(
  was: Json | undefined,
  now: Json | undefined,
  quiet: ReadonlySet<string> = new Set(),
): readonly string[] {
  const keys = new Set([was, now].flatMap((side) => (isJsonObject(side) ? Object.keys(side) : [])));
  return [...keys].filter((key) => !quiet.has(key) && !isSameOrAbsent(valueAt(was, key), valueAt(now, key)));
}
