import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type ActorIdentity, describeActor, type Environment } from "../../src/audit/identity.ts";

interface Case {
  readonly reason: string;
  readonly env?: Environment;
  readonly gitUser?: string;
  readonly osUser?: string;
  readonly identity: ActorIdentity;
}

const pushed = { GITHUB_ACTIONS: "true", GITHUB_ACTOR: "octo", GITHUB_SHA: "abc", GITHUB_REF: "refs/heads/main" };
const merged = { GITLAB_CI: "true", GITLAB_USER_LOGIN: "lab", CI_COMMIT_SHA: "def", CI_MERGE_REQUEST_IID: "5" };
const built = { JENKINS_URL: "https://ci", BUILD_USER_ID: "jen", GIT_COMMIT: "fed", CHANGE_ID: "9" };

const cases: readonly Case[] = [
  { reason: "GitHub, a push", env: pushed, identity: { actor: "octo", commit: "abc", pullRequest: null } },
  {
    reason: "GitHub, a pull request",
    env: { ...pushed, GITHUB_REF: "refs/pull/12/merge" },
    identity: { actor: "octo", commit: "abc", pullRequest: "12" },
  },
  {
    reason: "GitHub, a branch that only looks like a pull request",
    env: { ...pushed, GITHUB_REF: "refs/heads/refs/pull/12/merge" },
    identity: { actor: "octo", commit: "abc", pullRequest: null },
  },
  { reason: "GitLab, a merge request", env: merged, identity: { actor: "lab", commit: "def", pullRequest: "5" } },
  {
    reason: "GitLab, a branch",
    env: { ...merged, CI_MERGE_REQUEST_IID: undefined },
    identity: { actor: "lab", commit: "def", pullRequest: null },
  },
  { reason: "Jenkins", env: built, identity: { actor: "jen", commit: "fed", pullRequest: "9" } },
  {
    reason: "Jenkins names no user without its plugin: git's is the next best",
    env: { ...built, BUILD_USER_ID: "" },
    gitUser: "Ann <ann@example.com>",
    identity: { actor: "Ann <ann@example.com>", commit: "fed", pullRequest: "9" },
  },
  {
    reason: "the CI's word comes before git's, which in a CI is a robot",
    env: pushed,
    gitUser: "robot",
    identity: { actor: "octo", commit: "abc", pullRequest: null },
  },
  {
    reason: "a person at a desk",
    gitUser: "Ann",
    osUser: "ann",
    identity: { actor: "Ann", commit: null, pullRequest: null },
  },
  {
    reason: "git without a user",
    gitUser: " ",
    osUser: "ann",
    identity: { actor: "ann", commit: null, pullRequest: null },
  },
  { reason: "nothing known", identity: { actor: "unknown", commit: null, pullRequest: null } },
  {
    reason: "a Jenkins variable outside Jenkins means nothing",
    env: { CHANGE_ID: "9", GIT_COMMIT: "fed" },
    identity: { actor: "unknown", commit: null, pullRequest: null },
  },
];

describe("describeActor", () => {
  for (const { reason, env = {}, gitUser, osUser, identity } of cases) {
    it(reason, () => assert.deepEqual(describeActor(env, gitUser, osUser), identity));
  }
});
