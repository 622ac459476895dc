/** The same at the command's door: a tenant that answers rubbish here and there. What is not understood is never written over. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import fc from "fast-check";
import { verifyTrail } from "../../src/audit/verify.ts";
import type { Ran } from "../helpers/command.ts";
import { EMAIL, FLOW } from "../helpers/manifests.ts";
import { type PlainAnswer, type PlainRequest, startPlainCxone } from "../helpers/plain-cxone.ts";
import { openWorld } from "../helpers/world.ts";
import { assertNoDefect } from "./defects.ts";
import { slowRuns } from "./runs.ts";

const WORKFLOW = {
  id: "wf_12345",
  name: "Order Confirmation Workflow",
  version: 3,
  nodes: [{ id: "start_node", type: "start", properties: {} }],
  transitions: [],
};
const DOCUMENTS = {
  workflows: [WORKFLOW],
  templates: [{ id: "tmpl_inv_2024", name: "Invoice", status: "active" }],
  attachments: [{ fileId: "att_pdf_001", fileName: "invoice.pdf", size: 1000 }],
};

/** The reads of a plan, by their paths. */
const READS = [
  "/api/v2/flows/ivr_main_menu_v2",
  "/api/v2/workflows/wf_12345",
  "/api/v2/interactions/templates/tmpl_inv_2024",
  "/api/v2/interactions/attachments/att_pdf_001",
  "/oauth/token",
  "/oauth2/token",
];

type Rubbish = PlainAnswer & { readonly body: string };

const junk = fc.constantFrom(
  ...["", "null", "[]", "{}", '"ok"', "5", "<html>Log in</html>", "{", '{"id": "ano', "\0", "[".repeat(2000)],
  '{"id": "another", "name": "another"}',
  '{"items": [], "total": 0}',
  '{"id": {"id": 1}}',
  '{"message": "\\u001b[31mred"}',
  `{"id": "${"x".repeat(1024 * 1024)}"}`,
  '{"access_token": 5}',
);
const headers = fc.constantFrom<Record<string, string>>(
  ...[{}, {}, { "content-type": "text/html" }, { "content-encoding": "gzip" }, { location: "/x" }],
  ...[{ "retry-after": "-1" }, { "retry-after": "99999999" }, { "retry-after": "soon" }],
);
const statuses = [200, 201, 204, 301, 400, 401, 403, 418, 429, 500, 503, 999];
/** Never what the tenant would mean: not a 404, and no document that was asked for. */
const unsound: fc.Arbitrary<Rubbish> = fc.record(
  { status: fc.constantFrom(...statuses), body: junk, headers },
  { noNullPrototype: true },
);
/** A write may be answered with anything, for then it is too late. */
const anyWrite = fc.oneof(
  unsound,
  fc.record({ status: fc.constantFrom(404, 409, 412), body: junk }, { noNullPrototype: true }),
);

/** Documents that are the right ones by their id, with something else inside. */
const inside = fc.oneof(
  fc.constantFrom<unknown>(null, 5, "x", {}, [], [null], [[]], [{ id: 5 }]),
  fc.jsonValue({ maxDepth: 2 }),
);
const hostile = fc
  .record(
    { name: inside, version: fc.oneof(fc.nat(9), inside), nodes: inside, transitions: inside, connections: inside },
    { requiredKeys: [] },
  )
  .map((fields) => ({ body: JSON.stringify({ ...fields, id: WORKFLOW.id }) }));

const isToken = ({ path }: PlainRequest) => path.includes("token");
const isWrite = (request: PlainRequest) => request.method !== "GET" && !isToken(request);

interface Applied {
  readonly ran: Ran;
  /** What the tenant was sent, answered or not. */
  readonly writes: readonly PlainRequest[];
}

/** Applies to a new tenant that answers by itself but where `instead` has something to say; the trail must verify afterwards. */
async function applyTo(t: TestContext, instead: (request: PlainRequest) => PlainAnswer | undefined): Promise<Applied> {
  const plain = await startPlainCxone({ documents: DOCUMENTS, program: instead });
  const world = openWorld(t, plain.url, { "m.yaml": `${FLOW}---\n${EMAIL}` });
  const ran = await world.run("apply", "--auto-approve");
  await plain.close();
  const verdict = await verifyTrail(join(world.folder, ".cxone-gitops", "audit.jsonl"));
  assert.ok(verdict.ok, JSON.stringify(verdict));
  assert.doesNotMatch(ran.stdout, /[\p{Cc}--\n]/v);
  return { ran, writes: plain.log.filter(isWrite) };
}

it("a tenant that answers as it should is written to", async (t) => {
  const { ran, writes } = await applyTo(t, () => undefined);
  assertNoDefect(ran, [0]);
  assert.equal(writes.length, 2, "the positive control");
});

it("reads that tell nothing: exit 1, and not one write", async (t) => {
  const document = fc.tuple(fc.constantFrom(...READS.slice(0, 2)), unsound);
  const another = fc.tuple(fc.constantFrom(...READS), unsound);
  await fc.assert(
    fc.asyncProperty(document, fc.option(another), async (first, second) => {
      const answers = new Map(second === null ? [first] : [second, first]);
      const { ran, writes } = await applyTo(t, ({ path }) => answers.get(path));
      assertNoDefect(ran, [1]);
      assert.deepEqual(writes, [], ran.stdout);
    }),
    slowRuns(4),
  );
});

it("a live workflow with anything in it: written over or refused, but no defect", async (t) => {
  await fc.assert(
    fc.asyncProperty(hostile, async (odd) => {
      const { ran } = await applyTo(t, (request) => {
        return isWrite(request) || !request.path.endsWith(WORKFLOW.id) ? undefined : odd;
      });
      assertNoDefect(ran, [0, 1, 3, 4]);
    }),
    slowRuns(3),
  );
});

it("writes that are answered with anything: the run ends, and its trail holds", async (t) => {
  await fc.assert(
    fc.asyncProperty(anyWrite, async (given) => {
      const { ran, writes } = await applyTo(t, (request) => (isWrite(request) ? given : undefined));
      assertNoDefect(ran, [0, 1, 3, 4]);
      assert.ok(writes.length > 0);
    }),
    slowRuns(4),
  );
});
