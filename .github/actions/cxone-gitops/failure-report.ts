import type { Input } from "./input.ts";

/** A command that could not begin prints no report, and the one of before must not be taken for this commit's. */
export function reportOfFailure({ command, tenant, env }: Pick<Input, "command" | "tenant" | "env">): string {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  const where =
    server && repository && run ? `[the job's log](${server}/${repository}/actions/runs/${run})` : "the job's log";
  const [word, what] = command === "drift" ? ["drift", "report of drift"] : ["plan", "plan"];
  const marker = `<!-- cxone-gitops ${word} tenant=${encodeURIComponent(tenant)} -->`;
  return `${marker}\n**The ${what} for tenant \`${tenant}\` could not be made.** Why is told in ${where}.\n`;
}
