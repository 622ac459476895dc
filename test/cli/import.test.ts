/** `import` writes manifests that say what is live. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { runApply } from "../../src/cli/apply.ts";
import { reportFailure } from "../../src/cli/failure.ts";
import { type ImportOptions, runImport } from "../../src/cli/import.ts";
import type { Io } from "../../src/cli/outside/io.ts";
import { runPlan } from "../../src/cli/plan.ts";
import type { Seed } from "../../src/emulator/seed.ts";
import { type Emulator, startEmulator } from "../../src/emulator/server.ts";
import { type PlainOptions, startPlainCxone } from "../helpers/plain-cxone.ts";
import { makeFolder, writeFiles } from "../helpers/temp-folder.ts";
import { openTestIo } from "../helpers/test-io.ts";
import { CREDENTIALS, configFor, openEmulatedWorld } from "../helpers/world.ts";

const STOPPING = { soft: new AbortController().signal, hard: new AbortController().signal };
const PRINTED = { output: "text", logLevel: "silent", color: false } as const;

const FLOW = {
  id: "ivr_main",
  name: "Main",
  type: "IVR",
  nodes: [
    { id: "node_end", type: "terminal" },
    { id: "node_start", type: "start", properties: { prompt: "Hello" } },
    { id: "node_menu", type: "decision", properties: { prompt: "Press 1" }, canvas: { x: 1 } },
  ],
  connections: [
    { id: "conn_3", source_node_id: "node_menu", target_node_id: "node_end", condition: "true", type: "fallback" },
    {
      id: "conn_2",
      source_node_id: "node_menu",
      target_node_id: "node_end",
      condition: "dtmf=='1'",
      type: "conditional",
    },
    { id: "conn_1", source_node_id: "node_start", target_node_id: "node_menu", condition: "true", type: "default" },
  ],
};

const mail = (id: string) => ({
  id,
  type: "email",
  properties: {
    templateId: "tmpl_1",
    variables: {},
    deliveryMode: "standard",
    trackOpens: true,
    trackClicks: false,
    brand: "acme",
  },
});

const WORKFLOW = {
  id: "wf_orders",
  name: "Orders",
  nodes: [{ id: "begin", type: "start" }, mail("mail_a"), mail("mail_b")],
  transitions: [
    { id: "tr_1", source: "begin", target: "mail_a", condition: "true" },
    { id: "tr_2", source: "begin", target: "mail_b", condition: "total > 5" },
  ],
};

const HOOK = {
  name: "Orders: feed",
  url: "https://hooks.example.com/x",
  events: ["workflow.updated"],
  enabled: true,
  headers: {},
};

function seedOf(seed: Partial<Seed>): Seed {
  const nothing = { clients: [], flows: [], workflows: [], attachments: [], webhooks: [], options: {}, faults: [] };
  return { ...nothing, templates: [{ id: "tmpl_1", name: "One", status: "active" }], ...seed };
}

type Env = Readonly<Record<string, string>>;

interface Ran {
  readonly code: number;
  readonly said: string;
}

interface ImportWorld {
  readonly folder: string;
  import(words?: readonly string[], options?: Partial<ImportOptions>): Promise<Ran>;
  plan(): Promise<Ran>;
  apply(): Promise<Ran>;
  /** The same folder where a variable is not set any more. */
  without(name: string): ImportWorld;
  read(name: string): string;
  has(name: string): boolean;
  write(files: Readonly<Record<string, string>>): void;
}

function openFolder(t: TestContext, url: string, env: Env = {}, more = ""): ImportWorld {
  return inFolder(makeFolder(t, { "cxone-gitops.yaml": configFor(url, more) }), env);
}

function inFolder(folder: string, env: Env): ImportWorld {
  const run = async (work: (io: Io) => Promise<number>): Promise<Ran> => {
    const { io, said } = openTestIo(folder, { ...CREDENTIALS, ...env });
    const code = await work(io).catch((thrown: unknown) => reportFailure(io, thrown, "text"));
    return { code, said: said() };
  };
  const inManifests = (name: string) => join(folder, "manifests", name);
  return {
    folder,
    import: (words = [], options = {}) => run((io) => runImport(io, words, { ...PRINTED, ...options }, STOPPING)),
    plan: () => run((io) => runPlan(io, { ...PRINTED, detailedExitcode: true }, STOPPING)),
    apply: () => run((io) => runApply(io, undefined, { ...PRINTED, autoApprove: true }, STOPPING)),
    without: (name) => inFolder(folder, Object.fromEntries(Object.entries(env).filter(([key]) => key !== name))),
    read: (name) => readFileSync(inManifests(name), "utf8"),
    has: (name) => existsSync(inManifests(name)),
    write: (files) => {
      const entries = Object.entries(files).map(([name, text]) => [join("manifests", name), text] as const);
      writeFiles(folder, Object.fromEntries(entries));
    },
  };
}

async function openTenant(
  t: TestContext,
  seed: Partial<Seed>,
  env: Env = {},
  more = "",
): Promise<ImportWorld & { readonly emulator: Emulator }> {
  const emulator = await startEmulator({ seed: seedOf(seed) });
  t.after(() => emulator.close());
  return { ...openFolder(t, emulator.url, env, more), emulator };
}

const MAIN = `apiVersion: cxone-gitops/v1
kind: Flow
metadata: { name: ivr_main }
spec:
  name: Main
  start: node_start
  nodes:
    - { id: node_start, type: start, properties: { prompt: Hello } }
    - { id: node_menu, type: decision, properties: { prompt: Press 1 } }
    - { id: node_end, type: terminal }
  connections:
    - { id: conn_1, from: node_start, to: node_menu }
    - { id: conn_2, from: node_menu, to: node_end, when: dtmf=='1' }
    - { id: conn_3, from: node_menu, to: node_end, type: fallback }
`;

describe("the command", () => {
  it("imports a tenant, plans nothing, imports again and changes nothing, and never writes to the tenant", async (t) => {
    const world = await openEmulatedWorld(
      t,
      {},
      { seed: seedOf({ flows: [FLOW], workflows: [WORKFLOW], webhooks: [HOOK] }) },
    );
    const first = await world.run("import");
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /^ {2}\+ created Flow ivr_main {2}manifests\/flows\/ivr_main.yaml$/m);
    assert.match(first.stdout, /3 created\. Review and commit the files; `cxone-gitops apply --adopt`/);
    assert.equal(readFileSync(join(world.folder, "manifests/flows/ivr_main.yaml"), "utf8"), MAIN);
    const again = await world.run("import", "flow/ivr_main", "webhook/Orders: feed", "--output", "json");
    const { written, requests: _, ...rest } = JSON.parse(again.stdout);
    assert.deepEqual(rest, { formatVersion: 1, tenant: "dev", unread: [], notes: [], findings: [] });
    const file = "manifests/flows/ivr_main.yaml";
    assert.deepEqual(written[0], {
      kind: "Flow",
      name: "ivr_main",
      id: "ivr_main",
      file,
      action: "unchanged",
      notes: [],
    });
    assert.equal(written[1].id, "Orders: feed");
    assert.equal((await world.plan()).plan.summary.unchanged, 3);
    assert.match(
      (await world.run("apply", "--adopt", "--auto-approve")).stdout,
      /recorded without a write: .*Flow\/ivr_main/,
    );
    assert.deepEqual(world.writes(), []);
    const usage = await world.run("import", "--kind", "Flow", "--kind", "Webhok");
    assert.equal(usage.code, 1);
    assert.match(usage.stderr, /nothing can be imported as kind "Webhok" \(usage\)\n {4}Did you mean "Webhook"\?/);
  });
});

describe("manifests that are there", () => {
  const written = `# The front door.
apiVersion: cxone-gitops/v1
kind: Flow
metadata: { name: front-door }   # known by this name
spec:
  id: ivr_main
  name: "\${var:title}"
  start: node_start
  nodes:
    # Nobody skips this one.
    - { id: node_menu, type: decision, properties: { prompt: 'Press 1' } }  # the menu
    - { id: node_start, type: start, properties: { prompt: Hello } }
    - { id: node_end, type: terminal }
  connections:
    - { from: node_start, to: node_menu }
    - { from: node_menu, to: node_end, when: "'1' == dtmf" }  # spelt our way
    - { from: node_menu, to: node_end, type: fallback }
`;
  const open = async (t: TestContext) => {
    const world = await openTenant(t, { flows: [FLOW], webhooks: [HOOK] }, {}, "    variables: { title: Main }\n");
    world.write({ "calls/front-door.yaml": written });
    return world;
  };

  it("stay as they are, byte for byte, while they say what is live in their own words", async (t) => {
    const world = await open(t);
    assert.match(
      (await world.import()).said,
      /= unchanged Flow front-door \(ivr_main\) {2}manifests\/calls\/front-door.yaml/,
    );
    assert.equal(world.read("calls/front-door.yaml"), written);
  });

  it("are edited where live differs, with an approval, and nowhere else", async (t) => {
    const world = await open(t);
    world.emulator.editFlow("ivr_main", { nodes: [{ id: "node_menu", properties: { prompt: "Press 2: now" } }] });
    const refused = await world.import();
    assert.equal(refused.code, 3);
    assert.match(
      refused.said,
      /differs from manifests that are there \(manifests\/calls\/front-door.yaml\).*\(import\/not-approved\)/,
    );
    assert.equal(world.read("calls/front-door.yaml"), written);
    assert.ok(!world.has("webhooks"), "nothing is written at all");
    const looked = await world.import([], { check: true });
    assert.equal(looked.code, 2);
    assert.match(looked.said, /~ to edit Flow front-door/);
    assert.match(looked.said, /^--- a\/manifests\/calls\/front-door.yaml$/m);
    assert.match(looked.said, /^\+ {4}- \{ id: node_menu, .* \{ prompt: 'Press 2: now' \} \} {2}# the menu$/m);
    assert.match(looked.said, /^--- \/dev\/null\n\+\+\+ b\/manifests\/webhooks\/.*\n@@ -0,0 \+1,\d+ @@$/m);
    assert.match(looked.said, /^\+kind: Webhook$/m);
    assert.equal(world.read("calls/front-door.yaml"), written);
    const done = await world.import([], { autoApprove: true });
    assert.equal(done.code, 0, done.said);
    assert.equal(world.read("calls/front-door.yaml"), written.replace("'Press 1'", "'Press 2: now'"));
    assert.equal((await world.plan()).code, 0);
  });

  it("are left when what they describe is not live, and that is said", async (t) => {
    const world = await open(t);
    world.emulator.removeDocument("flow", "ivr_main");
    const { code, said } = await world.import();
    assert.equal(code, 0);
    assert.match(said, /^Flow front-door \(manifests\/calls\/front-door.yaml\) is not live; its manifest is left/m);
    assert.equal(world.read("calls/front-door.yaml"), written);
    assert.doesNotMatch((await world.import(["webhook/Orders: feed"])).said, /front-door/, "nobody asked for it");
  });

  it("of other kinds than asked for are left alone", async (t) => {
    const world = await open(t);
    world.emulator.editFlow("ivr_main", { name: "Other" });
    assert.equal((await world.import([], { kind: ["Webhook"] })).code, 0);
    assert.equal(world.read("calls/front-door.yaml"), written);
  });

  it("with errors that hide what they describe stop an import before anything is read", async (t) => {
    const world = await open(t);
    world.write({
      "broken.yaml": "apiVersion: cxone-gitops/v1\nkind: Flow\nmetadata: { name: x }\nspec: { nodes: 1 }\n",
    });
    const { code, said } = await world.import();
    assert.equal(code, 1);
    assert.match(said, /broken.yaml:4:7 error .*\n(.*\n)*.*mend them first\. Nothing was written\./);
    assert.deepEqual(
      world.emulator.log().map(({ path }) => path),
      [],
    );
  });
});

describe("several tenants and their variables", () => {
  const PROD = `    variables: { greeting: Hello }
  prod:
    org: acme-prod
    credentials: { clientId: "\${env:CXONE_CLIENT_ID}", clientSecret: "\${env:CXONE_CLIENT_SECRET}" }
`;

  it("show in new manifests: whose each is, and the variables where that is asked for", async (t) => {
    const world = await openTenant(t, { flows: [FLOW] }, {}, PROD);
    assert.equal((await world.import([], { tenant: "dev", useVariables: true })).code, 0);
    const text = world.read("flows/ivr_main.yaml");
    assert.match(text, /^metadata: \{ name: ivr_main, tenants: \[ dev \] \}$/m);
    assert.match(text, /properties: \{ prompt: "\$\{var:greeting\}" \}/);
    assert.match((await world.import([], { tenant: "dev" })).said, /= unchanged Flow ivr_main/);
  });

  it("that share a manifest are named when it is edited for one of them", async (t) => {
    const world = await openTenant(t, { flows: [FLOW] }, {}, PROD);
    world.write({ "main.yaml": MAIN.replace("name: Main\n", "name: Other\n") });
    const { code, said } = await world.import([], { tenant: "dev", autoApprove: true });
    assert.equal(code, 0);
    assert.match(said, /~ edited Flow ivr_main .*\n {6}this manifest is for prod as well/);
    assert.match(said, /as managed\. What was edited is for prod as well: `cxone-gitops plan --tenant all` shows/);
    assert.doesNotMatch(said, /sends nothing/);
    assert.equal(world.read("main.yaml"), MAIN);
  });
});

describe("workflows", () => {
  it("come in whole, without the nodes that EmailNode manifests describe", async (t) => {
    const world = await openTenant(t, { workflows: [WORKFLOW] });
    const only = { kind: ["EmailNode"] };
    assert.equal((await world.import([], only)).code, 0);
    assert.equal(
      world.read("email/wf_orders-mail_a.yaml"),
      `apiVersion: cxone-gitops/v1
kind: EmailNode
metadata: { name: wf_orders-mail_a }
spec: 
  workflow: wf_orders
  node: mail_a
  templateId: tmpl_1
  variables: {}
  attachments: []
  trackClicks: false
`.replace("spec: \n", "spec:\n"),
    );
    assert.ok(!world.has("workflows"));
    assert.equal((await world.import()).code, 0);
    assert.ok(!world.read("workflows/wf_orders.yaml").includes("type: email"));
    assert.match(world.read("workflows/wf_orders.yaml"), /- \{ id: tr_2, from: begin, to: mail_b, when: total > 5 \}/);
    assert.equal((await world.plan()).code, 0);
  });

  it("whose manifest is whole stay so when mails are asked for", async (t) => {
    const world = await openTenant(t, { workflows: [WORKFLOW] });
    assert.equal((await world.import()).code, 0);
    const { said } = await world.import([], { as: "email-nodes" });
    assert.match(said, /= unchanged Workflow wf_orders/);
    assert.ok(!world.has("email"));
  });

  it("give mails whose variables and attachments are git's, though there are none yet", async (t) => {
    const { properties, ...node } = mail("mail_a");
    const { variables, ...bare } = properties;
    const world = await openTenant(t, { workflows: [{ ...WORKFLOW, nodes: [{ ...node, properties: bare }] }] });
    assert.equal((await world.import([], { as: "email-nodes" })).code, 0);
    assert.equal((await world.plan()).code, 0);
    const imported = world.read("email/wf_orders-mail_a.yaml");
    const added = { variables: { a: "$contact.a" }, attachments: [{ fileId: "att_1", fileName: "prices.pdf" }] };
    world.emulator.editWorkflow("wf_orders", { nodes: [{ id: "mail_a", properties: added }] });
    const { code, said } = await world.plan();
    assert.equal(code, 2);
    assert.match(said, /prices\.pdf/);
    assert.equal((await world.import([], { as: "email-nodes", autoApprove: true })).code, 0);
    assert.notEqual(world.read("email/wf_orders-mail_a.yaml"), imported);
    assert.match(world.read("email/wf_orders-mail_a.yaml"), /fileName: prices\.pdf/);
    assert.deepEqual(variables, {});
  });

  it("with a mail that no EmailNode can say say which field it is", async (t) => {
    const { properties, ...node } = mail("mail_a");
    const { trackOpens, ...odd } = properties;
    const world = await openTenant(t, {
      workflows: [{ ...WORKFLOW, nodes: [{ ...node, properties: odd }, mail("mail_b")] }],
    });
    const { code, said } = await world.import([], { as: "email-nodes" });
    assert.equal(code, 4);
    assert.match(
      said,
      /! not imported EmailNode wf_orders-mail_a \(mail_a\)\n {6}no manifest can say what is live at \/properties\/trackOpens/,
    );
    assert.ok(world.has("email/wf_orders-mail_b.yaml") && !world.has("email/wf_orders-mail_a.yaml"));
    assert.equal(trackOpens, true);
  });
});

describe("what cannot be had", () => {
  const open = async (t: TestContext, options: PlainOptions) => {
    const tenant = await startPlainCxone(options);
    t.after(() => tenant.close());
    return openFolder(t, tenant.url);
  };

  it("is said once for each family that the tenant does not list, and the others go on", async (t) => {
    const world = await open(t, {
      webhookList: true,
      documents: { webhooks: [{ id: "wh_1", ...HOOK }], flows: [FLOW] },
    });
    const { code, said } = await world.import();
    assert.equal(code, 4);
    assert.match(said, /! flow: .*this tenant cannot list flows \(405\); name each by its id\.\n/);
    assert.match(said, /1 created, 2 things that could not be read/);
    const named = await world.import(["flow/ivr_main"]);
    assert.equal(named.code, 0, named.said);
    assert.equal(world.read("flows/ivr_main.yaml"), MAIN);
    assert.equal((await world.plan()).code, 0);
  });

  it("is an error when it is everything", async (t) => {
    const world = await open(t, {});
    const { code, said } = await world.import(["flow/none", "workflow/none"]);
    assert.equal(code, 1);
    assert.match(said, /! flow\/none: flow "none" does not exist on the tenant/);
    assert.ok(!existsSync(join(world.folder, "manifests")));
  });

  it("does not keep the rest from being written when a read fails", async (t) => {
    const world = await openTenant(t, { flows: [FLOW, { ...FLOW, id: "ivr_other" }] });
    world.emulator.addFault({
      match: { method: "GET", path: "/api/v2/flows/ivr_other" },
      times: "always",
      fault: { type: "status", status: 500 },
    });
    const { code, said } = await world.import();
    assert.equal(code, 4);
    assert.match(said, /! flow\/ivr_other: Could not read flow "ivr_other"/);
    assert.ok(world.has("flows/ivr_main.yaml"));
  });
});

describe("what no manifest should say", () => {
  it("is written where only rules forbid it, and the run says so", async (t) => {
    const back = {
      id: "conn_4",
      source_node_id: "node_menu",
      target_node_id: "node_start",
      condition: "dtmf == '9'",
      type: "conditional",
    };
    const world = await openTenant(t, { flows: [{ ...FLOW, connections: [...FLOW.connections, back] }] });
    const { code, said } = await world.import();
    assert.equal(code, 4);
    assert.match(said, /\(flow\/cycle\)\n(.*\n)*live breaks rules that git enforces; mend it in the file/);
    assert.match(world.read("flows/ivr_main.yaml"), /to: node_start, when: dtmf == '9'/);
    assert.equal((await world.import()).code, 0, "what is there already is not said again");
  });

  it("is refused where it is no flow at all", async (t) => {
    const world = await openTenant(t, {
      flows: [
        { ...FLOW, name: 5 },
        { ...FLOW, id: "ivr_shape", connections: {} },
      ],
    });
    const { code, said } = await world.import();
    assert.equal(code, 1);
    assert.match(said, /not imported Flow ivr_main\n {6}no manifest can say what is live: .*name/);
    assert.match(said, /not imported Flow ivr_shape\n {6}the tenant's answer has `connections` in a shape/);
  });
});

describe("secrets", () => {
  it("appear in no file and no output", async (t) => {
    const nodes = [
      ...FLOW.nodes,
      { id: "node_key", type: "decision", properties: { key: "planted-api-key-1", more: "x planted-api-key-2" } },
    ];
    const flow = { ...FLOW, nodes, id: "ivr_partly" };
    const whole = {
      ...FLOW,
      nodes: [...FLOW.nodes, { id: "node_key", type: "terminal", properties: { key: "planted-api-key-1" } }],
    };
    const headers = { Authorization: "planted-header", "X-Feed": "orders", "X-Sig": "Bearer planted-header" };
    const webhooks = [
      { ...HOOK, headers, secret: "planted-hook-secret" },
      { ...HOOK, name: "with-password", url: "https://user:planted-word@hooks.example.com/" },
    ];
    const env = { API_KEY: "planted-api-key-1", OTHER_KEY: "planted-api-key-2" };
    const world = await openTenant(t, { flows: [flow, whole], webhooks }, env);
    const { code, said } = await world.import();
    assert.equal(code, 4);
    assert.match(
      said,
      /not imported Flow ivr_partly\n {6}\/spec\/nodes\/\d\/properties\/more holds what may be a secret: .* OTHER_KEY\./,
    );
    assert.match(world.read("flows/ivr_main.yaml"), /properties: \{ key: "\$\{env:API_KEY\}" \}/);
    assert.match(said, /not imported Webhook with-password\n {6}\/spec\/url holds a secret/);
    assert.match(
      said,
      /`Authorization` is left out.*\n.*`X-Sig` is left out.*\n(.*\n)*no tenant shows the secret of a webhook/,
    );
    const [hook = ""] = /webhooks\/\S+yaml/.exec(said) ?? [];
    assert.match(world.read(hook), /headers: \{ X-Feed: orders \}/);
    const everything = said + world.read(hook) + world.read("flows/ivr_main.yaml");
    assert.doesNotMatch(everything, /planted/);
    assert.ok(!world.has("flows/ivr_partly.yaml"));
  });

  it("that people have typed live are left to the tenant, and said by their places", async (t) => {
    const properties = {
      url: "https://svc:planted-pass@crm.example.com/o?api_key=planted1234",
      headers: { Authorization: "Bearer planted1234567", Accept: "application/json" },
      parts: [{ name: "X-Api-Key", value: "planted1234567" }],
      password: "planted-Sup3r",
      skill: "Billing",
    };
    const edge = { condition: "$http.key == 'Bearer planted1234567'", type: "conditional" };
    const flows = [
      { ...FLOW, nodes: [...FLOW.nodes, { id: "node_crm", type: "terminal", properties }] },
      {
        ...FLOW,
        id: "ivr_keyed",
        connections: FLOW.connections.map((one, at) => (at === 1 ? { ...one, ...edge } : one)),
      },
      { ...FLOW, id: "client_secret_of_planted_1" },
    ];
    const webhooks = [
      { ...HOOK, name: "chat", url: "https://hooks.slack.com/services/T0/B0/planted" },
      { ...HOOK, name: "known", url: "https://hooks.slack.com/services/T0/B0/planted-known" },
    ];
    const env = { CHAT_URL: "https://hooks.slack.com/services/T0/B0/planted-known", ID: "client_secret_of_planted_1" };
    const world = await openTenant(t, { flows, webhooks }, env);
    const { code, said } = await world.import();
    assert.equal(code, 4);
    for (const place of ["url", "headers.Authorization", "parts", "password"]) {
      assert.ok(said.includes(`\`properties.${place}\` of node \`node_crm\` is left out`), said);
    }
    const written = world.read("flows/ivr_main.yaml");
    assert.match(written, /properties: \{ headers: \{ Accept: application\/json \}, skill: Billing \}/);
    assert.match(said, /not imported Flow ivr_keyed\n {6}\/spec\/connections\/\d\/when holds a secret/);
    assert.match(said, /not imported Webhook chat\n {6}\/spec\/url holds a secret/);
    assert.match(
      said,
      /not imported Flow unnamed-\w+ \(\(secret\)\)\n {6}what it is called on the tenant holds a secret/,
    );
    const known = world.read("webhooks/known.yaml");
    assert.match(known, /url: "?\$\{env:CHAT_URL\}/);
    assert.doesNotMatch(said + written + known, /planted/);
  });

  it("of yesterday's manifests are remembered by the trail, when manifest and variable are both gone", async (t) => {
    const emulator = await startEmulator({ seed: seedOf({}) });
    t.after(() => emulator.close());
    const before = openFolder(t, emulator.url, { LOOKUP: "planted-lookup-key" });
    before.write({ "main.yaml": MAIN.replace("prompt: Hello", '"prompt": "${env:LOOKUP}"') });
    assert.equal((await before.apply()).code, 0);
    rmSync(join(before.folder, "manifests/main.yaml"));
    const { code, said } = await before.without("LOOKUP").import();
    assert.equal(code, 1, said);
    assert.match(said, /not imported Flow ivr_main\n {6}\/spec\/nodes\/0\/properties\/prompt holds a secret/);
    assert.doesNotMatch(said, /planted/);
  });

  it("that a manifest refers to stay references when live has another value", async (t) => {
    const world = await openTenant(
      t,
      { webhooks: [{ ...HOOK, headers: { "X-Key": "planted-new-value" } }] },
      { FEED_KEY: "planted-old-value" },
    );
    const written = `apiVersion: cxone-gitops/v1
kind: Webhook
metadata: { name: feed }
spec:
  name: "Orders: feed"
  url: https://hooks.example.com/x
  events: [workflow.updated]
  headers: { X-Key: "\${env:FEED_KEY}" }
`;
    world.write({ "feed.yaml": written });
    const { code, said } = await world.import();
    assert.equal(code, 0, said);
    assert.match(said, /\/spec\/headers\/X-Key refers to the environment and differs live; the reference stays/);
    assert.equal(world.read("feed.yaml"), written);
    assert.doesNotMatch(said, /planted/);
  });
});

describe("files", () => {
  it("get names that are free, whatever the case, and the mode of other source files", async (t) => {
    const world = await openTenant(t, { flows: [FLOW, { ...FLOW, id: "IVR_Main" }, { ...FLOW, id: "odd: id?" }] });
    world.write({ "flows/IVR_MAIN.yaml": MAIN.replace("  name: Main\n", "  id: ivr_wanted\n  name: Main\n") });
    const { said } = await world.import();
    assert.match(said, /created Flow IVR_Main-2 \(IVR_Main\) {2}manifests\/flows\/IVR_Main-2\.yaml/);
    assert.match(said, /created Flow ivr_main-3 \(ivr_main\) {2}manifests\/flows\/ivr_main-3\.yaml/);
    assert.match(said, /Flow odd-id-[0-9a-f]{8} \(odd: id\?\)/);
    assert.equal(
      statSync(join(world.folder, "manifests/flows/IVR_Main-2.yaml")).mode & 0o777,
      0o644 & ~process.umask(),
    );
  });

  it("are never written through a link", async (t) => {
    const world = await openTenant(t, { flows: [FLOW] });
    const elsewhere = join(world.folder, "manifests", "calls");
    mkdirSync(elsewhere, { recursive: true });
    symlinkSync(elsewhere, join(world.folder, "manifests", "flows"));
    const { code, said } = await world.import();
    assert.equal(code, 1);
    assert.match(said, /flows\/ivr_main.yaml" cannot be written: a part of its path is a link.*\(import\/unwritable\)/);
    assert.ok(!existsSync(join(elsewhere, "ivr_main.yaml")));
  });
});

describe("the command line", () => {
  const refusals: readonly (readonly [string, readonly string[], Partial<ImportOptions>, RegExp])[] = [
    [
      "a revision",
      [],
      { rev: "main" },
      /an import writes to the manifests folder, and --rev names a revision \(usage\)/,
    ],
    ["several tenants", [], { tenant: "dev,prod" }, /an import is for one tenant/],
    ["a word that is no TYPE/ID", ["main"], {}, /"main" does not name a document to import.*\n.*Write TYPE\/ID/],
    ["a type that is none", ["flows/x"], {}, /"flows\/x" does not name a document.*\n.*Did you mean "flow"\?/],
    ["a type outside --kind", ["webhook/x"], { kind: ["Flow"] }, /"webhook\/x" does not name a document/],
    [
      "--as against --kind",
      [],
      { kind: ["EmailNode"], as: "workflows" },
      /--as workflows makes no manifests of kind EmailNode/,
    ],
  ];
  for (const [what, words, options, expected] of refusals) {
    it(`refuses ${what} before anything is read`, async (t) => {
      const { code, said } = await openFolder(t, "http://127.0.0.1:9").import(words, options);
      assert.equal(code, 1);
      assert.match(said, expected);
    });
  }
});
