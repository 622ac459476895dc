/** Plans and reports to render; a test says only what is special about its own. */
import { compareGraphs, type Graph } from "../../src/model/graph.ts";
import type { Action, Change, Plan } from "../../src/model/plan.ts";
import { isWritten, type Picture, type Report } from "../../src/render/report.ts";

export function aChange(special: Partial<Change> = {}): Change {
  const { name = "main-menu" } = special;
  return {
    kind: "Flow",
    name,
    id: `ivr_${name}`,
    document: { type: "flow", id: `ivr_${name}` },
    action: "update",
    impact: "caller-visible",
    effects: ["callers pressing 2 at node_menu now reach node_sales instead of node_billing"],
    patch: [{ op: "replace", path: "/nodes/node_menu/properties/prompt", value: "Press two" }],
    live: { "/nodes/node_menu/properties/prompt": "Press one" },
    liveVersion: 3,
    notes: [],
    drift: null,
    ...special,
  };
}

export function unchanged(kind: string, name: string): Change {
  return aChange({ kind, name, action: "unchanged", impact: null, effects: [], patch: [], live: {} });
}

export function aPlan(changes: readonly Change[], special: Partial<Plan> = {}): Plan {
  const count = (action: Action) => changes.filter((change) => change.action === action).length;
  return {
    formatVersion: 1,
    tenant: "dev",
    revision: null,
    fingerprint: "sha256:0123456789abcdef",
    summary: {
      create: count("create"),
      update: count("update"),
      delete: count("delete"),
      unchanged: count("unchanged"),
      unknown: 0,
      refused: special.refusals?.length ?? 0,
    },
    changes,
    findings: [],
    refusals: [],
    ...special,
  };
}

/** One picture for each document; `text` is in every picture and on both sides of the YAML. */
export function aReport(plan: Plan, text = "Press one"): Report {
  const pictures = new Map<string, Picture>();
  const details = plan.changes.map((change) => {
    const picture = pictures.get(change.document.id) ?? { draw: () => compareGraphs(aGraph(text), aGraph(`${text}!`)) };
    pictures.set(change.document.id, picture);
    return {
      change,
      picture: isWritten(change) ? picture : undefined,
      writeYaml: () => ({ live: `name: a\nprompt: ${text}\n`, desired: `name: a\nprompt: ${text}!\n` }),
    };
  });
  return { plan, details };
}

function aGraph(prompt: string): Graph {
  return {
    title: "Main Menu",
    nodes: [
      { id: "node_start", type: "start", role: "start", properties: {} },
      { id: "node_menu", type: "decision", role: "decision", properties: { prompt } },
    ],
    edges: [{ from: "node_start", to: "node_menu", label: "" }],
  };
}
