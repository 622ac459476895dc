/** The line that says how far a read is: on a terminal, for as long as it lasts, and nowhere else. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { it, type TestContext } from "node:test";
import { openStatusLine } from "../../src/cli/outside/progress.ts";
import { startEmulator } from "../../src/emulator/server.ts";
import { COMPILE_CACHE, START } from "../helpers/command.ts";
import { openGate } from "../helpers/gate.ts";
import { FLOW, flowNamed } from "../helpers/manifests.ts";
import { openWorld, type World } from "../helpers/world.ts";

const WIPE = "\r\u001b[2K";

/** The `script` of util-linux gives a command a terminal of its own. */
const NO_TERMINAL =
  !String(spawnSync("script", ["--version"]).stdout).includes("util-linux") &&
  "there is no `script` of util-linux here to make a terminal with";

interface Terminal {
  readonly child: ChildProcess;
  /** Everything that was drawn so far. */
  screen(): string;
  untilDrawn(text: string): Promise<void>;
}

function onTerminal(t: TestContext, world: World, ...args: readonly string[]): Terminal {
  const env = { PATH: process.env["PATH"], HOME: world.folder, TERM: "xterm", ...COMPILE_CACHE, ...world.env };
  const command = [process.execPath, START, ...args].map((word) => `'${word}'`).join(" ");
  const child = spawn("script", ["-q", "-e", "-c", command, "/dev/null"], { cwd: world.folder, env });
  t.after(() => child.kill());
  let screen = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    screen += text;
  });
  return {
    child,
    screen: () => screen,
    async untilDrawn(text) {
      while (!screen.includes(text)) {
        assert.equal(child.exitCode, null, screen);
        await new Promise((tick) => setTimeout(tick, 5));
      }
    },
  };
}

async function openSlowWorld(t: TestContext) {
  const emulator = await startEmulator();
  t.after(() => emulator.close());
  const gate = await openGate(t, emulator.url);
  const world = openWorld(t, gate.url, { "a.yaml": FLOW, "b.yaml": flowNamed("second") });
  return { gate, world };
}

it("a terminal shows how far the read is, and then the plan alone", { skip: NO_TERMINAL }, async (t) => {
  const { gate, world } = await openSlowWorld(t);
  const held = gate.hold("GET", "/api/v2/flows/ivr_second", "answer");
  const terminal = onTerminal(t, world, "plan", "--no-color");
  await terminal.untilDrawn("reading 1/2 …");
  held.letGo();
  const [code] = await once(terminal.child, "close");
  assert.equal(code, 0, terminal.screen());
  const [before = "", after = ""] = terminal.screen().split("Plan for tenant dev");
  assert.ok(before.endsWith(WIPE), JSON.stringify(before.slice(-200)));
  assert.doesNotMatch(after, /reading/);
  assert.match(after, /2 to create\./);
});

it("a terminal shows how far the writes are", { skip: NO_TERMINAL }, async (t) => {
  const { gate, world } = await openSlowWorld(t);
  const held = gate.hold("POST", "/api/v2/flows", "answer");
  const terminal = onTerminal(t, world, "apply", "--auto-approve", "--no-color");
  await terminal.untilDrawn("applying 1/2 …");
  held.letGo();
  const [code] = await once(terminal.child, "close");
  assert.equal(code, 0, terminal.screen());
  assert.match(terminal.screen(), /2 applied\.\s+dev: \d+ requests .*\s*$/);
  assert.doesNotMatch(terminal.screen(), /applying [^\r]*(?:done|applied)/, "what is written takes the line's place");
});

it("a pipe gets no such line", async (t) => {
  const { gate, world } = await openSlowWorld(t);
  const held = gate.hold("GET", "/api/v2/flows/ivr_second", "answer");
  const running = world.run("plan");
  await held.arrived;
  held.letGo();
  const { stdout, stderr } = await running;
  assert.ok(!`${stdout}${stderr}`.includes("reading") && !`${stdout}${stderr}`.includes(WIPE));
});

it("only a terminal that can be drawn over has a line", () => {
  const streams = { terminal: { isTTY: true, write() {} }, pipe: { write() {} } };
  const cases: readonly (readonly [
    reason: string,
    stream: keyof typeof streams,
    env: Record<string, string>,
    has: boolean,
  ])[] = [
    ["a terminal", "terminal", { TERM: "xterm" }, true],
    ["colours are another matter", "terminal", { TERM: "xterm", NO_COLOR: "1" }, true],
    ["CI that is said to be none", "terminal", { TERM: "xterm", CI: "false" }, true],
    ["a pipe", "pipe", { TERM: "xterm" }, false],
    ["a terminal that cannot", "terminal", { TERM: "dumb" }, false],
    ["one that does not say what it can", "terminal", {}, false],
    ["the log of a CI job", "terminal", { TERM: "xterm", CI: "true" }, false],
  ];
  for (const [reason, stream, env, has] of cases) {
    assert.equal(openStatusLine(streams[stream], env) !== undefined, has, reason);
  }
});

it("what is cleared is wiped once, and nothing is wiped that was not drawn", () => {
  let written = "";
  const line = openStatusLine(
    {
      isTTY: true,
      write: (text: string) => {
        written += text;
      },
    },
    { TERM: "xterm" },
  );
  line?.clear();
  assert.equal(written, "");
  line?.draw("reading 1/2 …");
  line?.clear();
  line?.clear();
  assert.equal(written, `${WIPE}reading 1/2 …${WIPE}`);
});
