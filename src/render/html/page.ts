/** A plan as one HTML file that needs nothing else: no network, no server, no other file. */
import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import type { MarkedGraph } from "../../model/graph.ts";
import type { Change, Plan } from "../../model/plan.ts";
import { renderPanZoom } from "../graph/pan-zoom.ts";
import { renderSvg } from "../graph/svg.ts";
import { GRAPH_STYLE } from "../graph/svg-style.ts";
import { printable } from "../paint.ts";
import { type ChangeDetails, type Picture, type Report, voiceOf } from "../report.ts";
import { countImpact, findTwins } from "../summary.ts";
import { escapeXml } from "../xml.ts";
import { type Card, describePicture, renderCard, renderLarge, renderLeftOut } from "./change.ts";
import { PAGE_SCRIPT } from "./script.ts";
import { PAGE_STYLE } from "./style.ts";
import { renderFindings, renderSummary } from "./summary.ts";

/**
 * Nodes and connections in all pictures of a page. To lay them out is nearly all that a page costs (200 flows of 45 nodes, some seconds), and
 * of so many changes a reader opens a few; what people notice stands first, and so has its pictures.
 */
const MOST_PARTS = 20_000;
/** Larger pictures are narrowed to about so much. */
const MOST_PARTS_OF_ONE = 360;

/**
 * The page, piece by piece, so that the pictures of thousands of changes need not be held at once. The same report gives the same bytes.
 * The only script that may run in it is its own, by hash; nothing may be loaded.
 */
export function* renderHtml(report: Report): Generator<string> {
  const { plan } = report;
  const voice = voiceOf(report);
  const groups = voice.groups();
  const order = groups.flatMap(({ group }) => group);
  const pictures = new Pictures();
  yield renderHead(plan, `${voice.title} tenant`);
  yield `${renderSummary(plan, voice.summarize())}\n${renderTools(plan, order)}\n<main id="changes" tabindex="-1">\n`;
  yield order.length === 0 ? '<p class="quiet">There is nothing to change.</p>\n' : "";
  const hasTwin = findTwins(plan.changes);
  let number = 0;
  for (const { title, group } of groups) {
    yield `<section class="group"><h2>${escapeXml(printable(title))}</h2>\n`;
    for (const one of group) {
      number += 1;
      yield* renderChange(
        one,
        { number, hasTwin: hasTwin(one.change), sentences: voice.sentencesOf(one.change) },
        pictures,
        plan.tenant,
      );
    }
    yield "</section>\n";
  }
  yield `${renderFindings(plan.findings)}</main>\n</div>\n<script>${PAGE_SCRIPT}</script>\n</body>\n</html>\n`;
}

function* renderChange(one: ChangeDetails, card: Card, pictures: Pictures, tenant: string): Generator<string> {
  const { change, picture } = one;
  const drawn = picture && pictures.draw(picture, change);
  const isLeftOut = drawn === "left out";
  const shown = isLeftOut ? undefined : drawn;
  if (shown?.markup !== undefined) yield packed(`picture-${shown.number}`, shown.markup);
  yield renderCard(change, card, shown?.number);
  const note = isLeftOut ? renderLeftOut(change, tenant) : "";
  if (change.patch.length > 0) yield inert(`large-${card.number}`, note + renderLarge(one));
}

interface Shown {
  readonly number: number;
  /** There the first time. */
  readonly markup?: string;
}

/** Each document's picture is in the page once, whoever shows it. */
class Pictures {
  readonly #known = new Map<Picture, Shown | "left out" | undefined>();
  #last = 0;
  #partsLeft = MOST_PARTS;

  /** undefined where there is nothing to draw. What does not fit any more is left out; a smaller one behind it may fit. */
  draw(picture: Picture, change: Change): Shown | "left out" | undefined {
    if (this.#known.has(picture)) return this.#known.get(picture);
    const graph = picture.draw();
    const parts = graph === undefined ? 0 : Math.min(graph.nodes.length + graph.edges.length, MOST_PARTS_OF_ONE);
    if (graph === undefined || parts > this.#partsLeft) {
      const none = graph === undefined ? undefined : "left out";
      this.#known.set(picture, none);
      return none;
    }
    this.#partsLeft -= parts;
    this.#last += 1;
    this.#known.set(picture, { number: this.#last });
    return { number: this.#last, markup: renderPicture(graph, describePicture(change)) };
  }
}

const VIEWS = [
  ["before", "before"],
  ["both", "before and after"],
  ["after", "after"],
] as const;

function renderPicture(graph: MarkedGraph, name: string): string {
  // The page has the pictures' style once, and its policy allows no other.
  const svg = renderSvg(graph).replace(`<style>${GRAPH_STYLE}</style>`, "");
  const radios = VIEWS.map(
    ([value, words]) =>
      `<label><input type="radio" name="view" value="${value}"${value === "both" ? " checked" : ""}> ${words}</label>`,
  );
  return `<div class="picture" data-view="both"><fieldset><legend>Show</legend>${radios.join("")}</fieldset>${renderPanZoom(svg, name)}</div>`;
}

/** Data that the browser does not look at until the script does. */
function inert(id: string, html: string): string {
  return `<script type="application/json" id="${id}">${JSON.stringify(html).replaceAll("<", "\\u003c")}</script>\n`;
}

/** As `inert`, for what is large and compresses well. */
function packed(id: string, html: string): string {
  return `<script type="text/plain" id="${id}">${deflateRawSync(html).toString("base64")}</script>\n`;
}

function renderHead({ tenant, revision, fingerprint }: Plan, what: string): string {
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const policy = `default-src 'none'; script-src ${hash(PAGE_SCRIPT)}; style-src ${hash(PAGE_STYLE)}; base-uri 'none'; form-action 'none'`;
  const title = `${what} ${escapeXml(printable(tenant))}`;
  const commit = revision === null ? "" : ` at commit <code>${escapeXml(printable(revision))}</code>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<a class="skip" href="#changes">Skip to the changes</a>
<div class="page">
<header><div><h1>${title}</h1>
<p class="meta">Made by cxone-gitops${commit}, fingerprint <code>${escapeXml(fingerprint.slice(0, 19))}</code></p></div>
<button type="button" class="theme" id="theme" hidden>Dark colours</button></header>
<p class="quiet" id="no-script">Without scripts the list below can be read; pictures, YAML and patches cannot be opened.</p>
`;
}

function renderTools(plan: Plan, shown: readonly ChangeDetails[]): string {
  if (shown.length === 0) return "";
  const impacts: readonly (readonly [value: string, words: string])[] = [
    ["", "anyone"],
    ["caller-visible", `callers (${countImpact(plan, "caller-visible")})`],
    ["recipient-visible", `recipients (${countImpact(plan, "recipient-visible")})`],
    ["cosmetic", `nobody outside (${countImpact(plan, "cosmetic")})`],
  ];
  const radios = impacts.map(
    ([value, words]) =>
      `<label><input type="radio" name="impact" value="${value}"${value === "" ? " checked" : ""}> ${words}</label>`,
  );
  const actions = [...new Set(shown.map(({ change }) => change.action))].map(
    (action) => `<option value="${action}">${action}</option>`,
  );
  return `<form class="tools" id="tools" role="search" hidden>
<input type="search" id="search" aria-label="Search changes" placeholder="Search changes (press /)" autocomplete="off" spellcheck="false">
<fieldset><legend>Noticed by</legend>${radios.join("")}</fieldset>
<select id="action" aria-label="Action"><option value="">every action</option>${actions.join("")}</select>
</form>
<p id="count" role="status" aria-live="polite"></p>`;
}
