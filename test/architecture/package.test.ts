/** What npm makes of this repository when it is installed from git or packed. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { promisify } from "node:util";
import { listScaffold } from "../../src/cli/scaffold/scaffold.ts";
import { makeFolder } from "../helpers/temp-folder.ts";
import { ROOT } from "../pipelines/workflow.ts";

const { scripts, files }: { scripts: Record<string, string>; files: readonly string[] } = JSON.parse(
  readFileSync(join(ROOT, "package.json"), "utf8"),
);

it("it is compiled when it is installed from git, where npm runs `prepare` and not `prepack`", () => {
  // Node does not run TypeScript below node_modules, so without the compiled form nothing would run there.
  assert.equal(scripts["prepare"], "npm run build");
  assert.ok(files.includes("dist"));
});

it("a package that was not compiled says so, in a sentence", async (t) => {
  const start = readFileSync(join(ROOT, "src/cli/start.js"), "utf8");
  const folder = makeFolder(t, {
    "package.json": '{ "type": "module", "version": "1.0.0" }',
    "src/cli/start.js": start,
  });
  const ran = promisify(execFile)(process.execPath, [join(folder, "src/cli/start.js"), "validate"]);
  await assert.rejects(ran, { code: 1, stderr: /^cxone-gitops was installed from git without being compiled.*\n$/ });
});

it("every pipeline that `init` writes is in the package", async () => {
  const options = { org: "acme", tenant: "dev", actionRef: "x", trail: null };
  for (const pipelines of ["github", "gitlab", "jenkins"] as const) {
    for (const { path } of await listScaffold({ ...options, pipelines })) {
      const isMade = !path.startsWith(".github/");
      assert.ok(isMade || files.includes(path), `${path} is missing in "files" of package.json`);
    }
  }
  assert.ok(files.includes("docs/pipelines") && files.includes("schemas"));
});
