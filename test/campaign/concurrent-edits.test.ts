import assert from "node:assert/strict";
import { it } from "node:test";
import { makeOwnedEdit } from "./concurrent-edits.ts";
import { Prng } from "./prng.ts";

it("an edit of what manifests decide touches no mail node whose manifest is gone", () => {
  const mail = (id: string) => ({ id, type: "email", properties: { deliveryMode: "standard" } });
  const target = {
    type: "workflow",
    id: "wf_shared",
    path: "",
    nodes: ["start_node", "mail_1"],
    isWhole: false,
  } as const;
  const edit = makeOwnedEdit(new Prng(1), target);
  const { nodes } = edit({ nodes: [{ id: "start_node" }, mail("mail_1"), mail("mail_2")] });
  assert.deepEqual(nodes, [
    { id: "start_node" },
    { ...mail("mail_1"), properties: { deliveryMode: `by-hand-${new Prng(1).word()}` } },
    mail("mail_2"),
  ]);
});
