import { resolve } from "node:path";
import { TENANT_NAME } from "../config/load.ts";
import { EXIT, type ExitCode, GitopsError } from "../errors.ts";
import type { OutputFormat } from "./options.ts";
import { type Io, printJson } from "./outside/io.ts";
import { nextSteps, ORG } from "./scaffold/next-steps.ts";
import { isPipeline, PLACEHOLDER_ACTION, readActionRef } from "./scaffold/pipeline-files.ts";
import type { Pipelines } from "./scaffold/pipelines.ts";
import { addLine, lookAt, makeTop, writeNew } from "./scaffold/place.ts";
import { findPipelines, findSubfolder, trailFolderOf } from "./scaffold/repository.ts";
import { IGNORED, listScaffold, MANIFESTS, type ScaffoldFile } from "./scaffold/scaffold.ts";

export interface InitOptions {
  readonly org?: string;
  /** What the defaults are, in its absence: TENANT, and what `findPipelines` finds. */
  readonly tenant?: string;
  readonly pipelines?: Pipelines;
  readonly actionRef?: string;
  readonly output: OutputFormat;
}

interface Done {
  readonly path: string;
  readonly action: "created" | "extended" | "left";
}

const TENANT = "dev";
const ORG_NAME = /^[A-Za-z0-9-]+$/;
/** The names that the configuration may have. */
const CONFIGURATIONS = ["cxone-gitops.yaml", "cxone-gitops.yml"];

/**
 * Fills a folder with what a repository of manifests begins with. What is there stays as it is, but for a line that `.gitignore` lacks.
 * Needs no credentials and no network. Throws `usage` for a name that cannot be one, `init/unwritable` before anything is written where
 * the way to a file leads out of the folder.
 */
export async function runInit(io: Io, directory: string, options: InitOptions): Promise<ExitCode> {
  const { org, tenant = TENANT, output } = options;
  refuseNames(org ?? ORG, tenant);
  const actionRef = options.actionRef === undefined ? PLACEHOLDER_ACTION : readActionRef(options.actionRef);
  const folder = resolve(io.cwd, directory);
  const place = await lookAround(folder, options);
  refuseIdleFlags(options, place);
  const trail = options.pipelines === "none" ? null : { folder: trailFolderOf(place.subfolder) };
  const files = await listScaffold({ org: org ?? ORG, tenant, pipelines: place.pipelines, actionRef, trail });
  await makeTop(folder);
  const taken = await findTaken(folder, files);
  const done: Done[] = [];
  for (const { path, text } of files) done.push({ path, action: await put(folder, { path, text }, taken) });
  const kept = done.filter(({ path, action }) => action === "left" && isPipeline(path)).map(({ path }) => path);
  const next = nextSteps({ ...place, directory, org, tenant, actionRef: options.actionRef, kept });
  if (output === "json") printJson(io, { formatVersion: 1, folder: directory, files: done, next });
  else io.print(renderInit(done, next));
  return EXIT.ok;
}

interface Place {
  readonly subfolder: string;
  /** Whose pipelines to write: below a repository's top none would run, so there they must be asked for. */
  readonly pipelines: Pipelines;
  readonly hasConfig: boolean;
}

async function lookAround(folder: string, options: InitOptions): Promise<Place> {
  const subfolder = await findSubfolder(folder);
  const pipelines = options.pipelines ?? (subfolder === "" ? await findPipelines(folder) : "none");
  const taken = await Promise.all(CONFIGURATIONS.map(async (path) => (await lookAt(folder, path)) === "taken"));
  return { subfolder, pipelines, hasConfig: taken.includes(true) };
}

/** What would be silently dropped. Throws `usage`. */
function refuseIdleFlags({ org, tenant, actionRef }: InitOptions, { pipelines, hasConfig, subfolder }: Place): void {
  if (actionRef !== undefined && pipelines !== "github") {
    const where = subfolder === "" ? "" : ` ${subfolder} is below its repository's top, where no workflow runs.`;
    const hint = `Leave it away, or add --pipelines github.${where}`;
    throw new GitopsError("usage", "--action-ref is about GitHub's workflows, and none are written here", { hint });
  }
  if (!hasConfig) return;
  const flag = org !== undefined ? "--org" : tenant !== undefined && pipelines === "none" ? "--tenant" : undefined;
  if (flag === undefined) return;
  throw new GitopsError("usage", `${flag} says nothing: the folder has a configuration, which stays as it is`, {
    hint: "Leave it away, and write the tenant into the configuration by hand.",
  });
}

function refuseNames(org: string, tenant: string): void {
  if (!ORG_NAME.test(org)) {
    const hint = "It is the first part of the tenant's host names: letters, digits and hyphens.";
    throw new GitopsError("usage", `"${org}" cannot be an organisation`, { hint });
  }
  if (!TENANT_NAME.test(tenant) || tenant === "all") {
    const hint =
      "Use letters, digits, dots, hyphens and underscores, a letter or digit first; `all` means every tenant.";
    throw new GitopsError("usage", `"${tenant}" cannot be the name of a tenant`, { hint });
  }
}

/** What is not to be written: what is there, and what would stand beside another's of the same sort. */
async function findTaken(folder: string, files: readonly ScaffoldFile[]): Promise<ReadonlySet<string>> {
  const isThere = async (path: string) => (await lookAt(folder, path)) === "taken";
  const hasConfig = (await Promise.all(CONFIGURATIONS.map(isThere))).includes(true);
  const hasManifests = await isThere(MANIFESTS);
  const taken = new Set<string>();
  // One after the other, so that of several that cannot be written always the same is named.
  for (const { path } of files) {
    const isSpared = (hasConfig && CONFIGURATIONS.includes(path)) || (hasManifests && path.startsWith(`${MANIFESTS}/`));
    if (isSpared || (await isThere(path))) taken.add(path);
  }
  return taken;
}

async function put(folder: string, { path, text }: ScaffoldFile, taken: ReadonlySet<string>): Promise<Done["action"]> {
  if (path === ".gitignore" && taken.has(path)) return (await addLine(folder, path, IGNORED)) ? "extended" : "left";
  if (taken.has(path)) return "left";
  await writeNew(folder, path, text);
  return "created";
}

function renderInit(done: readonly Done[], next: readonly string[]): string {
  const lines = done.map(
    ({ path, action }) => `  ${action.padEnd(8)}  ${path}${action === "left" ? " (is there)" : ""}`,
  );
  return `${lines.join("\n")}\n\nNext:\n${next.map((step, index) => `  ${index + 1}. ${step}`).join("\n")}\n`;
}
