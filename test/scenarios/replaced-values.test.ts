/** What stands live where git now has a secret need not be a text. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { isJsonObject, type JsonObject } from "../../src/model/json.ts";
import { FLOW } from "../helpers/manifests.ts";
import { openEmulatedWorld } from "../helpers/world.ts";

const PLACES = ["pin", "short", "auth"];
const LIVE = { pin: 47114711, short: 5381, auth: { user: "planted-user", pass: "OldPassw0rd", codes: [80818283] } };
/** With one more of each beside them, which no secret has replaced. */
const BESIDE = { copy: 47114711, weight: 5381 };
const PLANTED = /47114711|OldPassw0rd|planted-user|80818283/;
const SHORT = /short\\?"?\W{1,12}5381|\D5381\D{1,12}\(secret/;

function withProperties(document: JsonObject, properties: JsonObject): JsonObject {
  const nodes = Array.isArray(document["nodes"]) ? document["nodes"] : [];
  return {
    ...document,
    nodes: nodes.map((node) => {
      if (!isJsonObject(node) || node["id"] !== "node_queue_03" || !isJsonObject(node["properties"])) return node;
      return { ...node, properties: { ...node["properties"], ...properties } };
    }),
  };
}

it("numbers, and texts and numbers within an object, are hidden everywhere where a secret replaces them", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW }, {}, { SECRET: "99887766" });
  await world.apply();
  world.emulator.editFlow("ivr_main_menu_v2", (flow) => withProperties(flow, { ...LIVE, ...BESIDE }));
  const named = PLACES.map((place) => `${place}: "\${env:SECRET}"`).join(", ");
  world.write({ "flow.yaml": FLOW.replace("skill: Billing", `skill: Billing, ${named}`) });
  const commands = [
    ["plan"],
    ["plan", "--output", "json"],
    ["plan", "--output", "markdown"],
    ["plan", "--output", "html"],
    ["drift"],
    ["graph", "main-menu", "--against", "live"],
    ["graph", "main-menu", "--against", "live", "--output", "json"],
    ["apply", "--auto-approve"],
  ];
  for (const command of commands) {
    const { stdout, stderr } = await world.run(...command);
    assert.match(stdout, /main-menu|IVR Main Menu/, command.join(" "));
    for (const pattern of [PLANTED, SHORT]) assert.doesNotMatch(stdout + stderr, pattern, command.join(" "));
  }
  const files = readdirSync(join(world.folder, ".cxone-gitops"), { recursive: true, withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), "utf8"));
  for (const text of texts) for (const pattern of [PLANTED, SHORT]) assert.doesNotMatch(text, pattern);
  assert.ok(
    texts.some((text) => /"weight": ?5381/.test(text)),
    "a short number says nothing under another name",
  );
});
