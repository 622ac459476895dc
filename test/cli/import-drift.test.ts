/** Live edits that go back into the manifests: by hand-formatted text, and by field. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import type { ImportEntry } from "../../src/cli/importing/report.ts";
import type { JsonObject } from "../../src/emulator/json.ts";
import { GitopsError } from "../../src/errors.ts";
import { WEBHOOK } from "../helpers/manifests.ts";
import { git, writeFiles } from "../helpers/temp-folder.ts";
import { MAIL, MENU, openDriftWorld, PROMPT } from "./drift-world.ts";

it("puts live edits where they belong in a hand-formatted file, and the plan is empty", async (t) => {
  const world = await openDriftWorld(t, { "front-door.yaml": `${MENU}---\n${MAIL}` });
  await world.apply();
  world.emulator.editFlow("ivr_main_menu_v2", {
    nodes: [
      { id: "node_dtmf_02", properties: { prompt: "Press one: it's billing" } },
      { id: "node_queue_03", properties: { skill: "Sales", priority: 3 /* nobody's in git */ } },
      { id: "node_vip", type: "decision", properties: { skill: "VIP" } },
    ],
    connections: [
      {
        id: "conn_vip_in",
        source_node_id: "node_dtmf_02",
        target_node_id: "node_vip",
        condition: "dtmf == '2'",
        type: "conditional",
      },
      {
        id: "conn_vip_out",
        source_node_id: "node_vip",
        target_node_id: "node_end_05",
        condition: "true",
        type: "default",
      },
    ],
  });
  world.emulator.editWorkflow("wf_12345", {
    nodes: [{ id: "email_send_01", properties: { deliveryMode: "priority" } }],
  });

  const looked = await world.import({ check: true });
  assert.equal(looked.code, 2);
  assert.match(
    looked.said,
    /^-.*prompt: 'Press one for billing' # at most ten seconds\n\+.*'Press one: it''s billing' # at most/m,
  );
  assert.equal(world.read("front-door.yaml"), `${MENU}---\n${MAIL}`);

  const { code, said } = await world.import();
  assert.equal(code, 0, said);
  assert.match(said, /taken over Flow main-menu .*\n.*edited live .*\/nodes\/node_dtmf_02\/properties\/prompt/);
  const menu = MENU.replace("'Press one for billing'", "'Press one: it''s billing'")
    .replace("{ skill: Billing }", "{ skill: Sales }")
    .replace(
      "type: terminal }\n",
      "type: terminal }\n    - { id: node_vip, type: decision, properties: { skill: VIP } }\n",
    )
    .replace(
      "# hang up\n",
      `# hang up
    - { id: conn_vip_in, from: node_dtmf_02, to: node_vip, when: dtmf == '2' }
    - { id: conn_vip_out, from: node_vip, to: node_end_05 }\n`,
    );
  assert.equal(world.read("front-door.yaml"), `${menu}---\n${MAIL}  deliveryMode: priority\n`);
  await world.assertInSync();
  const again = await world.import();
  assert.deepEqual([again.code, again.said], [0, "Nothing was edited live.\n"]);
});

it("takes live's fields and leaves git's, and where both moved git's stay and all three are told", async (t) => {
  const world = await openDriftWorld(t, { "main-menu.yaml": MENU, "mail.yaml": MAIL });
  await world.apply();
  world.edit("main-menu.yaml", "timeoutSeconds: 5", "timeoutSeconds: 7");
  world.edit("main-menu.yaml", "Press one for billing", "For billing, press one");
  world.edit("mail.yaml", "tmpl_inv_2024", "tmpl_inv_2025");
  world.emulator.editFlow("ivr_main_menu_v2", { name: "Front Door", ...PROMPT("Press 1 for billing") });
  const before = world.read("main-menu.yaml");
  const { code, said } = await world.import({ output: "json" });
  assert.equal(code, 4, said);
  assert.equal(world.read("main-menu.yaml"), before.replace(`"\${var:greeting} Menu"`, `"Front Door"`));
  const { written, conflicts } = JSON.parse(said);
  assert.deepEqual(conflicts, [
    {
      ...{ kind: "Flow", name: "main-menu", id: "ivr_main_menu_v2", field: "/nodes/node_dtmf_02/properties/prompt" },
      ...{ applied: "Press one for billing", live: "Press 1 for billing", desired: "For billing, press one" },
    },
  ]);
  assert.deepEqual(
    written.map((entry: ImportEntry) => [entry.kind, entry.action]),
    [
      ["EmailNode", "unchanged"],
      ["Flow", "edited"],
    ],
  );
  const text = await world.import();
  assert.equal(text.code, 4);
  assert.match(
    text.said,
    /conflict at \/nodes\/node_dtmf_02\/properties\/prompt: "Press one for billing" was applied, live says "Press 1 for/,
  );
  assert.match(text.said, /= left EmailNode order-confirmation .*\n.*committed and not deployed/);
});

it("takes nothing of a resource where the two sides cannot be told apart, such as in one list that both edited", async (t) => {
  const withList = MENU.replace("timeoutSeconds: 5\n", "options: [{ id: a, to: one }, { id: b, to: two }]\n");
  const world = await openDriftWorld(t, { "main-menu.yaml": withList });
  await world.apply();
  world.edit("main-menu.yaml", "to: two", "to: three");
  const options = [
    { id: "a", to: "zero" },
    { id: "b", to: "two" },
  ];
  world.emulator.editFlow("ivr_main_menu_v2", {
    name: "Front Door",
    nodes: [{ id: "node_dtmf_02", properties: { options } }],
  });
  const before = world.read("main-menu.yaml");
  const { code, said } = await world.import();
  assert.equal(code, 4, said);
  assert.match(said, /conflict at \/name: /);
  assert.match(said, /conflict at \/nodes\/node_dtmf_02\/properties\/options: /);
  assert.equal(world.read("main-menu.yaml"), before);
});

it("says what cannot be taken over, and shows and writes no secret", async (t) => {
  const owned = `apiVersion: cxone-gitops/v1
kind: Flow
metadata: { name: survey }
spec:
  name: Survey
  start: node_start
  nodes:
    - { id: node_start, type: start, properties: { token: "\${env:CXONE_CLIENT_SECRET}" } }
    - { id: node_end, type: terminal }
  connections: [{ from: node_start, to: node_end }]
`;
  const world = await openDriftWorld(t, {
    "main-menu.yaml": MENU,
    "survey.yaml": owned,
    "hook.yaml": WEBHOOK,
    "mail.yaml": MAIL,
  });
  await world.apply();
  const { emulator } = world;
  emulator.editFlow("survey", { nodes: [{ id: "node_start", properties: { token: "another-secret-value-0002" } }] });
  const first = await world.import();
  assert.equal(first.code, 4, first.said);
  emulator.removeDocument("flow", "ivr_main_menu_v2");
  const { code, said } = await world.import();
  assert.equal(code, 4, said);
  assert.match(said, /! not taken over Flow main-menu .*\n.*deleted live: delete its manifest .*apply/);
  assert.match(
    said,
    /! not taken over Flow survey .*\n.*\/token refers to the environment and differs live; the reference stays/,
  );
  assert.doesNotMatch(said, /another-secret|planted/);
  assert.equal(git(world.folder, "status", "--porcelain"), "");
});

it("writes nothing at all while a read fails", async (t) => {
  const world = await openDriftWorld(t, { "main-menu.yaml": MENU, "mail.yaml": MAIL });
  await world.apply();
  world.emulator.editFlow("ivr_main_menu_v2", PROMPT("Press 1 for billing"));
  const match = { method: "GET", path: "/api/v2/workflows/wf_12345" };
  world.emulator.addFault({ match, times: "always", fault: { type: "status", status: 403 } });
  const { code, said } = await world.import();
  assert.equal(code, 1, said);
  assert.match(
    said,
    /! workflow\/wf_12345 is unknown.*\n\nWhat is unknown may have been edited, so nothing was written/,
  );
  assert.equal(git(world.folder, "status", "--porcelain"), "");
});

it("refuses where the trail knows nothing of the tenant: a commit that is not deployed would be undone", async (t) => {
  const world = await openDriftWorld(t, { "main-menu.yaml": MENU });
  await world.apply();
  rmSync(join(world.folder, ".cxone-gitops"), { recursive: true });
  world.edit("main-menu.yaml", "Press one for billing", "For billing, press one");
  const before = world.read("main-menu.yaml");
  await assert.rejects(world.import(), (thrown: unknown) => {
    return (
      thrown instanceof GitopsError && thrown.code === "import/no-trail" && /apply --adopt/.test(thrown.hint ?? "")
    );
  });
  assert.equal(world.read("main-menu.yaml"), before);
});

it("leaves what the trail does not know, and says so", async (t) => {
  const world = await openDriftWorld(t, { "main-menu.yaml": MENU });
  await world.apply();
  const mail = { id: "email_send_01", type: "email", properties: { templateId: "tmpl_other" } };
  world.emulator.editWorkflow("wf_12345", { nodes: [mail] });
  writeFiles(world.folder, { "manifests/mail.yaml": MAIL, "manifests/new.yaml": MENU.replaceAll(/main.menu/g, "new") });
  const { code, said } = await world.import();
  assert.equal(code, 4, said);
  assert.match(said, /! not taken over EmailNode order-confirmation .*\n.*the trail does not know it/);
  assert.match(said, /= left Flow new \(ivr_new_v2\) .*\n.*not live yet/);
  assert.equal(world.read("mail.yaml"), MAIL);
});

it("writes nothing over what somebody saved while it read the tenant", async (t) => {
  const world = await openDriftWorld(t, { "main-menu.yaml": MENU, "mail.yaml": MAIL });
  await world.apply();
  world.emulator.editFlow("ivr_main_menu_v2", PROMPT("Press 1 for billing"));
  const saves = [
    { reason: "an edit in place", save: (text: string) => text.replace("their queue", "our queue") },
    { reason: "a document in front of it", save: (text: string) => `${MAIL.replaceAll("_01", "_02")}---\n${text}` },
  ];
  for (const { reason, save } of saves) {
    for (const drift of [true, false]) {
      const saved = save(MENU);
      const edit = (document: JsonObject) => {
        writeFiles(world.folder, { "manifests/main-menu.yaml": saved });
        return document;
      };
      writeFiles(world.folder, { "manifests/main-menu.yaml": MENU });
      const match = { method: "GET", path: "/api/v2/flows/*" };
      world.emulator.addFault({ match, fault: { type: "concurrent-edit", edit } });
      await assert.rejects(world.import({ drift }), /main-menu.yaml.*it was edited since it was read/, reason);
      assert.equal(world.read("main-menu.yaml"), saved, reason);
    }
  }
  assert.equal(world.read("mail.yaml"), MAIL);
});

it("brings in no list that neither the manifest nor live has", async (t) => {
  const empty = "apiVersion: cxone-gitops/v1\nkind: Workflow\nmetadata: { name: wf_empty }\nspec: { name: Empty }\n";
  const world = await openDriftWorld(t, { "empty.yaml": empty });
  await world.apply();
  world.emulator.editWorkflow("wf_empty", { name: "Still empty" });
  const { code, said } = await world.import();
  assert.equal(code, 0, said);
  assert.equal(world.read("empty.yaml"), empty.replace("name: Empty", "name: Still empty"));
});
