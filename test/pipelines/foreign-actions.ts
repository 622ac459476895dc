/** What GitHub's own actions leave behind, as far as our workflows use them. */
import { appendFileSync, cpSync, existsSync, globSync, mkdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { git } from "../helpers/temp-folder.ts";
import type { Run } from "./runner.ts";

type Given = Readonly<Record<string, string>>;

/** False when it fails. Throws for an action that no workflow of ours may use. */
export function useForeign(
  uses: string,
  { run, workspace }: { readonly run: Run; readonly workspace: string },
  given: Given,
): boolean {
  switch (uses.split("@")[0]) {
    case "actions/setup-node":
      break;
    case "actions/checkout":
      checkOut(run, workspace, given);
      break;
    case "actions/upload-artifact":
      upload(run, workspace, given);
      break;
    case "actions/download-artifact":
      return download(run, workspace, given);
    default:
      throw new Error(`a workflow uses an action that the tests do not know: ${uses}`);
  }
  return true;
}

function checkOut(run: Run, workspace: string, given: Given): void {
  const isWhole = given["fetch-depth"] === "0";
  const depth = isWhole ? [] : [`--depth=${given["fetch-depth"] ?? 1}`];
  layOutRepository(run, workspace);
  git(workspace, "fetch", "--quiet", "--no-tags", ...depth, "origin", given["ref"] ?? run.sha);
  git(workspace, "checkout", "--quiet", "--detach", "FETCH_HEAD");
  if (isWhole) git(workspace, "fetch", "--quiet", "--no-tags", "origin", "+refs/heads/*:refs/remotes/origin/*");
}

/** An empty repository with its remote, made once for all checkouts; nothing of it is tidied up in the background. */
function layOutRepository({ folder, origin }: Run, workspace: string): void {
  const template = join(folder, "../empty-repository");
  if (!existsSync(template)) {
    git(join(folder, ".."), "init", "--quiet", "--template=", template);
    const file = join(template, ".git/config");
    appendFileSync(
      file,
      `[remote "origin"]\n\turl = file://${origin}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`,
    );
    appendFileSync(file, "[maintenance]\n\tauto = false\n");
  }
  cpSync(join(template, ".git"), join(workspace, ".git"), { recursive: true });
}

function upload(run: Run, workspace: string, given: Given): void {
  const found = globSync(given["path"] ?? "", { cwd: workspace });
  if (found.length === 0 && given["if-no-files-found"] === undefined)
    throw new Error(`there is no ${given["path"]} to upload`);
  if (given["overwrite"] === "true") rmSync(join(storeOf(run), given["name"] ?? ""), { recursive: true, force: true });
  for (const file of found) {
    const to = join(storeOf(run), given["name"] ?? "", file);
    mkdirSync(dirname(to), { recursive: true });
    cpSync(join(workspace, file), to, { recursive: true });
  }
}

function download(run: Run, workspace: string, { name, pattern = "*", path = "." }: Given): boolean {
  if (name !== undefined && artifactOf(run, name) === undefined) return false;
  const target = join(workspace, path);
  if (name !== undefined) cpSync(join(storeOf(run), name), target, { recursive: true });
  const several = name === undefined ? globSync(pattern, { cwd: storeOf(run) }) : [];
  for (const one of several) cpSync(join(storeOf(run), one), join(target, one), { recursive: true });
  return true;
}

/** Where a run's artifact of that name lies; undefined when nothing was uploaded under it. */
export function artifactOf(run: Run, name: string): string | undefined {
  const folder = join(storeOf(run), name);
  return existsSync(folder) ? folder : undefined;
}

function storeOf({ folder }: Run): string {
  return join(folder, "..", `artifacts-of-${basename(folder)}`);
}
