/** What can be known of the image without building one: there is no Docker here. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import { basename, join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { makeFolder } from "../helpers/temp-folder.ts";
import { copiesOf, lastOf, readStages, wordsOf } from "./dockerfile.ts";
import { runBash } from "./shell.ts";
import { ROOT } from "./workflow.ts";

const [build = [], final = [], ...others] = readStages();
const ENTRYPOINT = wordsOf(lastOf(final, "ENTRYPOINT"));

describe("the Dockerfile", () => {
  it("has two stages, and only what the second takes over reaches the image", () => {
    assert.deepEqual(others, []);
    assert.equal(lastOf(build, "FROM"), "${NODE_IMAGE} AS build");
    const foreign = copiesOf(final).filter(({ from }) => from !== undefined && from !== "build");
    assert.deepEqual(foreign, []);
  });

  it("runs as a user by number who is not root, and nothing of it needs a shell", () => {
    assert.match(lastOf(final, "USER"), /^[1-9]\d*:[1-9]\d*$/);
    assert.deepEqual(ENTRYPOINT, ["node", "/app/src/cli/start.js"]);
    assert.deepEqual(wordsOf(lastOf(final, "CMD")), ["-h"]);
    wordsOf(lastOf(final, "HEALTHCHECK").replace(/^.*? CMD /, ""));
  });

  it("fetches nothing by itself, and says where it comes from", () => {
    const instructions = [...build, ...final];
    assert.equal(
      instructions.some(({ name }) => name === "ADD"),
      false,
    );
    assert.doesNotMatch(JSON.stringify(instructions), /curl|wget/);
    for (const label of ["title", "description", "licenses", "version", "revision", "source"])
      assert.match(lastOf(final, "LABEL"), new RegExp(`org\\.opencontainers\\.image\\.${label}="`));
  });

  it("copies what is there, and .dockerignore lets it in and nothing else", () => {
    const ignored = readFileSync(join(ROOT, ".dockerignore"), "utf8")
      .split("\n")
      .filter((line) => /^[^#]/.test(line));
    const sources = [...copiesOf(build), ...copiesOf(final)]
      .filter(({ from }) => from === undefined)
      .flatMap((copy) => copy.sources);
    for (const source of sources) assert.ok(existsSync(join(ROOT, source)), source);
    const allowed = ignored.slice(1).map((line) => line.slice(1));
    assert.equal(ignored[0], "*");
    const outside = sources.filter(
      (source) => !allowed.some((path) => source === path || source.startsWith(`${path}/`)),
    );
    assert.deepEqual(outside, []);
    assert.deepEqual(
      allowed.filter((path) => !sources.some((source) => source === path)),
      [],
    );
  });

  it("installs and builds by scripts that package.json has", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const runs = build.filter(({ name }) => name === "RUN").map(({ text }) => text);
    assert.match(runs[0] ?? "", /^npm ci --ignore-scripts /);
    assert.equal(runs[1], "npm run build");
    assert.ok(scripts.build);
  });
});

/** The files of the image below /app, put together from the stages' COPY lines around what the build makes of the source. */
async function layOut(t: TestContext): Promise<string> {
  const folder = makeFolder(t);
  const [work, app] = [join(folder, "build"), join(folder, "app")];
  for (const { sources, to } of copiesOf(build))
    for (const source of sources) put(join(ROOT, source), work, source, to);
  symlinkSync(join(ROOT, "node_modules"), join(work, "node_modules"));
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const { code, text } = await runBash(String(scripts.build), {
    cwd: work,
    path: [join(ROOT, "node_modules/.bin")],
    env: {},
  });
  assert.equal(code, 0, text);
  for (const { from, sources, to } of copiesOf(final)) {
    for (const source of sources) {
      if (from === undefined) put(join(ROOT, source), app, source, to);
      else put(source.replace("/build", work), app, source, to);
    }
  }
  return app;
}

/** As COPY: into a folder that ends with a slash, else under the name given. */
function put(from: string, top: string, source: string, to: string): void {
  const target = to.endsWith("/") ? join(top, to, basename(source)) : join(top, to);
  mkdirSync(join(target, ".."), { recursive: true });
  cpSync(from, target, { recursive: true });
}

it("what the build makes of the source starts, and has what it needs to begin a repository", async (t) => {
  const app = await layOut(t);
  const [node = "", ...words] = ENTRYPOINT.map((word) => word.replace(/^\/app\//, `${app}/`));
  assert.equal(node, "node");
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, [...words, ...args], { cwd: makeFolder(t), encoding: "utf8" });
  const init = run("init", "--pipelines", "jenkins");
  assert.equal(init.status, 0, init.stderr);
  assert.match(init.stdout, /created {3}Jenkinsfile/);
});

it("its health is that of the daemon; a command that does not listen is well", async (t) => {
  const [node, ...words] = wordsOf(lastOf(final, "HEALTHCHECK").replace(/^.*? CMD /, ""));
  assert.equal(node, "node");
  let status = 200;
  const server = createServer((_request, response) => response.writeHead(status).end("{}"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/healthz`;
  const check = async () => {
    const child = spawn(process.execPath, words, { env: { CXONE_GITOPS_HEALTH: url } });
    const [code]: unknown[] = await once(child, "close");
    return code;
  };
  assert.equal(await check(), 0);
  status = 503;
  assert.equal(await check(), 1);
  server.close();
  server.closeAllConnections();
  assert.equal(await check(), 0);
});
