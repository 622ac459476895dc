import { describe, it } from "node:test";
import { assertFindings, change, EMAIL, type Expected, type Row, validate } from "./manifests.ts";

const name = "$interaction.contact.firstName";
const withName = (value: string) => change(EMAIL, name, value);
const badPath = (column: string): Expected => [
  `email/variable ${column}`,
  /variable "customerName" is .*, which is no scope path/,
];

const variables: readonly Row[] = [
  ["the valid node", EMAIL, []],
  ["no variables, no attachments, no neighbours", EMAIL.slice(0, EMAIL.indexOf("  variables:")), []],
  ...["$workflow.a", "$contact.primaryEmail", "$system.now_1", "$interaction.a.b.c"].map(
    (path): Row => [`the scope of ${path}`, withName(path), []],
  ),
  ["an unknown scope", withName("$agent.name"), [badPath("9:19")]],
  ["no scope", withName("firstName"), [badPath("9:19")]],
  ["a scope without a path", withName("$contact"), [badPath("9:19")]],
  ["a path with a dash", withName("$contact.first-name"), [badPath("9:19")]],
  ["a path and something behind it", withName('"$contact.name "'), [badPath("9:19")]],
  ["an empty value", withName('""'), [badPath("9:19")]],
  ["a number", withName("5"), [["manifest/schema 9:19", /`customerName` is the number 5, and must be text/]]],
  ["an empty name", change(EMAIL, "customerName:", '"":'), [["manifest/schema 9:5", /an empty key must not be empty/]]],
  ["a name of a prototype", change(EMAIL, "customerName:", "toString:"), []],
];

const found = (head: string, placeholder: string): Expected => [
  `email/placeholder ${head}`,
  new RegExp(`the placeholder "${placeholder}" would go out in a mail`),
];
const placeholders: readonly Row[] = [
  ["TODO as a variable: one finding, not two", withName("TODO"), [found("9:19", "TODO")]],
  ["CHANGEME as a variable", withName("CHANGEME"), [found("9:19", "CHANGEME")]],
  ["@@x@@ as a variable", withName('"@@name@@"'), [found("9:19", "@@name@@")]],
  ["an escaped reference is the text ${…}", withName("$${name}"), [found("9:19", "\\$\\{name\\}")]],
  ["TODO in the template", change(EMAIL, "tmpl_inv_2024", "TODO"), [found("7:15", "TODO")]],
  ["TODO as a part of an id", change(EMAIL, "tmpl_inv_2024", "tmpl_TODO_2"), [found("7:15", "TODO")]],
  ["a placeholder in a file's name", change(EMAIL, "invoice.pdf", "CHANGEME.pdf"), [found("12:40", "CHANGEME")]],
  ["a placeholder in the delivery mode", `${EMAIL}  deliveryMode: TODO\n`, [found("16:17", "TODO")]],
  ["a word that begins like one", change(EMAIL, "tmpl_inv_2024", "TODOS"), []],
  ["small letters are a word of some language", change(EMAIL, "invoice.pdf", "todo.pdf"), []],
  ["an address is no placeholder", change(EMAIL, "invoice.pdf", "a@@b.pdf"), []],
  ["a dollar is none either", change(EMAIL, "invoice.pdf", "$5.pdf"), []],
];

const files: readonly Row[] = [
  [
    "another prefix",
    change(EMAIL, "att_pdf_001", "pdf_001"),
    [["email/attachment-id 12:17", /"pdf_001" does not begin with "att_"/]],
  ],
  [
    "the same file twice: the second is told",
    change(EMAIL, "att_png_002", "att_pdf_001"),
    [["email/duplicate-attachment 13:17", /"att_pdf_001" is listed twice/]],
  ],
  ["two files of one name", change(EMAIL, "logo.png", "invoice.pdf"), []],
  [
    "no fileName",
    change(EMAIL, ", fileName: logo.png", ""),
    [["manifest/schema 13:7", /`attachments.1.fileName` is missing/]],
  ],
  [
    "no fileId",
    change(EMAIL, "fileId: att_png_002, ", ""),
    [["manifest/schema 13:7", /`attachments.1.fileId` is missing/]],
  ],
  ["an empty fileName", change(EMAIL, "logo.png", '""'), [["manifest/schema 13:40", /`fileName` must not be empty/]]],
];

const SECOND = change(
  change(
    change(change(EMAIL, "order-confirmation", "reminder"), "email_send_01", "email_send_02"),
    "  after: [start_node]\n",
    "",
  ),
  "  before: [end_node]\n",
  "",
);
const both = (first: string, second: string) => ({ "a.yaml": first, "b.yaml": second });
const neighbours: readonly Row[] = [
  [
    "a node after itself",
    change(EMAIL, "[start_node]", "[start_node, email_send_01]"),
    [["email/neighbour 14:23", /"email_send_01" cannot come after itself/]],
  ],
  [
    "a node before itself",
    change(EMAIL, "[end_node]", "[email_send_01]"),
    [["email/neighbour 15:12", /cannot come before itself/]],
  ],
  ["two nodes of one workflow", both(EMAIL, SECOND), []],
  [
    "one after the other, and both say so",
    both(change(EMAIL, "[end_node]", "[email_send_02]"), `${SECOND}  after: [email_send_01]\n`),
    [],
  ],
  ["one after the other, and only one decides", both(change(EMAIL, "[end_node]", "[email_send_02]"), SECOND), []],
  [
    "the first comes before the second, which comes after another",
    both(change(EMAIL, "[end_node]", "[email_send_02]"), `${SECOND}  after: [start_node]\n`),
    [
      [
        "email/neighbours-disagree 15:12",
        /`before` names "email_send_02", but `after` of EmailNode "reminder" does not name "email_send_01"/,
      ],
    ],
  ],
  [
    "the second comes after the first, which comes before nothing",
    both(change(EMAIL, "[end_node]", "[]"), `${SECOND}  after: [email_send_01]\n`),
    [
      [
        "email/neighbours-disagree 14:11",
        /`after` names "email_send_01", but `before` of EmailNode "order-confirmation" does not/,
      ],
    ],
  ],
  [
    "the same node by two manifests",
    both(EMAIL, change(EMAIL, "order-confirmation", "again")),
    [
      [
        "manifest/owned-twice 6:9",
        /node email_send_01 of workflow "wf_12345" is already decided by EmailNode "order-confirmation": a.yaml:6/,
      ],
      ["manifest/owned-twice 14:10", /transitions-to email_send_01/],
      ["manifest/owned-twice 15:11", /transitions-from email_send_01/],
    ],
  ],
  [
    "the same node id in another workflow",
    both(EMAIL, change(change(EMAIL, "order-confirmation", "again"), "wf_12345", "wf_2")),
    [],
  ],
];

for (const [title, rows] of Object.entries({ variables, placeholders, files, neighbours })) {
  describe(`e-mail node: ${title}`, () => {
    for (const [reason, source, expected, around] of rows) {
      it(reason, () => assertFindings(validate(source, around).findings, expected));
    }
  });
}
