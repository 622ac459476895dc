import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertFindings, change, type Row, resourceOf, validate, WEBHOOK } from "./manifests.ts";

const withUrl = (url: string) => change(WEBHOOK, "https://esp.example.com/hook", url);
const urls: readonly Row[] = [
  ["https", WEBHOOK, []],
  ["https on a port", withUrl("https://esp.example.com:8443/a?b=c"), []],
  ...[
    "http://localhost:8080/x",
    "http://127.0.0.1/x",
    "http://127.5.0.9/x",
    '"http://[::1]:9/x"',
    "http://127.1/x",
  ].map((url): Row => [`loopback may be plain: ${url}`, withUrl(url), []]),
  ...[
    "http://esp.example.com/x",
    "http://127.0.0.1.example.com/x",
    "http://localhost.example.com",
    "http://0.0.0.0/x",
    "ftp://localhost/x",
    "ws://localhost/x",
  ].map(
    (url): Row => [
      `${url} is not https`,
      withUrl(url),
      [["webhook/url 6:8", /is not https; events would travel readable/]],
    ],
  ),
  [
    "a user name",
    withUrl("https://bob@esp.example.com"),
    [["webhook/url 6:8", /^the URL carries a user name or password$/]],
  ],
  ["a password", withUrl("https://:pw@localhost"), [["webhook/url 6:8", /carries/]]],
  ["an @ in the path is no user name", withUrl("https://esp.example.com/@team"), []],
  ["no URL", withUrl("esp.example.com/hook"), [["webhook/url 6:8", /^"esp.example.com\/hook" is no URL$/]]],
  ["no URL, perhaps with a password", withUrl("https//bob:hunter2@esp"), [["webhook/url 6:8", /^this is no URL$/]]],
  ["an empty URL", withUrl('""'), [["manifest/schema 6:8", /`url` must not be empty/]]],
];

const reference = "secret: ${env:HOOK_SECRET}";
const withSecret = (secret: string) => change(WEBHOOK, reference, `secret: ${secret}`);
const literal: Row[2] = [["webhook/literal-secret 9:11", /^the secret must be a reference, never the secret itself$/]];
const secrets: readonly Row[] = [
  ["no secret", change(WEBHOOK, `  ${reference}\n`, ""), []],
  ["a reference to a name with dots and dashes", withSecret("${env:HOOK.SECRET-1}"), []],
  ["a literal", withSecret("whsec_planted"), literal],
  ["a literal beside a reference", withSecret('"whsec_planted${env:X}"'), literal],
  ["an escaped reference is a literal", withSecret("$${env:whsec_planted}"), literal],
  [
    "a variable is in the configuration, and so a literal",
    withSecret("${var:hook}"),
    literal,
    { variables: { hook: "whsec_planted" } },
  ],
  ["an empty secret", withSecret('""'), literal],
  [
    "a number is a literal too",
    withSecret("123456789012"),
    [["manifest/schema 9:11", /^`secret` is a number, and must be text$/]],
  ],
  [
    "so is a list of one",
    withSecret("[ whsec_planted ]"),
    [["manifest/schema 9:11", /^`secret` is a list, and must be text$/]],
  ],
];

const fields: readonly Row[] = [
  [
    "no events",
    change(WEBHOOK, "[workflow.updated]", "[]"),
    [["manifest/schema 7:11", /`events` must name at least one event/]],
  ],
  [
    "an event that is no text",
    change(WEBHOOK, "[workflow.updated]", "[workflow.updated, 5]"),
    [["manifest/schema 7:30", /entry 2 of `events` is the number 5, and must be text/]],
  ],
  [
    "a header name with a space",
    change(WEBHOOK, "X-Source:", '"X Source":'),
    [["manifest/schema 8:14", /`X Source` is no header name/]],
  ],
  [
    "a header that is no text",
    change(WEBHOOK, "X-Source: cxone-gitops", "X-Source: 5"),
    [["manifest/schema 8:24", /`X-Source` is the number 5/]],
  ],
  [
    "two webhooks of one name on the tenant",
    { "a.yaml": WEBHOOK, "b.yaml": change(WEBHOOK, "esp-sync", "other") },
    [["manifest/owned-twice 5:9", /^webhook "ESP Sync Webhook" is already decided by Webhook "esp-sync": a.yaml:5/]],
  ],
];

for (const [title, rows] of Object.entries({ urls, secrets, fields })) {
  describe(`webhook: ${title}`, () => {
    for (const [reason, source, expected, around] of rows) {
      it(reason, () => {
        const { findings } = validate(source, around);
        assertFindings(findings, expected);
        assert.doesNotMatch(
          JSON.stringify(findings),
          /planted|123456789012|hunter2/,
          "no finding repeats what may be secret",
        );
      });
    }
  });
}

describe("webhook: its secret, before it is created", () => {
  const problems = (source: string, env: Record<string, string>, severities = {}) =>
    resourceOf(source, { env, severities })
      .checkDocument(undefined, [])
      .map(({ rule, message }) => `${rule}: ${message}`);

  it("is asked for when the variable has no value", () => {
    assert.deepEqual(problems(WEBHOOK, {}), [
      "variables/unset: creating this webhook needs its secret, and ${env:HOOK_SECRET} has no value",
    ]);
    assert.deepEqual(problems(WEBHOOK, { HOOK_SECRET: "" }).length, 1, "empty is what CI makes of a missing secret");
    assert.deepEqual(problems(WEBHOOK, { HOOK_SECRET: "x" }), []);
  });

  it("is not repeated when it stands there literally and the rule is off", () => {
    const said = problems(withSecret("whsec_planted"), {}, { "webhook/literal-secret": "off" });
    assert.deepEqual(said, [
      "variables/unset: creating this webhook needs its secret, and what stands here has no value",
    ]);
  });

  it("does not matter for a webhook that is live", () => {
    assert.deepEqual(resourceOf(WEBHOOK).checkDocument({ name: "ESP Sync Webhook" }, []), []);
  });
});
