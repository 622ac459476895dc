/** Lines of text in a picture. Sizes in pixels, lengths in columns of a monospace font. */

import { escapeXml } from "../xml.ts";
import { columnsOf, widthOf } from "./text-lines.ts";

export const ID = { size: 13, height: 18, columns: 30, lines: 3 };
export const SMALL = { size: 11, height: 15, columns: 36 };
export const LABEL = { size: 11, height: 15, columns: 30, lines: 4 };

/** One line of text in the middle of its place. */
export function drawLine(name: string, text: string, x: number, y: number, fontSize: number): string {
  // Letters of other scripts come from other fonts, whose widths nobody knows here.
  const fit = /^[\x20-\x7e]*$/.test(text)
    ? ""
    : ` textLength="${widthOf(columnsOf(text), fontSize)}" lengthAdjust="spacingAndGlyphs"`;
  const named = name === "" ? "" : ` class="${name}"`;
  return `<text${named} x="${short(x)}" y="${short(y)}" text-anchor="middle"${fit}>${escapeXml(text)}</text>`;
}

/** To tenths of a pixel. */
export function short(value: number): number {
  return Math.round(value * 10) / 10;
}
