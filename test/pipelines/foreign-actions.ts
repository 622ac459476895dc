/** What GitHub's own actions leave behind, as far as our workflows use them. */
import { cpSync, existsSync, globSync, mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { git } from "../helpers/temp-folder.ts";
import type { Run } from "./runner.ts";

type Given = Readonly<Record<string, string>>;

/** Throws for an action that no workflow of ours may use. */
export function useForeign(
  uses: string,
  { run, workspace }: { readonly run: Run; readonly workspace: string },
  given: Given,
): void {
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
      download(run, workspace, given);
      break;
    default:
      throw new Error(`a workflow uses an action that the tests do not know: ${uses}`);
  }
}

function checkOut(run: Run, workspace: string, given: Given): void {
  const depth = given["fetch-depth"] === "0" ? [] : [`--depth=${given["fetch-depth"] ?? 1}`];
  git(workspace, "init", "--quiet");
  git(workspace, "remote", "add", "origin", `file://${run.origin}`);
  git(workspace, "fetch", "--quiet", "--no-tags", ...depth, "origin", given["ref"] ?? run.sha);
  git(workspace, "checkout", "--quiet", "--detach", "FETCH_HEAD");
}

function upload(run: Run, workspace: string, given: Given): void {
  const found = globSync(given["path"] ?? "", { cwd: workspace });
  if (found.length === 0 && given["if-no-files-found"] === undefined)
    throw new Error(`there is no ${given["path"]} to upload`);
  for (const file of found) {
    const to = join(storeOf(run), given["name"] ?? "", file);
    mkdirSync(dirname(to), { recursive: true });
    cpSync(join(workspace, file), to, { recursive: true });
  }
}

function download(run: Run, workspace: string, { name, pattern = "*", path = "." }: Given): void {
  const target = join(workspace, path);
  if (name !== undefined) cpSync(join(storeOf(run), name), target, { recursive: true });
  const several = name === undefined ? globSync(pattern, { cwd: storeOf(run) }) : [];
  for (const one of several) cpSync(join(storeOf(run), one), join(target, one), { recursive: true });
}

/** Where a run's artifact of that name lies; undefined when nothing was uploaded under it. */
export function artifactOf(run: Run, name: string): string | undefined {
  const folder = join(storeOf(run), name);
  return existsSync(folder) ? folder : undefined;
}

function storeOf({ folder }: Run): string {
  return join(folder, "..", `artifacts-of-${basename(folder)}`);
}
