/**
 * The command for scripts, without a process of Node.js for each time that one calls it: a program in bash that hands its arguments,
 * environment and folder to the test's own process, and prints and ends as it is told.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { runHere } from "../helpers/here.ts";
import { makeFolder } from "../helpers/temp-folder.ts";

/** The program's script. What calls it must not stop the test's process meanwhile. */
export async function openDoor(t: TestContext): Promise<string> {
  const folder = makeFolder(t);
  const server = createServer((socket) => {
    createInterface(socket).once("line", (call) => void answer(call).then((code) => socket.end(`${code}\n`)));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  t.after(() => server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return `call=$(mktemp -d '${folder}/XXXXXX')
printf '%s\\0' "$@" > "$call/args"
cat "/proc/$$/environ" > "$call/env"
printf '%s' "$PWD" > "$call/cwd"
exec 3<> /dev/tcp/127.0.0.1/${port}
echo "$call" >&3
read -r code <&3
cat "$call/stdout"
cat "$call/stderr" >&2
exit "$code"`;
}

async function answer(call: string): Promise<number> {
  const read = (name: string) => readFileSync(join(call, name), "utf8");
  const env = read("env")
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
  const { code, stdout, stderr } = await runHere(read("args").split("\0").slice(0, -1), {
    cwd: read("cwd"),
    env: Object.fromEntries(env),
  });
  writeFileSync(join(call, "stdout"), stdout);
  writeFileSync(join(call, "stderr"), stderr);
  return code ?? 1;
}
