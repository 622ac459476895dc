/** Small edits of live documents. */
import { type Json, type JsonObject, objectsAt } from "../../src/model/json.ts";

/** A workflow that others own. */
export const WF: JsonObject = { id: "wf_12345", nodes: [{ id: "start_node" }, { id: "end_node" }], transitions: [] };

export const mapList = (document: JsonObject, list: string, turn: (item: JsonObject, index: number) => Json) => ({
  ...document,
  [list]: objectsAt(document, list).map(turn),
});

export const without = (item: JsonObject, key: string) =>
  Object.fromEntries(Object.entries(item).filter(([name]) => name !== key));
