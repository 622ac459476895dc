/** Live edits that git's rules would stop at: they are left out, and the manifests stay as sound as they were. */
import assert from "node:assert/strict";
import { it, type TestContext } from "node:test";
import { runValidate } from "../../src/cli/validate.ts";
import { type JsonObject, objectsAt, stringAt } from "../../src/model/json.ts";
import { EMAIL, FLOW, SECOND_EMAIL } from "../helpers/manifests.ts";
import { commitAll, git } from "../helpers/temp-folder.ts";
import { openTestIo } from "../helpers/test-io.ts";
import { CREDENTIALS } from "../helpers/world.ts";
import { type DriftWorld, openDriftWorld, PROMPT } from "./drift-world.ts";

const STOPPING = { soft: new AbortController().signal, hard: new AbortController().signal };
const FIRST = EMAIL.replace("after: [start_node]", "after: [start_node]\n  before: [email_send_02]");

/** Two mails, one after the other, each of which names the other; somebody has deleted the second. */
async function openWithoutSecond(t: TestContext): Promise<DriftWorld> {
  const world = await openDriftWorld(t, { "a.yaml": FIRST, "b.yaml": SECOND_EMAIL, "menu.yaml": FLOW });
  await world.apply();
  const isSecond = (one: JsonObject) =>
    ["id", "source", "target"].some((key) => stringAt(one, key) === "email_send_02");
  world.emulator.editWorkflow("wf_12345", (document) => ({
    ...document,
    nodes: objectsAt(document, "nodes").filter((node) => !isSecond(node)),
    transitions: objectsAt(document, "transitions").filter((transition) => !isSecond(transition)),
  }));
  return world;
}

async function assertSound({ folder }: DriftWorld, rev?: string): Promise<void> {
  const { io, said } = openTestIo(folder, { ...CREDENTIALS, HOME: folder });
  const options = { output: "text", logLevel: "silent", color: false, ...(rev && { rev }) } as const;
  assert.equal(await runValidate(io, options, STOPPING), 0, said());
}

const LEFT = new RegExp(
  [
    "! not taken over EmailNode order-confirmation .*",
    '.*manifests/b.yaml: `after` names "email_send_01", but .* does not name "email_send_02" \\(email/neighbours-disagree\\).*',
    "  ! not taken over EmailNode order-reminder .*",
    ".*deleted live: delete its manifest .* or apply",
  ].join("\n"),
);

it("leaves out an edit that another manifest contradicts, and commits the others", async (t) => {
  const world = await openWithoutSecond(t);
  world.emulator.editFlow("ivr_main_menu_v2", PROMPT("Press 1 for billing"));
  const { code, said } = await world.import({ branch: "live" });
  assert.equal(code, 4, said);
  assert.match(said, LEFT);
  assert.match(said, /\n1 taken over, 2 not taken over\.\n/);
  assert.equal(git(world.folder, "diff", "--name-only", "main", "live"), "manifests/menu.yaml");
  await assertSound(world, "live");
});

it("takes the edit over once the manifest of what was deleted is gone", async (t) => {
  const world = await openWithoutSecond(t);
  const first = await world.import();
  assert.equal(first.code, 4, first.said);
  assert.match(first.said, LEFT);
  assert.equal(git(world.folder, "status", "--porcelain"), "");
  git(world.folder, "rm", "-q", "manifests/b.yaml");
  commitAll(world.folder, "without the second");
  for (const branch of ["live", undefined]) {
    const { code, said } = await world.import(branch === undefined ? {} : { branch });
    assert.equal(code, 0, said);
    await assertSound(world, branch);
  }
  assert.equal(world.read("a.yaml"), FIRST.replace("before: [email_send_02]", "before: []"));
  await world.apply();
  await world.assertInSync();
});

it("has nothing to take over once what was deleted is applied again", async (t) => {
  const world = await openWithoutSecond(t);
  await world.apply();
  const { code, said } = await world.import();
  assert.deepEqual([code, said], [0, "Nothing was edited live.\n"]);
});

it("takes edits over together that are right only together, whatever else is left out", async (t) => {
  const world = await openDriftWorld(t, { "a.yaml": FIRST, "b.yaml": SECOND_EMAIL, "menu.yaml": FLOW });
  await world.apply();
  world.emulator.editWorkflow("wf_12345", (document) => ({
    ...document,
    transitions: objectsAt(document, "transitions").filter((one) => stringAt(one, "target") !== "email_send_02"),
  }));
  const lone = { id: "node_lone", type: "decision", properties: { skill: "None" } };
  world.emulator.editFlow("ivr_main_menu_v2", { nodes: [lone] });
  const { code, said } = await world.import();
  assert.equal(code, 4, said);
  assert.match(said, /! not taken over Flow main-menu /);
  assert.match(said, /^2 taken over, 1 not taken over\./m);
  await assertSound(world);
});

const PATHS = `apiVersion: cxone-gitops/v1
kind: FlowTest
metadata: { name: paths-of-e }
spec:
  flow: e
  cases:
    - { name: one goes to billing, given: { dtmf: "1" }, expect: { visits: [node_queue_03] } }
`;

it("leaves out of many edits those that break a rule or fail a test, and only those", async (t) => {
  const names = ["a", "b", "c", "d", "e"];
  const menu = (name: string) =>
    FLOW.replace("name: main-menu", `name: ${name}`).replace("ivr_main_menu_v2", `ivr_${name}`);
  const manifests = Object.fromEntries(names.map((name) => [`${name}.yaml`, menu(name)]));
  const world = await openDriftWorld(t, { ...manifests, "paths.yaml": PATHS });
  await world.apply();
  for (const name of names) world.emulator.editFlow(`ivr_${name}`, PROMPT("Press 1"));
  const lone = { id: "node_lone", type: "decision", properties: { skill: "None" } };
  world.emulator.editFlow("ivr_c", { nodes: [lone] });
  world.emulator.editFlow("ivr_e", (document) => ({
    ...document,
    connections: objectsAt(document, "connections").map((connection) => {
      return stringAt(connection, "condition") === "dtmf == '1'"
        ? { ...connection, condition: "dtmf == '2'" }
        : connection;
    }),
  }));
  const { code, said } = await world.import();
  assert.equal(code, 4, said);
  const why =
    /! not taken over Flow c .*\n.*manifests\/c.yaml: .* "node_lone".*\(flow\/dead-end\), and 1 more\. Mend it live, or/;
  assert.match(said, why);
  assert.match(said, /! not taken over Flow e .*\n.*manifests\/paths.yaml: .*\(test\/failed\)/);
  assert.match(said, /^3 taken over, 2 not taken over\./m);
  const [taken, left] = [/Press 1,/, /Press one for billing/];
  for (const name of names) assert.match(world.read(`${name}.yaml`), "ce".includes(name) ? left : taken);
  await assertSound(world);
});

it("says of a plain import which other manifest it brings an error into", async (t) => {
  const world = await openWithoutSecond(t);
  const { code, said } = await world.import({ drift: false });
  assert.equal(code, 4, said);
  assert.match(said, /manifests\/b.yaml:10:11 error .*\(email\/neighbours-disagree\)/);
  assert.match(said, /mend it in the file/);
});
