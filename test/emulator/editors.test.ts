/** Who edited a document last, where the settings ask for it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { articleFlow, startClient } from "./client.ts";

const PATH = "/api/v2/flows/ivr_main_menu_v2";

for (const editors of [true, false]) {
  test(`${editors ? "a write is the API's, an edit the editor's or whoever's it says" : "without the setting nobody is named"}`, async (context) => {
    const { call, emulator } = await startClient(context, { editors });
    const by = () => emulator.document("flow", "ivr_main_menu_v2")?.["lastUpdatedBy"];
    await call("POST", "/api/v2/flows", { body: articleFlow(), headers: { "idempotency-key": "k" } });
    assert.equal(by(), editors ? "api" : undefined);
    emulator.editFlow("ivr_main_menu_v2", { name: "B" });
    assert.equal(by(), editors ? "editor" : undefined);
    emulator.editFlow("ivr_main_menu_v2", { name: "C", lastUpdatedBy: "ann@acme.example" });
    assert.equal(by(), "ann@acme.example");
    const { body } = await call("GET", PATH);
    assert.equal((await call("PUT", PATH, { body })).status, 200);
    assert.equal(by(), editors ? "api" : "ann@acme.example", "what a caller sends there is not kept");
  });
}
