/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** On whose behalf a run writes. */
export interface ActorIdentity {
  readonly actor: string;
  /** Null outside CI; the caller knows the commit that it read manifests from. */
  readonly commit: string | null;
  readonly pullRequest: string | null;
}

interface CiIdentity {
  readonly actor: string | undefined;
  readonly commit: string | undefined;
  readonly pullRequest: string | undefined;
}

/**
 * Who is at work: what the CI says (GitHub Actions, GitLab CI, Jenkins), else git's user, else the system's user, else
 * `unknown`. An empty variable counts as unset. Pure: reads only its arguments.
 */
export function describeActor(env: Environment, gitUser?: string, osUser?: string): ActorIdentity {
  const ci = describeCi(env);
  return {
    actor: filled(ci?.actor) ?? filled(gitUser) ?? filled(osUser) ?? "unknown",
    commit: filled(ci?.commit) ?? null,
    pullRequest: filled(ci?.pullRequest) ?? null,
  };
}

function describeCi(env: Environment): CiIdentity | undefined {
  if (hasAny(env, ["GITHUB_ACTIONS", "GITHUB_ACTOR"])) {
    const pullRequest = /^refs\/pull\/(\d+)\//.exec(env["GITHUB_REF"] ?? "")?.[1];
    return { actor: env["GITHUB_ACTOR"], commit: env["GITHUB_SHA"], pullRequest };
  }
  if (hasAny(env, ["GITLAB_CI", "GITLAB_USER_LOGIN"])) {
    return {
      actor: env["GITLAB_USER_LOGIN"],
      commit: env["CI_COMMIT_SHA"],
      pullRequest: env["CI_MERGE_REQUEST_IID"],
    };
  }
  if (hasAny(env, ["JENKINS_URL", "BUILD_USER_ID"])) {
    return { actor: env["BUILD_USER_ID"], commit: env["GIT_COMMIT"], pullRequest: env["CHANGE_ID"] };
  }
  return undefined;
}

function hasAny(env: Environment, names: readonly string[]): boolean {
  return names.some((name) => filled(env[name]) !== undefined);
}

function filled(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === "" ? undefined : value.trim();
}
