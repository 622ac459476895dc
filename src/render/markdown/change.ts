/** The changes of a plan as pieces of a comment, by who notices them. */
import type { Change } from "../../model/plan.ts";
import { renderMermaid } from "../graph/mermaid.ts";
import { type ChangeDetails, type Picture, type Report, voiceOf } from "../report.ts";
import { findTwins, SIGNS } from "../summary.ts";
import type { Piece } from "./budget.ts";
import { block, code, prose } from "./text.ts";

/** In the order in which pieces are kept; findings are between. */
const RANKS = { change: 1, effect: 4, cosmetic: 6, patch: 7, picture: 8, longPatch: 9 } as const;

/** A page with many diagrams is slow to draw, and GitHub gives up on some. */
const MOST_PICTURES = 10;
/** A longer one comes after everything else: it would take the room of many that are read. */
const LONG_PATCH = 8_000;
const LONGEST_NAME = 120;
const LONGEST_SENTENCE = 500;

/** `pictures` is shared by the plans that one comment tells of. */
export function changePieces(report: Report, pictures = new PictureTally()): readonly Piece[] {
  const hasTwin = findTwins(report.plan.changes);
  const voice = voiceOf(report);
  return voice.groups().flatMap(({ title, group }) => {
    // Always kept: what is left of this group must not stand below the heading of another.
    const heading: Piece = { text: `\n### ${prose(title, LONGEST_SENTENCE)}\n`, rank: 0, what: "" };
    return [
      heading,
      ...group.flatMap((one) => {
        const text = headOf(one.change, hasTwin(one.change));
        return piecesOf(one, { text, sentences: voice.sentencesOf(one.change) }, pictures);
      }),
    ];
  });
}

/** One picture for each document, and not too many of them. */
export class PictureTally {
  readonly #drawn = new Set<Picture>();
  #count = 0;

  draw(picture: Picture | undefined): string | undefined {
    if (picture === undefined || this.#drawn.has(picture) || this.#count >= MOST_PICTURES) return undefined;
    this.#drawn.add(picture);
    const graph = picture.draw();
    if (graph === undefined) return undefined;
    this.#count += 1;
    return renderMermaid(graph);
  }
}

function piecesOf(
  { change, picture }: ChangeDetails,
  said: { readonly text: string; readonly sentences: readonly string[] },
  pictures: PictureTally,
): readonly Piece[] {
  const isCosmetic = change.impact === "cosmetic";
  const what = isCosmetic ? "changes that nobody outside notices" : "changes";
  const head: Piece = { text: said.text, rank: isCosmetic ? RANKS.cosmetic : RANKS.change, what };
  const sentences = said.sentences.map((sentence): Piece => {
    return {
      text: `- ${prose(sentence, LONGEST_SENTENCE)}\n`,
      rank: isCosmetic ? RANKS.cosmetic : RANKS.effect,
      what: "effects",
      under: head,
    };
  });
  const chart = pictures.draw(picture);
  return [
    head,
    ...sentences,
    ...(chart === undefined ? [] : [fold("Picture", block("mermaid", chart), RANKS.picture, head)]),
    ...patchPiece(change, head),
  ];
}

function headOf(change: Change, hasTwin: boolean): string {
  const { kind, name, id, document, action } = change;
  const where = hasTwin ? ` in ${document.type} ${code(document.id, LONGEST_NAME)}` : "";
  const known = id === name && where === "" ? "" : ` (${code(id, LONGEST_NAME)}${where})`;
  return `\n#### ${code(SIGNS[action], 1)} ${action} ${kind} ${code(name, LONGEST_NAME)}${known}\n`;
}

function patchPiece({ patch }: Change, head: Piece): readonly Piece[] {
  if (patch.length === 0) return [];
  const text = JSON.stringify(patch, null, 2);
  return [fold("Patch", block("json", text), text.length > LONG_PATCH ? RANKS.longPatch : RANKS.patch, head)];
}

function fold(title: "Picture" | "Patch", body: string, rank: number, under: Piece): Piece {
  const text = `\n<details><summary>${title}</summary>\n\n${body}\n</details>\n`;
  return { text, rank, what: title === "Picture" ? "pictures" : "patches", under };
}
