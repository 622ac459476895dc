import type { Lines, TextEdit } from "./text-edits.ts";
import type { Look } from "./yaml-look.ts";
import type { Renderer } from "./yaml-render.ts";

/** A text that is being edited, and the edits so far. */
export interface Page {
  readonly text: string;
  readonly lines: Lines;
  readonly look: Look;
  readonly renderer: Renderer;
  readonly edits: TextEdit[];
}
