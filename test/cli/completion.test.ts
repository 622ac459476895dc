/** What the shells are told to complete is what the command line takes. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { writeBash } from "../../src/cli/completion/bash.ts";
import { writeFish } from "../../src/cli/completion/fish.ts";
import { placeCommands } from "../../src/cli/completion/script-words.ts";
import { readWords } from "../../src/cli/completion/words.ts";
import { writeZsh } from "../../src/cli/completion/zsh.ts";
import { runCommand } from "../helpers/command.ts";
import { readProgram } from "../helpers/silent-program.ts";
import { makeFolder } from "../helpers/temp-folder.ts";

const WORDS = readWords(readProgram());
const BASH = writeBash(WORDS);

function has(shell: string): boolean {
  return spawnSync(shell, ["-c", "true"]).status === 0;
}

/** What bash offers for lines whose last word is being typed: `["plan", "--out"]`. All of them in one shell. */
function complete(cwd: string, lines: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const calls = lines.map((words) => {
    const quoted = ["cxone-gitops", ...words].map((word) => `'${word}'`).join(" ");
    return `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _cxone_gitops; printf '%s|' "\${COMPREPLY[@]}"; echo`;
  });
  const said = execFileSync("bash", ["--norc", "-c", `${BASH}\n${calls.join("\n")}`], { cwd, encoding: "utf8" });
  return said
    .trimEnd()
    .split("\n")
    .map((line) => line.split("|").filter((word) => word !== ""));
}

describe("bash", { skip: !has("bash") && "there is no bash here" }, () => {
  const cases: readonly (readonly [why: string, line: readonly string[], offered: readonly string[]])[] = [
    ["commands by their beginning", ["re"], ["reconcile", "restore"]],
    ["the commands of a group", ["audit", ""], ["log", "show", "verify"]],
    ["flags of the command that was typed, and of no other", ["emulator", "--l"], ["--log-level", "--latency"]],
    ["flags of a command in a group", ["audit", "log", "--un"], ["--until"]],
    ["the choices of a flag", ["plan", "--output", "m"], ["markdown"]],
    ["choices differ from command to command", ["apply", "--output", ""], ["text", "json"]],
    ["a flag and its value as one word, which bash cuts in three", ["plan", "--output", "=", "h"], ["html"]],
    ["the same before the value is begun", ["validate", "--output", "="], ["text", "json", "sarif"]],
    ["the choices of an argument", ["completion", ""], ["bash", "zsh", "fish"]],
    ["nothing where only the user knows", ["init", "--tenant", ""], []],
    [
      "tenants of the configuration, and no text that bash would run",
      ["plan", "--tenant", ""],
      ["all", "dev", "prod.eu"],
    ],
    ["a value that is called like a command is none", ["plan", "--tenant", "audit", "--det"], ["--detailed-exitcode"]],
    ["files for a file, whatever is in their names", ["apply", "a p"], ["a plan.json"]],
    ["folders for a folder", ["plan", "--manifests", "m"], ["manifests"]],
  ];

  it("offers what can follow", (t) => {
    const tenants = `rules: { a: off }
tenants:
# of tests
  dev:
    org: acme
  "prod.eu": { org: acme }
  $(touch planted): {}
notifications:
  no: tenant
`;
    const folder = makeFolder(t, { "a plan.json": "{}", "manifests-list.txt": "", "cxone-gitops.yaml": tenants });
    mkdirSync(join(folder, "manifests"));
    const offered = complete(
      folder,
      cases.map(([, line]) => line),
    );
    for (const [index, [why, , expected]] of cases.entries()) assert.deepEqual(offered[index], expected, why);
    assert.equal(existsSync(join(folder, "planted")), false);
  });
});

for (const [shell, write] of [
  ["zsh", writeZsh],
  ["fish", writeFish],
] as const) {
  it(`${shell} is told of every command and flag, and can read it`, (t) => {
    const script = write(WORDS);
    for (const { path, command } of placeCommands(WORDS)) {
      for (const word of path) assert.ok(script.includes(word));
      for (const { long } of command.flags) {
        assert.match(script, new RegExp(shell === "zsh" ? `'\\*?${long}[=[]` : `-l ${long.slice(2)} `));
      }
    }
    assert.doesNotMatch(script, /undefined|\[object/);
    if (!has(shell)) return t.diagnostic(`there is no ${shell} here to read it`);
    const { status, stderr } = spawnSync(shell, ["-n"], { input: script, encoding: "utf8" });
    assert.deepEqual([status, stderr], [0, ""]);
  });
}

it("the command prints the script and needs no configuration; another shell is an error", async (t) => {
  const cwd = makeFolder(t);
  assert.deepEqual(await runCommand(["completion", "bash"], { cwd }), { code: 0, stdout: BASH, stderr: "" });
  const { code, stdout, stderr } = await runCommand(["completion", "tcsh"], { cwd });
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /bash, zsh, fish/);
});
