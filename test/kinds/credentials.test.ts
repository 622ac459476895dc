/** What an import takes for a credential, and what it must not take for one. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { remarksOf, restateNodes } from "../../src/kinds/shared/import-nodes.ts";
import { findCredentials, withoutCredentials } from "../../src/kinds/shared/without-credentials.ts";
import { holdsCredential, isCredential, isCredentialName } from "../../src/kinds/webhook/credentials.ts";
import type { Json, JsonObject } from "../../src/model/json.ts";

/** Put together here, so that no scanner of repositories takes them for real ones. */
const HEX = ["9f8e7d6c5b4a3928", "1706f5e4d3c2b1a0"].join("");
const MIXED = ["xGz8Qw3rT5yU", "7iO9pA1sD3fG"].join("");
const SLACK = ["https://hooks.slack.com", "services/T024BE7LD/B06GH8K2M", MIXED].join("/");
const WEB_TOKEN = ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0NTY3ODkwIn0", "c2lnbmF0dXJl"].join(".");

describe("a node's property is a credential", () => {
  const cases: readonly (readonly [reason: string, properties: JsonObject])[] = [
    ["called a password", { password: "Sup3rS3cret" }],
    ["called a password, in ordinary letters", { dbPassword: "hunter" }],
    ["a password that is a number", { secret: 48151623 }],
    ["called an API key", { apiKey: "abcd1234efgh" }],
    ["called one in a header's way", { "X-Api-Key": "abcd1234efgh" }],
    ["called a token", { access_token: "abcd1234efgh" }],
    ["the value of what is called so", { clientSecret: { type: "literal", value: "Sup3rS3cret" } }],
    ["named by its neighbour", { header: { name: "Authorization", value: "abcd1234efgh" } }],
    ["a PIN", { pin: "4711" }],
    ["a bearer token, whatever it is called", { x: "Bearer 9f8e7d6c5b4a" }],
    ["a bearer token within a text", { script: `call(url, "Bearer ${HEX}")` }],
    ["a basic login", { x: "Basic c3ZjOmh1bnRlcjI=" }],
    ["a web token", { x: WEB_TOKEN }],
    ["a private key", { x: `-----BEGIN RSA ${"PRIVATE"} KEY-----\nMIIE` }],
    ["a key of a vendor's form", { x: `AKIA${"IOSFODNN7EXAMPLE"}` }],
    ["a password in a URL", { url: "https://svc:hunter2@crm.example.com/o" }],
    ["a parameter of a URL that is called so", { url: "https://crm.example.com/o?api_key=abcd1234" }],
    ["a fragment that is called so", { url: "https://crm.example.com/o#token=abcd1234" }],
    ["the URL of a receiver of messages", { url: SLACK }],
    ["a random part of a path", { url: `https://crm.example.com/in/${HEX}` }],
    ["a long random text", { x: HEX }],
    ["a long random text in capitals and small letters", { x: MIXED }],
    ["a body of a request that says so", { body: '{"user":"svc","password":"Sup3rS3cret"}' }],
    ["a form that says so", { body: "grant_type=client_credentials&client_secret=abc123def456" }],
    ["a token after its scheme", { Authorization: `Token ${HEX}` }],
    ["a token after another scheme", { auth: "SSWS 00QCjAl4MlV-WPXMjDJkv" }],
    ["a key after a scheme that says so", { Authorization: "ApiKey abcdef123456" }],
    ["a scheme that says so under any name", { "X-Other": `GenieKey ${"eb243592-faa2-4ba2"}-a551-1afdf565c889` }],
    ["what an Authorization has besides", { authorization: 'Digest username="svc", response="6629fae49393a053"' }],
    ["a line of a header", { headers: [`Authorization: Token ${HEX}`] }],
    ["a password of several words", { passphrase: "correct horse battery staple" }],
    ["a password that is a sentence", { userPassword: "my dog is called rex" }],
    ["a password that is a question", { password: "Please say your password." }],
    ["a second password", { password2: "hunter2pass" }],
    ["a new password", { pwdNew: "hunter2pass" }],
    ["a password once more", { passwordConfirm: "hunter2pass" }],
    ["a password within one word", { dbpassword: "hunter2pass" }],
    ["one API key of several", { apiKeyPrimary: "abcd1234efgh5678" }],
    ["an API key of a stage", { "api-key-prod": "abcd1234efgh5678" }],
    ["a login beside a user", { auth: { user: "svc", pass: "OldPassw0rd" } }],
    ["a PIN that is a number", { pin: 47114711 }],
    ["a login in a command", { x: "curl -u admin:Hunter2pass https://crm.example.com" }],
    ["a key of a vendor's form, in words", { x: `use ${"sk-"}${"proj-abcdEFGH1234ijkl5678"} here` }],
    ["a key of another vendor's form", { x: `${"sk-"}${"ant-api03-abcdEFGH1234"}` }],
    ["a password in a telephone's address", { sip: "sip:svc:hunter2pass@pbx.example.com" }],
    ["a password in the second URL", { x: "https://a:{{b}}@x.example https://svc:hunter2@x.example" }],
    ["an object's key", { map: { [`Bearer ${HEX}`]: "x" } }],
  ];
  for (const [reason, properties] of cases) {
    it(reason, () => {
      assert.equal(findCredentials(properties).length, 1);
      assert.deepEqual(findCredentials(withoutCredentials(properties).said), []);
    });
  }
});

describe("a node's property is no credential", () => {
  const cases: readonly (readonly [reason: string, properties: JsonObject])[] = [
    ["words of a flow", { skill: "Billing", prompt: "Press one for billing", queue: "Q_Sales_2024" }],
    ["keys that are pressed", { menuKey: "1", dtmfKey: "#", key: "1", hotkey: "9", key2: "Billing" }],
    ["a count, a length, a limit", { tokenCount: 3, passwordMinLength: 8, maxTokens: 1000, secretAttempts: 3 }],
    ["a prompt about a secret", { secretQuestionPrompt: "What was your first pet called?", pinPrompt: "1234" }],
    ["what is said to a caller", { passwordPrompt: "Please say your password.", secretQuestionPrompt2: "Your pet?" }],
    [
      "what is said once more",
      { newPasswordConfirmPrompt: "And again, please.", passwordRetryText2: "Try again in 5" },
    ],
    [
      "numbered words of a flow",
      { menuKey2: "12345678", dtmfKey1: "#", skillNew: "Billing", promptOld: "Press 1 or 2" },
    ],
    ["words about an authorization", { authorization: "requires supervisor", auth: "Basic authentication required" }],
    ["a token of a game", { token: "Billing queue", tokenText: "Press one for billing" }],
    ["a user, a language", { x: "report -u admin", locale: "sk-SK", task: "sk-billing-menu" }],
    ["a short token", { token: "Billing", auth: "none", authorization: "required", cookie: "yes" }],
    ["an address of a person", { from: "ann@example.com", sip: "sip:svc@pbx.example.com", mail: "mailto:a@b.example" }],
    ["a URL", { url: "https://crm.example.com/orders/v2/by-customer?region=eu&code=&page=2#top" }],
    ["a reference", { password: "$contact.password", token: "{{vault.crm}}", apiKey: "%CRM_KEY%" }],
    ["a reference in a URL", { url: "https://svc:{{vault.crm}}@crm.example.com/?token={{vault.token}}" }],
    ["ids", { templateId: HEX, skillId: "3f2504e0-4f89-11d3-9a0c-0305e82c3301", next: "node_9f8e7d6c5b4a39281706" }],
    ["the hash of a file", { checksum: HEX, audio: "3f2a9b8c7d6e5f4a3b2c.wav" }],
    ["a moment", { at: "2026-11-21T09:03:51.001Z" }],
    ["names of programs", { handler: "MainMenuEnglishQueue2024", module: "order-confirmation-template-v2-2024" }],
    ["ordinary words before others", { text: "Basic information about your bearer bonds" }],
  ];
  for (const [reason, properties] of cases) {
    it(reason, () => assert.deepEqual(withoutCredentials(properties), { said: properties, left: [] }));
  }
});

it("what is left out goes with the list that holds it, and with an object that is empty then", () => {
  const properties: Json = {
    url: "https://crm.example.com",
    headers: [
      { name: "Accept", value: "*/*" },
      { name: "Authorization", value: "Bearer 9f8e7d6c5b4a" },
    ],
    auth: { user: "svc", password: "Sup3rS3cret" },
    only: { deep: { password: "Sup3rS3cret" } },
  };
  assert.deepEqual(withoutCredentials(properties), {
    said: { url: "https://crm.example.com", auth: { user: "svc" } },
    left: [["headers"], ["auth", "password"], ["only", "deep", "password"]],
  });
});

it("one that stands where the manifest names the property is told by its place, for the writer to refuse", () => {
  const live = [{ id: "n", type: "x", properties: { token: "Bearer 9f8e7d6c5b4a", skill: "Sales" } }];
  const said = [{ id: "n", type: "x", properties: { token: "old", skill: "Billing" } }];
  const { notes, credentials } = remarksOf(restateNodes(live, said));
  assert.deepEqual([notes, credentials], [[], [["spec", "nodes", 0, "properties", "token"]]]);
});

describe("a webhook's URL lets in whoever knows it", () => {
  const cases: readonly (readonly [url: string, lets: boolean])[] = [
    [SLACK, true],
    ["https://contoso.webhook.office.com/webhookb2/x/IncomingWebhook/y", true],
    ["https://outlook.office.com/webhook/x", true],
    ["https://discord.com/api/webhooks/1/x", true],
    ["https://chat.googleapis.com/v1/spaces/x/messages", true],
    ["https://hooks.zapier.com/hooks/catch/1/x", true],
    ["https://hook.eu1.make.com/x", true],
    ["https://hook.integromat.com/x", true],
    ["https://prod-1.westeurope.logic.azure.com/workflows/x", true],
    ["https://x.example.com/a#token=abcd", true],
    [`https://x.example.com/a#${HEX}`, true],
    [`https://x.example.com/in/${HEX.slice(0, 16)}/x`, true],
    ["https://x.example.com/in/3f2504e0-4f89-11d3-9a0c-0305e82c3301", true],
    ["https://svc@x.example.com/", true],
    ["https://x.example.com/?key=1", true],
    ["https://x.example.com/?sig=1234", true],
    ["https://hooks.example.com/cxone/order-updates/v2?region=eu#top", false],
    ["https://discord.com/channels", false],
    ["https://x.example.com/CustomerOrdersByRegion/2024", false],
  ];
  for (const [url, lets] of cases) it(`${lets ? "yes" : "no"}: ${url}`, () => assert.equal(holdsCredential(url), lets));
});

describe("a webhook's header is left out", () => {
  const cases: readonly (readonly [name: string, value: string, isLeft: boolean])[] = [
    ["X-Api-Key", "x", true],
    ["X-Site", "s3cr3t!pass-word,with-comma 1234", true],
    ["X-Site", "Tr0ub4dor&3", true],
    ["X-Site", "hunter2pass!", true],
    ["X-Site", `main ${WEB_TOKEN}`, true],
    ["X-Site", "Main site, Berlin 2", false],
    ["X-Team", "telephony-v2", false],
    ["Accept", "application/json; q=0.9, */*; q=0.8", false],
    ["User-Agent", "cxone/2.1 (billing)", false],
    ["X-Callback", "https://crm.example.com/orders?page=2", false],
  ];
  for (const [name, value, isLeft] of cases) {
    it(`${isLeft ? "yes" : "no"}: ${name}: ${value}`, () => {
      assert.equal(isCredentialName(name) || isCredential(value), isLeft);
    });
  }
});
