/** What is left to do after `init`, a sentence each. */
import type { Pipelines } from "./pipelines.ts";

/** Stands where an organisation belongs. */
export const ORG = "your-org";

export interface Situation {
  readonly directory: string;
  readonly org: string | undefined;
  readonly tenant: string;
  /** Whose pipelines were written. */
  readonly pipelines: Pipelines;
  readonly actionRef: string | undefined;
  /** The folder from its repository's top; empty for the top. */
  readonly subfolder: string;
  /** Pipelines that were there, and so stay as they are. */
  readonly kept: readonly string[];
  readonly hasConfig: boolean;
}

export function nextSteps(situation: Situation): readonly string[] {
  const { directory, org, hasConfig } = situation;
  const there = directory === "." ? "" : `Go to ${directory}. `;
  return [
    `${there}Run \`cxone-gitops validate\` and \`cxone-gitops test\`: both work offline.`,
    ...(org === undefined && !hasConfig
      ? [`Put your organisation in the place of "${ORG}" in cxone-gitops.yaml.`]
      : []),
    "Set CXONE_CLIENT_ID and CXONE_CLIENT_SECRET, and run `cxone-gitops plan`: it reads the tenant and writes nothing.",
    ...pipelineSteps(situation),
    "Commit, push, and open a pull request.",
  ];
}

function pipelineSteps(situation: Situation): readonly string[] {
  const { pipelines, subfolder, kept } = situation;
  const stays =
    kept.length === 0
      ? []
      : [`Left as they were: ${kept.join(", ")}. Take over what docs/pipelines.md of cxone-gitops shows.`];
  if (subfolder !== "") return [...belowTheTop(subfolder, pipelines), ...stays, ...packageStep(situation)];
  if (pipelines === "github") return [...stays, ...githubSteps(situation)];
  if (pipelines === "none") return [];
  return [
    ...stays,
    ...packageStep(situation),
    "Set up the credentials that the pipeline names; docs/pipelines.md of cxone-gitops lists them.",
  ];
}

/** Hosts look for pipelines at the top only. */
function belowTheTop(subfolder: string, pipelines: Pipelines): readonly string[] {
  const written = pipelines === "none" ? "No pipelines were written" : "The pipelines do not run where they are";
  return [
    `${written}: ${subfolder} is not the top of its repository. Put them there (\`init --pipelines\` in an empty folder writes them), and let each step work in ${subfolder}: with the action's input working-directory, elsewhere with \`cd\`. docs/pipelines.md of cxone-gitops says more.`,
  ];
}

/** A pipeline that was there takes the command from where its owner has said. */
function packageStep({ pipelines, kept }: Situation): readonly string[] {
  if (kept.length > 0 || (pipelines !== "gitlab" && pipelines !== "jenkins")) return [];
  const path = pipelines === "gitlab" ? ".gitlab-ci.yml" : "Jenkinsfile";
  return [
    `In ${path}, set CXONE_GITOPS_PACKAGE to where you take cxone-gitops from: the address of a tarball that \`npm pack\` made, or @SCOPE/NAME@VERSION of your own registry. Until then its jobs fail.`,
  ];
}

function githubSteps({ actionRef, tenant }: Situation): readonly string[] {
  return [
    ...(actionRef === undefined
      ? [
          "In .github/workflows, put the repository and commit that you take the action from in the place of OWNER and the zeros.",
        ]
      : []),
    `On GitHub, make the environments ${tenant}-plan and ${tenant}-write with these secrets and ${tenant} with reviewers, the last two for main only, and set the repository's variable CXONE_GITOPS_TENANTS to ["${tenant}"].`,
  ];
}
