import { FONT_STACK } from "./text-lines.ts";

const LIGHT = {
  paper: "#ffffff",
  fill: "#f6f8fa",
  "end-fill": "#e3e8ee",
  line: "#57606a",
  text: "#1f2328",
  faint: "#4d5560",
  "added-fill": "#dafbe1",
  "added-line": "#116329",
  "removed-fill": "#ffebe9",
  "removed-line": "#b3141f",
  "changed-fill": "#fff8c5",
  "changed-line": "#7d4e00",
};

const DARK: typeof LIGHT = {
  paper: "#0d1117",
  fill: "#161b22",
  "end-fill": "#2b323c",
  line: "#8b949e",
  text: "#e6edf3",
  faint: "#b1bac4",
  "added-fill": "#0f2d1b",
  "added-line": "#56d364",
  "removed-fill": "#3a1519",
  "removed-line": "#ff8f88",
  "changed-fill": "#332701",
  "changed-line": "#e3b341",
};

/** The colours of a picture in one theme, as the custom properties that its style uses: for a page that lets a person choose a theme. */
export function graphColors(theme: "light" | "dark"): string {
  return Object.entries(theme === "light" ? LIGHT : DARK)
    .map(([name, color]) => `--graph-${name}:${color}`)
    .join(";");
}

/**
 * How a picture looks. It holds for `.cxone-graph` alone, and may stand in a page many times. Marks differ in border and dashes as well
 * as in colour.
 */
export const GRAPH_STYLE = `.cxone-graph{${graphColors("light")};font-family:${FONT_STACK}}
@media (prefers-color-scheme:dark){.cxone-graph{${graphColors("dark")}}}
.cxone-graph text{fill:var(--graph-text);font-size:11px;white-space:pre}
.cxone-graph .paper,.cxone-graph .plate{fill:var(--graph-paper)}
.cxone-graph .title{font-size:15px;font-weight:700}
.cxone-graph .id{font-size:13px;font-weight:700}
.cxone-graph .small,.cxone-graph .legend{fill:var(--graph-faint)}
.cxone-graph .shape{fill:var(--graph-fill);stroke:var(--graph-line);stroke-width:1.3}
.cxone-graph .start .shape,.cxone-graph .end .shape{fill:var(--graph-end-fill)}
.cxone-graph .inner{fill:none;stroke-width:1.3}
.cxone-graph .flap{fill:none;stroke:var(--graph-line)}
.cxone-graph .line{fill:none;stroke:var(--graph-line);stroke-width:1.3}
.cxone-graph .head{fill:var(--graph-line)}
.cxone-graph .node.added .shape{fill:var(--graph-added-fill);stroke:var(--graph-added-line);stroke-width:3.5}
.cxone-graph .node.removed .shape{fill:var(--graph-removed-fill);stroke:var(--graph-removed-line);stroke-width:2;stroke-dasharray:7 4}
.cxone-graph .node.changed .shape{fill:var(--graph-changed-fill);stroke:var(--graph-changed-line)}
.cxone-graph .node.changed .inner{stroke:var(--graph-changed-line)}
.cxone-graph .edge.added .line{stroke:var(--graph-added-line);stroke-width:3.2}
.cxone-graph .edge.added .head{fill:var(--graph-added-line)}
.cxone-graph .edge.removed .line{stroke:var(--graph-removed-line);stroke-width:1.8;stroke-dasharray:6 4}
.cxone-graph .edge.removed .head{fill:var(--graph-removed-line)}
.cxone-graph .label.added text{fill:var(--graph-added-line);font-weight:700}
.cxone-graph .label.removed text{fill:var(--graph-removed-line);font-weight:700}`;
