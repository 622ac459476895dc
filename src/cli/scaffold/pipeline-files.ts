/** The pipelines that `init` writes: those of this repository and of its pages, which the tests run as they are written. */
import { readFile } from "node:fs/promises";
import { GitopsError } from "../../errors.ts";
import { packagePath } from "../package-files.ts";
import type { Pipelines } from "./pipelines.ts";
import type { ScaffoldFile } from "./scaffold.ts";

/** No repository to take the action from is known here, so whoever takes it over has to name one. */
export const PLACEHOLDER_ACTION = `OWNER/cxone-gitops/.github/actions/cxone-gitops@${"0".repeat(40)}`;

const OWN_ACTION = "./.github/actions/cxone-gitops";
const ACTION_PATH = "/.github/actions/cxone-gitops";
const WORKFLOWS = ["plan.yml", "apply.yml", "apply-tenant.yml", "reconcile.yml"];

export async function pipelineFiles(options: {
  readonly pipelines: Pipelines;
  readonly tenant: string;
  readonly actionRef: string;
}): Promise<readonly ScaffoldFile[]> {
  const { pipelines, tenant, actionRef } = options;
  switch (pipelines) {
    case "github":
      return Promise.all(
        WORKFLOWS.map(async (name) => {
          const text = await readPart(`.github/workflows/${name}`);
          return {
            path: `.github/workflows/${name}`,
            text: text.replaceAll(`uses: ${OWN_ACTION}`, `uses: ${actionRef}`),
          };
        }),
      );
    case "gitlab": {
      const text = await readPart("docs/pipelines/gitlab-ci.yml");
      return [
        {
          path: ".gitlab-ci.yml",
          text: text
            .replaceAll("TENANT: [dev]", `TENANT: [${quoted(tenant)}]`)
            .replace("TENANT: dev }", `TENANT: ${quoted(tenant)} }`)
            .replace("\napply:dev:", `\napply:${tenant}:`),
        },
      ];
    }
    case "jenkins": {
      const text = await readPart("docs/pipelines/Jenkinsfile");
      return [{ path: "Jenkinsfile", text: text.replace("values 'dev'", `values '${tenant}'`) }];
    }
    case "none":
      return [];
  }
}

/** Whether a path below the folder is one that a host looks for. */
export function isPipeline(path: string): boolean {
  return path.startsWith(".github/workflows/") || path === ".gitlab-ci.yml" || path === "Jenkinsfile";
}

/** `OWNER/REPOSITORY@HASH`, or the action's whole name. Throws `usage` for what a workflow should not run. */
export function readActionRef(text: string): string {
  const [, repository, path = ACTION_PATH, hash] = /^([\w.-]+\/[\w.-]+)(\/[\w./-]+)?@([0-9a-f]{40})$/.exec(text) ?? [];
  if (repository !== undefined && path === ACTION_PATH) return `${repository}${path}@${hash}`;
  throw new GitopsError("usage", `"${text}" does not name the action`, {
    hint: `Write OWNER/REPOSITORY${ACTION_PATH}@HASH, with the 40 digits of a commit: a branch or a tag can be moved to other code.`,
  });
}

/** A word of YAML that stays a text. */
export function quoted(word: string): string {
  return /^[A-Za-z][\w-]*$/.test(word) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(word)
    ? word
    : JSON.stringify(word);
}

/** A file of the package that this code is in; the same path in a checkout and in the published package. */
export async function readPart(path: string): Promise<string> {
  return await readFile(packagePath(path), "utf8");
}
