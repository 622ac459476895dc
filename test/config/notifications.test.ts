import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { InvalidConfigError } from "../../src/config/error.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { ResolvedNotifications } from "../../src/config/resolved.ts";
import { NOTIFICATION_TYPES } from "../../src/model/notification.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { makeFolder } from "../helpers/temp-folder.ts";

const KEY = Buffer.alloc(32, "planted-key").toString("base64");
const ENV = {
  KEY: `whsec_${KEY}`,
  SHORT: "cGxhbnRlZA==",
  SLACK: "https://hooks.example/T0/planted-token",
  PLAIN: "http://a.example/planted",
};
const HOOK = { url: "https://a.example/hook", secret: "${env:KEY}" };

async function load(t: TestContext, entry: object, secrets = new Secrets()): Promise<ResolvedNotifications> {
  const text = `tenants: { dev: { org: acme }, prod: { org: acme } }\nnotifications:\n  - ${JSON.stringify(entry)}\n`;
  const cwd = makeFolder(t, { "cxone-gitops.yaml": text, "key.txt": `${KEY}\n` });
  const config = await loadConfig({ cwd, env: ENV, needCredentials: false, secrets });
  return config.notifications;
}

const cases: readonly (readonly [why: string, entry: object, said: RegExp])[] = [
  [
    "a secret that is written out",
    { ...HOOK, secret: "planted-literal" },
    /config\/literal-secret .*notification secret must not stand/,
  ],
  [
    "a Slack URL that is written out",
    { url: ENV.SLACK, format: "slack" },
    /config\/literal-secret .*URL of a Slack webhook is a secret/,
  ],
  ["no secret to sign with", { url: HOOK.url }, /config\/invalid .*no secret to be signed with/],
  [
    "an event that does not exist",
    { ...HOOK, events: ["flow.connection.updated"] },
    /config\/invalid .*Did you mean "flow\.connections\.updated"\?/,
  ],
  ["a format that does not exist", { ...HOOK, format: "slak" }, /config\/invalid .*Did you mean "slack"\?/],
  [
    "a tenant that does not exist",
    { ...HOOK, tenants: ["prd"] },
    /config\/invalid .*there is no tenant "prd".*Did you mean "prod"\?/,
  ],
  ["plain http", { ...HOOK, url: "http://a.example/planted" }, /config\/invalid .*URL is plain http/],
  ["plain http behind a reference", { ...HOOK, url: "${env:PLAIN}" }, /config\/invalid .*URL is plain http/],
  ["a password in the URL", { ...HOOK, url: "https://a:planted@a.example/" }, /config\/invalid .*user information/],
  ["what is no URL", { ...HOOK, url: "planted" }, /config\/invalid .*is not a URL/],
  [
    "a secret too short to sign with",
    { ...HOOK, secret: "${env:SHORT}" },
    /config\/invalid .*not the base64 of 24 bytes/,
  ],
  ["a secret that is not set", { ...HOOK, secret: "${env:NOBODY}" }, /variables\/unset .*NOBODY is not set/],
  ["an unknown key", { ...HOOK, event: [] }, /config\/unknown-key .*Did you mean "events"\?/],
];

for (const [why, entry, said] of cases) {
  test(`${why} is refused on its line, and not repeated`, async (t) => {
    const secrets = new Secrets();
    const attempt = async () => (await load(t, entry, secrets)).resolveReceivers("dev");
    await assert.rejects(attempt, (thrown: unknown) => {
      assert.ok(thrown instanceof InvalidConfigError, String(thrown));
      const [finding, ...others] = thrown.findings;
      assert.equal(others.length, 0);
      assert.equal(finding?.line, 3);
      assert.match(`${finding?.rule} ${finding?.message} ${finding?.hint}`, said);
      assert.doesNotMatch(secrets.mask(`${JSON.stringify(thrown.findings)} ${thrown.message}`), /planted/);
      return true;
    });
  });
}

test("a receiver is told of everything and of every tenant unless it says what it wants", async (t) => {
  const all = await load(t, HOOK);
  assert.deepEqual(await all.resolveReceivers("dev"), [
    { url: HOOK.url, host: "a.example", secret: ENV.KEY, format: "standard", types: NOTIFICATION_TYPES },
  ]);
  const some = await load(t, { ...HOOK, tenants: ["prod"], events: ["run.failed"] });
  assert.equal(some.isAnyFor("dev"), false);
  assert.deepEqual(await some.resolveReceivers("dev"), []);
  assert.deepEqual(
    (await some.resolveReceivers("prod")).map(({ types }) => types),
    [["run.failed"]],
  );
});

test("URL and secret may come from the environment and from files, and are secrets from then on", async (t) => {
  const secrets = new Secrets();
  const slack = await load(t, { url: "${env:SLACK}", format: "slack" }, secrets);
  assert.deepEqual(
    (await slack.resolveReceivers("dev")).map(({ url, host, secret }) => [url, host, secret]),
    [[ENV.SLACK, "hooks.example", undefined]],
  );
  assert.equal(secrets.mask(ENV.SLACK), "(secret)");
  const filed = await load(t, { ...HOOK, secret: { file: "key.txt" } }, secrets);
  assert.equal((await filed.resolveReceivers("dev"))[0]?.secret, KEY);
  assert.equal(secrets.mask(KEY), "(secret)");
});

test("http is fine on this machine, and a query belongs to the address", async (t) => {
  for (const url of ["http://127.0.0.1:9/hook", "http://localhost:9/hook", "https://a.example/hook?token=1"]) {
    assert.equal((await (await load(t, { ...HOOK, url })).resolveReceivers("dev"))[0]?.url, url);
  }
});
