import { resolve } from "node:path";
import { TENANT_NAME } from "../config/load.ts";
import { EXIT, type ExitCode, GitopsError } from "../errors.ts";
import type { OutputFormat } from "./options.ts";
import { type Io, printJson } from "./outside/io.ts";
import { PLACEHOLDER_ACTION, readActionRef } from "./scaffold/pipeline-files.ts";
import type { Pipelines } from "./scaffold/pipelines.ts";
import { addLine, lookAt, makeTop, writeNew } from "./scaffold/place.ts";
import { IGNORED, listScaffold, MANIFESTS, type ScaffoldFile } from "./scaffold/scaffold.ts";

export interface InitOptions {
  readonly org?: string;
  readonly tenant: string;
  readonly pipelines: Pipelines;
  readonly actionRef?: string;
  readonly output: OutputFormat;
}

interface Done {
  readonly path: string;
  readonly action: "created" | "extended" | "left";
}

const ORG = "your-org";
const ORG_NAME = /^[A-Za-z0-9-]+$/;
/** The names that the configuration may have. */
const CONFIGURATIONS = ["cxone-gitops.yaml", "cxone-gitops.yml"];

/**
 * Fills a folder with what a repository of manifests begins with. What is there stays as it is, but for a line that `.gitignore` lacks.
 * Needs no credentials and no network. Throws `usage` for a name that cannot be one, `init/unwritable` before anything is written where
 * the way to a file leads out of the folder.
 */
export async function runInit(io: Io, directory: string, options: InitOptions): Promise<ExitCode> {
  const { org = ORG, tenant, pipelines, output } = options;
  refuseNames(org, tenant);
  const actionRef = options.actionRef === undefined ? PLACEHOLDER_ACTION : readActionRef(options.actionRef);
  const files = await listScaffold({ org, tenant, pipelines, actionRef });
  const folder = resolve(io.cwd, directory);
  await makeTop(folder);
  const taken = await findTaken(folder, files);
  const done: Done[] = [];
  for (const { path, text } of files) done.push({ path, action: await put(folder, { path, text }, taken) });
  const next = nextSteps(options, directory);
  if (output === "json") printJson(io, { formatVersion: 1, folder: directory, files: done, next });
  else io.print(renderInit(done, next));
  return EXIT.ok;
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

/** What is left to do, a sentence each. */
function nextSteps({ org, tenant, pipelines, actionRef }: InitOptions, directory: string): readonly string[] {
  const there = directory === "." ? "" : `Go to ${directory}. `;
  return [
    `${there}Run \`cxone-gitops validate\` and \`cxone-gitops test\`: both work offline.`,
    ...(org === undefined ? [`Put your organisation in the place of "${ORG}" in cxone-gitops.yaml.`] : []),
    "Set CXONE_CLIENT_ID and CXONE_CLIENT_SECRET, and run `cxone-gitops plan`: it reads the tenant and writes nothing.",
    ...(pipelines === "github"
      ? [
          ...(actionRef === undefined
            ? [
                "In .github/workflows, put the repository and commit that you take the action from in the place of OWNER and the zeros.",
              ]
            : []),
          `On GitHub, make the environments ${tenant}-plan, ${tenant} (with reviewers) and ${tenant}-reconcile with these secrets, and set the repository's variable CXONE_GITOPS_TENANTS to ["${tenant}"].`,
        ]
      : []),
    ...(pipelines === "gitlab" || pipelines === "jenkins"
      ? ["Set up the credentials that the pipeline names; docs/pipelines.md of cxone-gitops lists them."]
      : []),
    "Commit, push, and open a pull request.",
  ];
}

function renderInit(done: readonly Done[], next: readonly string[]): string {
  const lines = done.map(
    ({ path, action }) => `  ${action.padEnd(8)}  ${path}${action === "left" ? " (is there)" : ""}`,
  );
  return `${lines.join("\n")}\n\nNext:\n${next.map((step, index) => `  ${index + 1}. ${step}`).join("\n")}\n`;
}
