import { describe, it } from "node:test";
import { assertFindings, change, EMAIL, type Row, validate, WORKFLOW } from "./manifests.ts";

const itsFiles = "[ { fileId: att_pdf_001, fileName: invoice.pdf } ]";
const withFiles = (files: string) => change(WORKFLOW, itsFiles, files);

const own: readonly Row[] = [
  ["the valid workflow", WORKFLOW, []],
  ["a workflow without nodes", WORKFLOW.slice(0, WORKFLOW.indexOf("  nodes:")), []],
  [
    "a node id twice",
    change(WORKFLOW, "id: mail_node", "id: end_node").replace("to: mail_node", "to: end_node"),
    [["workflow/duplicate-node 10:11", /node id "end_node" is used twice/]],
  ],
  [
    "a transition twice",
    `${WORKFLOW}    - { from: start_node, to: end_node }\n`,
    [["workflow/duplicate-transition 18:7", /from "start_node" to "end_node" stands here twice/]],
  ],
  ["the same ends on another condition", `${WORKFLOW}    - { from: start_node, to: end_node, when: x }\n`, []],
  [
    "the same condition in another spelling",
    `${WORKFLOW}    - { from: start_node, to: mail_node, when: "5<total" }\n`,
    [["workflow/duplicate-transition 18:7", /stands here twice/]],
  ],
  [
    "a written transition id twice",
    WORKFLOW.replaceAll("{ from:", "{ id: tr_1, from:"),
    [["workflow/duplicate-transition 17:7", /transition id "tr_1" is used twice/]],
  ],
  [
    "a transition to an unknown node",
    change(WORKFLOW, "to: end_node", "to: end_nod"),
    [["workflow/unknown-node 16:31", /names "end_nod", which is no node of this workflow/]],
  ],
  [
    "a transition from an unknown node",
    change(WORKFLOW, "from: start_node, to: end_node", "from: x, to: end_node"),
    [["workflow/unknown-node 16:15", /names "x"/]],
  ],
];

const mail: readonly Row[] = [
  [
    "a variable of a mail node",
    change(WORKFLOW, "$workflow.data.total", "total"),
    [["email/variable 13:29", /variable "total" is "total"/]],
  ],
  [
    "a variable that is no text",
    change(WORKFLOW, "$workflow.data.total", "5"),
    [["email/variable 13:29", /variable "total" is 5/]],
  ],
  [
    "a placeholder deep in a mail node",
    change(WORKFLOW, "invoice.pdf", "TODO.pdf"),
    [["email/placeholder 14:57", /"TODO"/]],
  ],
  [
    "a placeholder where no mail is sent",
    change(WORKFLOW, "type: end }", "type: end, properties: { note: TODO } }"),
    [],
  ],
  ["a variable where no mail is sent", change(WORKFLOW, "type: email", "type: task"), []],
  [
    "an attachment's prefix",
    withFiles("[ { fileId: x, fileName: y } ]"),
    [["email/attachment-id 14:34", /"x" does not begin/]],
  ],
  [
    "an attachment twice",
    withFiles("[ { fileId: att_x, fileName: y }, { fileId: att_x, fileName: y } ]"),
    [["email/duplicate-attachment 14:66", /twice/]],
  ],
  [
    "an attachment without a name",
    withFiles("[ { fileId: att_x, fileName: y }, { fileId: att_y } ]"),
    [["email/attachment-shape 14:56", /each has a `fileId` and a `fileName`/]],
  ],
  [
    "two attachments without an id",
    withFiles("[ { fileName: y }, { fileName: y } ]"),
    [["email/attachment-shape 14:24", /`fileId`/]],
  ],
  [
    "an attachment that is a text, before one that is none",
    withFiles("[ att_x, { fileId: 5, fileName: y } ]"),
    [["email/attachment-shape 14:24", /text/]],
  ],
  ["attachments that are no list", withFiles("att_x"), [["email/attachment-shape 14:22", /list/]]],
  ["attachments asked to be absent", withFiles("null"), []],
];

const mailNode = /\n {4}- id: mail_node[\s\S]*?invoice.pdf } \]/;
const LEAN = WORKFLOW.replace(mailNode, "").replace(
  `    - { from: start_node, to: mail_node, when: "total > 5" }\n`,
  "",
);
const withEmail = (workflow: string, email = EMAIL) => ({ "a.yaml": workflow, "b.yaml": email });
const together: readonly Row[] = [
  ["an e-mail node beside its workflow", withEmail(LEAN), []],
  [
    "the same node in both",
    withEmail(
      change(LEAN, "id: end_node, type: end", "id: email_send_01, type: email").replace(
        "to: end_node",
        "to: email_send_01",
      ),
      EMAIL.slice(0, EMAIL.indexOf("  after:")),
    ),
    [
      [
        "manifest/owned-twice 6:9",
        /node email_send_01 of workflow "wf_12345" is already decided by Workflow "orders": a.yaml:9/,
      ],
    ],
  ],
  [
    "a transition that the e-mail node's `after` decides",
    withEmail(`${LEAN}    - { from: end_node, to: email_send_01 }\n`),
    [
      [
        "workflow/transition-owned-twice 12:7",
        /from "end_node" to "email_send_01" is also decided by an EmailNode's `after` or `before`/,
      ],
    ],
  ],
  [
    "a transition to an e-mail node that leaves its transitions alone",
    withEmail(`${LEAN}    - { from: end_node, to: email_send_01 }\n`, EMAIL.slice(0, EMAIL.indexOf("  after:"))),
    [],
  ],
  [
    "a neighbour that the whole workflow lacks",
    withEmail(LEAN, change(EMAIL, "[end_node]", "[nowhere]")),
    [["email/neighbour 15:12", /`before` names "nowhere", which is no node of workflow "wf_12345"/]],
  ],
  ["a neighbour that only the tenant could have", EMAIL, []],
  [
    "two manifests of one workflow",
    withEmail(LEAN, change(LEAN, "name: orders", "name: orders-2")),
    [
      ["manifest/owned-twice 5:7", /^workflow "wf_12345" is already decided by Workflow "orders": a.yaml:5/],
      ["manifest/owned-twice 8:13", /node start_node/],
      ["manifest/owned-twice 9:13", /node end_node/],
    ],
  ],
];

for (const [title, rows] of Object.entries({ own, mail, together })) {
  describe(`workflow: ${title}`, () => {
    for (const [reason, source, expected, around] of rows) {
      it(reason, () => assertFindings(validate(source, around).findings, expected));
    }
  });
}
