import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { InvalidConfigError } from "../../src/config/error.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { ResolvedAudit } from "../../src/config/resolved.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { makeFolder } from "../helpers/temp-folder.ts";

async function loadAudit(t: TestContext, audit: object, env = {}): Promise<{ audit: ResolvedAudit; cwd: string }> {
  const cwd = makeFolder(t, { "conf/c.yaml": `rules: {}\naudit: ${JSON.stringify(audit)}\n` });
  const secrets = new Secrets();
  const config = await loadConfig({ cwd, file: "conf/c.yaml", env, needCredentials: false, secrets });
  return { audit: config.audit, cwd: join(cwd, "conf") };
}

test("a branch gives the trail a place of its own below the configuration's folder", async (t) => {
  const { audit, cwd } = await loadAudit(t, { git: { branch: "cxone-audit" } });
  const place = join(cwd, ".cxone-gitops/audit-git/cxone-audit");
  assert.deepEqual(audit.git, {
    branch: "cxone-audit",
    remote: "origin",
    folder: "",
    refName: "cxone-audit",
    ownRepository: join(place, "repository.git"),
    file: join(place, "trail/audit.jsonl"),
  });
  assert.equal(audit.file, audit.git?.file);
  assert.equal((await loadAudit(t, {})).audit.git, null);
});

test("two branches, and the same branch of two remotes, never share a place or a reference", async (t) => {
  const places = [
    { branch: "a/b" },
    { branch: "a-b" },
    { branch: "a" },
    { branch: "a", remote: "backup" },
    { branch: "a", remote: "git@example.com:team/trail.git" },
    { branch: "a", remote: "./trail.git" },
    { branch: "a", remote: "https://example.com/team/trail.git" },
    { branch: "a", folder: "audit/prod/" },
  ];
  const audits = await Promise.all(places.map(async (git) => (await loadAudit(t, { git })).audit));
  const files = audits.map(({ file }) => file.slice(file.indexOf("audit-git")));
  assert.equal(new Set(files).size, places.length, files.join("\n"));
  assert.equal(new Set(audits.map(({ git }) => git?.refName)).size, places.length - 1, "a folder shares its branch");
  assert.ok(files[0]?.startsWith("audit-git/a%2Fb/"));
  assert.ok(files.at(-1)?.endsWith("a/trail/audit/prod/audit.jsonl"));
});

test("the remote may come from the environment, and a path starts at the configuration", async (t) => {
  const env = { AUDIT_URL: "ssh://git@example.com/team/trail.git" };
  const named = await loadAudit(t, { git: { branch: "a", remote: "${env:AUDIT_URL}" } }, env);
  assert.equal(named.audit.git?.remote, env.AUDIT_URL);
  const { audit, cwd } = await loadAudit(t, { git: { branch: "a", remote: "../trail.git" } });
  assert.equal(audit.git?.remote, join(cwd, "../trail.git"));
});

test("a login in the URL comes from the environment, and does not change the place when it changes", async (t) => {
  const audit = { git: { branch: "a", remote: "https://bot:${env:TOKEN}@example.com/t.git" } };
  const [first, second] = await Promise.all(
    ["token-1234", "token-5678"].map((TOKEN) => loadAudit(t, audit, { TOKEN })),
  );
  assert.equal(first?.audit.git?.remote, "https://bot:token-1234@example.com/t.git");
  assert.equal(first?.audit.git?.refName, second?.audit.git?.refName);
});

test("what cannot be a branch, a folder or a safe remote is an error on its line, and a token in a URL is not repeated", async (t) => {
  const branch = "cxone-audit";
  const cases: readonly (readonly [audit: object, pattern: RegExp])[] = [
    [{ file: "a.jsonl", git: { branch } }, /either in a file or on a git branch/],
    [{ git: {} }, /branch/],
    ...["-x", "a..b", "a b", "/a", "a/", "HEAD", "refs/heads/a", "a.lock", "a/.b", "a~1"].map(
      (name) => [{ git: { branch: name } }, /cannot be the name of the audit trail's branch/] as const,
    ),
    ...["..", "/a", "a//b", ".git", "a/../b", "a b"].map(
      (folder) => [{ git: { branch, folder } }, /cannot be the audit trail's folder/] as const,
    ),
    ...["--upload-pack=x", "ext::sh -c x", "fd::17", "a\nb", "https://"].map(
      (remote) => [{ git: { branch, remote } }, /remote of the audit trail.s branch cannot be used/] as const,
    ),
    [{ git: { branch, remote: "https://bot:planted-token@example.com/t.git" } }, /must not hold a token/],
    [{ git: { branch, remote: "https://planted-token@example.com/t.git" } }, /must not hold a token/],
    [{ git: { branch, remote: "http://example.com/t.git" } }, /protects nothing on its way/],
    [{ git: { branch: "${env:NOT_SET}" } }, /NOT_SET/],
  ];
  for (const [audit, pattern] of cases) {
    await assert.rejects(loadAudit(t, audit), (thrown: unknown) => {
      assert.ok(thrown instanceof InvalidConfigError, JSON.stringify(audit));
      const [finding, ...others] = thrown.findings;
      assert.deepEqual([finding?.line, others], [2, []], JSON.stringify(audit));
      assert.match(`${finding?.message}`, pattern, JSON.stringify(audit));
      assert.doesNotMatch(`${JSON.stringify(thrown.findings)} ${thrown.message}`, /planted-token/);
      return true;
    });
  }
});
