import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MASK } from "../../src/model/secrets.ts";
import { change, EMAIL, FLOW, WEBHOOK } from "../kinds/manifests.ts";
import { planFiles, REFERRED } from "./planning.ts";

const env = { KEY: "planted-key", HOOK_SECRET: "planted-hook", PIN: "7" };
const live = {
  "webhook/ESP Sync Webhook": {
    id: "wh_1",
    name: "ESP Sync Webhook",
    url: "https://esp.example.com/hook",
    events: ["workflow.updated"],
    enabled: true,
    headers: { "X-Source": "older-planted-key" },
  },
};

describe("where desired holds a secret, a plan shows neither side", () => {
  const withHeader = (value: string) => change(WEBHOOK, "X-Source: cxone-gitops", `X-Source: "${value}"`);
  it("a value that is the secret", () => {
    const [one] = planFiles(withHeader("${env:KEY}"), live, { env }).changes;
    assert.deepEqual(one?.patch, [{ op: "replace", path: "/headers/x-source", value: MASK }]);
    assert.deepEqual(one?.live, { "/headers/x-source": MASK }, "what stood there may be yesterday's secret");
  });

  it("a value that contains it", () => {
    const [one] = planFiles(withHeader("Bearer ${env:KEY}!"), live, { env }).changes;
    assert.deepEqual(one?.patch, [{ op: "replace", path: "/headers/x-source", value: `Bearer ${MASK}!` }]);
  });

  it("a value too short to look for is masked where it is the whole value", () => {
    const [one] = planFiles(withHeader("${env:PIN}"), live, { env }).changes;
    assert.deepEqual(one?.patch, [{ op: "replace", path: "/headers/x-source", value: MASK }]);
  });

  it("a create, deep inside", () => {
    const plan = planFiles(change(FLOW, "skill: Billing", 'skill: { deep: ["${env:KEY}"] }'), {}, { env });
    assert.match(JSON.stringify(plan), /"deep":\["\(secret\)"\]/);
    assert.doesNotMatch(JSON.stringify(plan), /planted/);
  });

  it("a live value that holds it, though desired does not", () => {
    const plan = planFiles(
      { "a.yaml": WEBHOOK, "b.yaml": change(FLOW, "skill: Billing", 'skill: "${env:KEY}"') },
      { ...live, "webhook/ESP Sync Webhook": { ...live["webhook/ESP Sync Webhook"], url: "https://esp/planted-key" } },
      { env },
    );
    assert.doesNotMatch(JSON.stringify(plan), /planted-key/);
  });

  it("what is no secret is shown on both sides", () => {
    const [one] = planFiles(WEBHOOK, live, { env }).changes;
    assert.deepEqual(
      [one?.patch, one?.live],
      [
        [{ op: "replace", path: "/headers/x-source", value: "cxone-gitops" }],
        { "/headers/x-source": "older-planted-key" },
      ],
    );
  });
});

it("a finding about a value from the environment does not repeat it", () => {
  const plan = planFiles(change(EMAIL, "$interaction.contact.firstName", "${env:KEY}"), REFERRED, { env });
  assert.match(plan.findings[0]?.message ?? "", /variable "customerName" is "\(secret\)"/);
  assert.doesNotMatch(JSON.stringify(plan), /planted/);
});
