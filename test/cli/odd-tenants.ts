/** Tenants that somebody has built by hand: odd, and legal. */
import type { Json, JsonObject } from "../../src/emulator/json.ts";
import type { Seed } from "../../src/emulator/seed.ts";
import type { Prng } from "../campaign/prng.ts";

/** Texts that a careless writer turns into something else. */
export const ODD_TEXTS: readonly string[] = [
  "yes",
  "null",
  "~",
  "1e3",
  "0x1F",
  "007",
  "+1 303-555-0110",
  "2024-01-01",
  "1_000",
  ".inf",
  "- x",
  "a: b",
  "# no comment",
  "a #b",
  "[not, a list]",
  "{ not: a map }",
  "'single' and \"double\"",
  "back\\slash",
  "${var:stage}",
  "${env:HOME}",
  "$${escaped}",
  "price: $5 ${",
  "two\nlines",
  "two\nlines\n",
  "\n  indented\n\n\nblock \n",
  "ends in blanks  ",
  " begins with one",
  "tab\there",
  "carriage\r\nreturn",
  "naïve café, 日本語, 𝄞🎷",
  "\u202eright to left",
  "\u0085 \u2028 \u00a0 \ufeff",
  "\u0000\u001b[31m",
  "&anchor *alias !tag %dir @at `tick`",
  "<<",
  "=",
  "?",
  "",
  "word ".repeat(60),
  `long${"x".repeat(200)}`,
];

const ODD_KEYS = ["prompt", "yes", "1", "a b", "a: b", "- x", "", "# k", "é", "toString", "__x__", "with/slash~"];
const CONDITIONS = [
  "dtmf == '1'",
  'dtmf=="2"',
  "dtmf in ['3', '4']",
  "not ( $contact.isVip ) and dtmf == '5'",
  "$system.waitedSeconds > 60",
];

export function makeTenant(prng: Prng): Seed {
  const workflows = many(prng.int(0, 2), () => makeWorkflow(prng));
  return {
    clients: [],
    flows: [makeFlow(prng)],
    workflows,
    templates: [{ id: "tmpl_1", name: "One", status: "active" }],
    attachments: [
      { fileId: "att_1", fileName: "one.pdf", size: 10 },
      { fileId: "att_2", fileName: "two.pdf", size: 10 },
    ],
    webhooks: many(prng.int(0, 2), (index) => makeWebhook(prng, index)),
    options: {},
    faults: [],
  };
}

function makeFlow(prng: Prng): JsonObject {
  const inner = many(prng.int(1, 4), (index) => `node_${prng.pick(["menu", "Queue", "x.y", "z-1"])}_${index}`);
  const ids = ["node_start", ...inner, "node_end"];
  const nodes = ids.map((id, index) =>
    makeNode(prng, id, index === 0 ? "start" : id === "node_end" ? "terminal" : "decision"),
  );
  const edges = ids.slice(0, -1).flatMap((from, index) => {
    const branches = CONDITIONS.filter(() => prng.chance(0.3)).map((condition) =>
      edge(prng, from, prng.pick(ids.slice(index + 1)), condition),
    );
    return [...branches, edge(prng, from, ids[index + 1] ?? "node_end", undefined)];
  });
  return {
    ...foreign(prng),
    id: `ivr_${prng.word()}${prng.chance(0.2) ? ":v2" : ""}`,
    name: oddName(prng),
    type: prng.pick(["IVR", "IVR", "CHAT"]),
    nodes: shuffle(prng, nodes),
    connections: shuffle(prng, edges),
  };
}

function edge(prng: Prng, from: string, to: string, condition: string | undefined): JsonObject {
  const type = condition === undefined ? prng.pick(["default", "fallback"]) : "conditional";
  return {
    id: `${prng.chance(0.8) ? "conn_" : "editor-"}${prng.word()}`,
    source_node_id: from,
    target_node_id: to,
    condition: condition ?? "true",
    type,
    ...foreign(prng),
  };
}

function makeWorkflow(prng: Prng): JsonObject {
  const mails = many(prng.int(0, 3), (index) => makeMail(prng, `mail_${index}`));
  const others = many(prng.int(1, 3), (index) => makeNode(prng, `step_${index}`, prng.pick(["start", "wait", "sms"])));
  const ids = [...others, ...mails].map(({ id }) => String(id));
  const transitions = many(prng.int(0, 4), () => ({
    id: `tr_${prng.word()}`,
    source: prng.pick(ids),
    target: prng.pick(ids),
    ...(prng.chance(0.7) && { condition: prng.pick(["true", ...CONDITIONS]) }),
    ...foreign(prng),
  }));
  const byMeaning = new Map(transitions.map((one) => [JSON.stringify([one.source, one.target, one]), one]));
  return {
    ...foreign(prng),
    id: `wf_${prng.word()}`,
    name: oddName(prng),
    nodes: shuffle(prng, [...others, ...mails]),
    transitions: [...byMeaning.values()],
  };
}

function makeMail(prng: Prng, id: string): JsonObject {
  return {
    ...foreign(prng),
    id,
    type: "email",
    properties: {
      templateId: "tmpl_1",
      ...(prng.chance(0.7) && { variables: prng.chance(0.8) ? { "odd name": "$contact.firstName" } : {} }),
      ...(prng.chance(0.7) && {
        attachments: ["att_1", "att_2"]
          .filter(() => prng.chance(0.5))
          .map((fileId) => ({ fileId, fileName: `${fileId}: a.pdf`, ...foreign(prng) })),
      }),
      deliveryMode: prng.pick(["standard", "digest", "yes"]),
      trackOpens: prng.chance(0.5),
      trackClicks: prng.chance(0.5),
      ...(prng.chance(0.5) && { brand: "acme: home" }),
    },
  };
}

function makeNode(prng: Prng, id: string, type: string): JsonObject {
  return {
    ...foreign(prng),
    id,
    type,
    ...(prng.chance(0.7) && {
      properties: Object.fromEntries(many(prng.int(0, 4), () => [prng.pick(ODD_KEYS), oddValue(prng, 3)] as const)),
    }),
  };
}

function makeWebhook(prng: Prng, index: number): Seed["webhooks"][number] {
  return {
    name: `${prng.pick(["hook", "ESP: Sync", "#1", "ünï"])} ${index}`.slice(0, prng.int(4, 20)) + index,
    url: `https://${prng.word()}.example.com/hooks/x`,
    events: prng.chance(0.5) ? ["workflow.updated", "flow.updated"] : ["flow.updated"],
    enabled: prng.chance(0.7),
    headers: Object.fromEntries(
      many(
        prng.int(0, 2),
        () => [prng.pick(["X-Source", "x-wall", "X.Odd"]), prng.pick(["yes", "a: b", "1"])] as const,
      ),
    ),
    ...(prng.chance(0.5) && { secret: `whsec_${prng.word()}` }),
  };
}

export function oddValue(prng: Prng, depth: number): Json {
  return prng.weighted<() => Json>([
    [6, () => prng.pick(ODD_TEXTS)],
    [2, () => prng.pick([0, 1.5, -1, 1e21, 1e-7, true, false, null])],
    [depth > 0 ? 1 : 0, () => many(prng.int(0, 3), () => oddValue(prng, depth - 1))],
    [
      depth > 0 ? 2 : 0,
      () => Object.fromEntries(many(prng.int(0, 3), () => [prng.pick(ODD_KEYS), oddValue(prng, depth - 1)] as const)),
    ],
  ])();
}

function oddName(prng: Prng): string {
  return prng.chance(0.5) ? `Name ${prng.word()}` : prng.pick(ODD_TEXTS.filter((text) => text !== ""));
}

/** Fields that no manifest knows. */
function foreign(prng: Prng): JsonObject {
  return prng.chance(0.3) ? { canvas: { x: prng.int(0, 900) }, owner: prng.word() } : {};
}

function shuffle<T>(prng: Prng, items: readonly T[]): readonly T[] {
  return items
    .map((item) => ({ item, at: prng.next() }))
    .toSorted((left, right) => left.at - right.at)
    .map(({ item }) => item);
}

function many<T>(count: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
