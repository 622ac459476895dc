/** One change in the page: what a reader looks for stands there as it is, what is large waits as JSON until it is opened. */
import type { Change } from "../../model/plan.ts";
import { oneLine } from "../graph/node-text.ts";
import { compareLines, type DiffLine, foldEqualLines, type Gap } from "../line-diff.ts";
import { printable } from "../paint.ts";
import type { ChangeDetails } from "../report.ts";
import { SIGNS } from "../summary.ts";
import { escapeXml } from "../xml.ts";

const IMPACT_WORDS: Readonly<Record<NonNullable<Change["impact"]>, string>> = {
  "caller-visible": "callers notice",
  "recipient-visible": "recipients notice",
  cosmetic: "nobody outside notices",
};

/** Equal lines around each difference. */
const CONTEXT = 4;
/** More would make the browser slow, and nobody reads them. */
const MOST_LINES = 3000;
const LONGEST_PATCH = 200_000;

/** What a card shows besides its change. */
export interface Card {
  /** Its place in the page, from 1. */
  readonly number: number;
  readonly hasTwin: boolean;
  readonly sentences: readonly string[];
}

/** The card of a change. `picture` is the place of its document's picture. */
export function renderCard(change: Change, { number, hasTwin, ...said }: Card, picture: number | undefined): string {
  const { kind, name, id, document, action, impact } = change;
  const where = hasTwin ? ` in ${text(document.type)} ${text(document.id)}` : "";
  const known = id === name && where === "" ? "" : ` <span class="id">${text(id)}${where}</span>`;
  const badge = impact === null ? "" : `<span class="badge ${impact}">${IMPACT_WORDS[impact]}</span>`;
  const sentences = said.sentences.map((sentence) => {
    return `<li${change.effects.some((effect) => sentence.endsWith(effect)) ? "" : ' class="note"'}>${text(sentence)}</li>`;
  });
  return [
    `<article class="change ${action}" id="change-${number}" data-action="${action}" data-impact="${impact ?? "none"}">`,
    `<h3><span class="sign" aria-hidden="true">${SIGNS[action]}</span> <span class="action">${action}</span> `,
    `${text(kind)} <span class="name">${text(name)}</span>${known}</h3>${badge}`,
    sentences.length === 0 ? "" : `<ul>${sentences.join("")}</ul>`,
    change.patch.length === 0 ? "" : renderDrawer(change, number, picture),
    "</article>\n",
  ].join("");
}

function renderDrawer({ kind, name }: Change, number: number, picture: number | undefined): string {
  const what = picture === undefined ? "YAML and patch" : "Picture, YAML and patch";
  const of = `<span class="unseen"> of ${text(kind)} ${text(name)}</span>`;
  const drawn = picture === undefined ? "" : ` data-picture="picture-${picture}"`;
  return `<details data-large="large-${number}"${drawn}><summary>${what}${of}</summary><div class="large"></div></details>`;
}

/** What is put into a card when it is opened: both sides as YAML, and the patch. */
export function renderLarge({ change, writeYaml }: ChangeDetails): string {
  const { live = "", desired = "" } = writeYaml();
  const lines = foldEqualLines(compareLines(live, desired), CONTEXT);
  const more = lines.length - MOST_LINES;
  const rows = lines.slice(0, MOST_LINES).map(renderLine);
  const rest = more > 0 ? [`<span class="gap">… ${more} more lines</span>`] : [];
  const patch = JSON.stringify(change.patch, null, 2);
  const cut = patch.length > LONGEST_PATCH ? `${patch.slice(0, LONGEST_PATCH)}\n…` : patch;
  return [
    '<div class="sides">',
    `<section><h4>YAML, live → desired</h4>${scrollable("YAML, live to desired", [...rows, ...rest].join(""))}</section>`,
    `<section><h4>JSON patch</h4>${scrollable("JSON patch", text(cut))}</section>`,
    "</div>",
  ].join("");
}

/** What stands in the place of a picture that the page has no room for. */
export function renderLeftOut({ kind, name }: Change, tenant: string): string {
  const command = `cxone-gitops graph ${name} --kind ${kind} --tenant ${tenant} --against live --format html`;
  return `<p class="quiet">The page has no picture of this change, for it has too many others. <code>${text(command)}</code> draws it.</p>`;
}

function scrollable(label: string, body: string): string {
  return `<pre tabindex="0" role="region" aria-label="${label}">${body}</pre>`;
}

const LINE_SIGNS: Readonly<Record<DiffLine["mark"], string>> = { same: " ", added: "+", removed: "-" };

function renderLine(line: DiffLine | Gap): string {
  if ("skipped" in line) return `<span class="gap">… ${line.skipped} equal lines</span>`;
  const { mark, text: words } = line;
  const body = `${LINE_SIGNS[mark]} ${text(words)}`;
  if (mark === "same") return `<span>${body}</span>`;
  return mark === "added" ? `<ins>${body}</ins>` : `<del>${body}</del>`;
}

/** Text from outside, without what would move the words around it. */
function text(raw: string): string {
  return escapeXml(printable(raw));
}

/** The name of a change's picture for who cannot see it. */
export function describePicture({ kind, name }: Change): string {
  return `${kind} ${oneLine(name)}`;
}
