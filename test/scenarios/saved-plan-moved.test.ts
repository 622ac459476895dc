/** Of a saved plan nothing is written when anything that it is about has moved since, on the tenant or in git. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Json } from "../../src/model/json.ts";
import { WEBHOOK, WORKFLOW } from "../helpers/manifests.ts";
import {
  CHANGE,
  FLOW_ID,
  MENU,
  NIGHT,
  openPlannedWorld,
  type PlannedWorld,
  PUT_FLOW,
  SECRETS,
} from "./planned-world.ts";

const SKILL = "/nodes/node_queue_03/properties/skill";

describe("what moved since the plan was made stops all of it", () => {
  interface Case {
    readonly reason: string;
    readonly move: (world: PlannedWorld) => void;
    readonly undo: (world: PlannedWorld) => void;
    /** `[resource, side, field, old, planned, now]` */
    readonly moved: readonly (readonly (Json | undefined)[])[];
    readonly says: RegExp;
  }
  const editMenu = (properties: { readonly [name: string]: string }) => (world: PlannedWorld) =>
    void world.emulator.editFlow(FLOW_ID, { nodes: [{ id: "node_queue_03", properties }] });
  const editNight = (skill: string) => (world: PlannedWorld) =>
    void world.emulator.editFlow("ivr_night", { nodes: [{ id: "node_queue_03", properties: { skill } }] });
  const editMail = (templateId: string) => (world: PlannedWorld) =>
    void world.emulator.editWorkflow("wf_12345", { nodes: [{ id: "email_send_01", properties: { templateId } }] });
  const enableHook = (enabled: boolean) => (world: PlannedWorld) =>
    void world.emulator.editWebhook(String(world.emulator.state().webhooks[0]?.id), { enabled });
  const write = (files: Readonly<Record<string, string>>) => (world: PlannedWorld) => world.write(files);

  const live: readonly Case[] = [
    {
      reason: "the field that was to be changed was edited",
      move: editMenu({ skill: "Support" }),
      undo: editMenu({ skill: "Billing" }),
      moved: [["Flow main-menu", "live", SKILL, "Billing", "Sales", "Support"]],
      says: /Flow main-menu \(ivr_main_menu_v2\) {2}\/nodes\/node_queue_03\/properties\/skill\n +was "Billing" when planned, was to become "Sales", and is "Support" now/,
    },
    {
      reason: "another field of what was to be changed was edited, one that is secret",
      move: editMenu({ pin: "by-hand-0000" }),
      undo: editMenu({ pin: SECRETS.PIN }),
      moved: [["Flow main-menu", "live", "", { seen: "masked" }, { seen: "masked" }, { seen: "masked" }]],
      says: /Flow main-menu/,
    },
    {
      reason: "what was to stay as it is was edited, a flow",
      move: editNight("Support"),
      undo: editNight("Billing"),
      moved: [["Flow night", "live", SKILL, "Billing", "Billing", "Support"]],
      says: /Flow night \(ivr_night\) .*\n +was "Billing" when planned, was to become "Billing", and is "Support" now/,
    },
    {
      reason: "what was to stay as it is was edited, an e-mail node",
      move: editMail("tmpl_other"),
      undo: editMail("tmpl_inv_2024"),
      moved: [
        [
          "EmailNode order-confirmation",
          "live",
          "/properties/templateId",
          "tmpl_inv_2024",
          "tmpl_inv_2024",
          "tmpl_other",
        ],
      ],
      says: /EmailNode order-confirmation/,
    },
    {
      reason: "what was to stay as it is was edited, a webhook; and the flow as well",
      move: (world) => [enableHook(false), editMenu({ skill: "Support" })].forEach((edit) => void edit(world)),
      undo: (world) => [enableHook(true), editMenu({ skill: "Billing" })].forEach((edit) => void edit(world)),
      moved: [
        ["Flow main-menu", "live", SKILL, "Billing", "Sales", "Support"],
        ["Webhook esp-sync", "live", "/enabled", true, true, false],
      ],
      says: /2 resources have moved since the plan was made, so nothing was sent \(plan\/stale\)/,
    },
  ];
  const git: readonly Case[] = [
    {
      reason: "the changed manifest was changed again",
      move: write({ "menu.yaml": MENU.replace("skill: Billing", "skill: Support") }),
      undo: write(CHANGE),
      moved: [["Flow main-menu", "desired", SKILL, "Billing", "Sales", "Support"]],
      says: /was "Billing" when planned, was to become "Sales", and git asks for "Support" now/,
    },
    {
      reason: "the change was taken back",
      move: write({ "menu.yaml": MENU }),
      undo: write(CHANGE),
      moved: [["Flow main-menu", "desired", SKILL, "Billing", "Sales", "Billing"]],
      says: /git asks for "Billing" now/,
    },
    {
      reason: "a manifest of something that was to stay as it is was changed",
      move: write({ "night.yaml": NIGHT.replace("skill: Billing", "skill: Support") }),
      undo: write({ "night.yaml": NIGHT }),
      moved: [["Flow night", "desired", SKILL, "Billing", "Billing", "Support"]],
      says: /Flow night/,
    },
    {
      reason: "there is a new manifest",
      move: write({ "new.yaml": WORKFLOW }),
      undo: (world) => world.remove("new.yaml"),
      moved: [["Workflow service-visit", "action", "", undefined, undefined, "create"]],
      says: /Workflow service-visit \(wf_service_visit\)\n +the plan was to leave it out, and now it is to create it/,
    },
    {
      reason: "a manifest is gone, and what it describes is an orphan",
      move: (world) => world.remove("hook.yaml"),
      undo: write({ "hook.yaml": WEBHOOK }),
      moved: [["Webhook esp-sync", "desired", "", { seen: "whole" }, { seen: "whole" }, undefined]],
      says: /Webhook esp-sync .*\n.*and git asks for nothing now/,
    },
    {
      reason: "a resource goes by another name",
      move: write({ "night.yaml": NIGHT.replace("name: night ", "name: late ") }),
      undo: write({ "night.yaml": NIGHT }),
      moved: [
        ["Flow late", "action", "", undefined, undefined, "unchanged"],
        ["Flow night", "action", "", undefined, "unchanged", undefined],
      ],
      says: /Flow late/,
    },
  ];

  for (const [where, cases] of [
    ["live", live],
    ["in git", git],
  ] as const) {
    it(`${where}: ${cases.map(({ reason }) => reason).join("; ")}`, async (t) => {
      const world = await openPlannedWorld(t);
      for (const { reason, move, undo, moved, says } of cases) {
        move(world);
        world.emulator.clearLog();
        const ran = await world.run("apply", "plan.json", "--output", "json");
        assert.equal(ran.code, 3, `${reason}\n${ran.stdout}${ran.stderr}`);
        const { error } = JSON.parse(ran.stdout);
        assert.equal(error.code, "plan/stale", reason);
        assert.deepEqual(error.moved.map(asRow), moved.map(asGiven), reason);
        assert.match(ran.stderr, says);
        for (const secret of [SECRETS.PIN, "by-hand-0000"])
          assert.ok(!(ran.stdout + ran.stderr).includes(secret), reason);
        assert.deepEqual(world.writes(), [], reason);
        undo(world);
      }
      const undone = await world.applyFile();
      assert.deepEqual(
        [undone.code, undone.writes],
        [0, [PUT_FLOW]],
        `as it was again, the plan holds\n${undone.said}`,
      );
    });
  }

  it("live: what was to be changed is gone", async (t) => {
    const world = await openPlannedWorld(t);
    assert.ok(world.emulator.removeDocument("flow", FLOW_ID));
    const ran = await world.applyFile();
    assert.deepEqual([ran.code, ran.writes], [3, []], ran.said);
    assert.match(ran.said, /Flow main-menu .*\n +was \{.* when planned, was to become \{.*, and is nothing now/);
  });
});

/** Values that are no texts are told apart by what is seen of them. */
function asRow({ kind, name, side, field, old, planned, now }: Record<string, Json>): readonly unknown[] {
  const shown = [old, planned, now].map((value) => {
    if (typeof value !== "object" || value === null) return value;
    return { seen: JSON.stringify(value).includes('"pin":"(secret)"') ? "masked" : "whole" };
  });
  return [`${kind} ${name}`, side, field, ...shown];
}

function asGiven(row: readonly unknown[]): readonly unknown[] {
  return [...row, undefined, undefined, undefined].slice(0, 6);
}
