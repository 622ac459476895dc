import { createHash } from "node:crypto";
import type { MarkedGraph } from "../../model/graph.ts";
import { escapeXml } from "../xml.ts";
import { oneLine } from "./node-text.ts";
import { PAN_ZOOM_SCRIPT, PAN_ZOOM_STYLE, renderPanZoom } from "./pan-zoom.ts";
import { renderSvg } from "./svg.ts";

const STYLE = `:root{color-scheme:light dark;--page-paper:#fff;--page-text:#1f2328;--page-line:#57606a}
@media (prefers-color-scheme:dark){:root{--page-paper:#0d1117;--page-text:#e6edf3;--page-line:#8b949e}}
body{margin:0;padding:1rem;height:100vh;box-sizing:border-box;display:flex;flex-direction:column;gap:.75rem;background:var(--page-paper);color:var(--page-text);font:16px/1.4 system-ui,sans-serif}
h1{font-size:1.2rem;margin:0;overflow-wrap:anywhere}
main{flex:1;min-height:0}
.pan-zoom{height:100%;box-sizing:border-box}
${PAN_ZOOM_STYLE}`;

/** A page of its own that holds one picture: nothing is loaded, and nothing but its own script can run. Secrets must be masked before. */
export function renderGraphHtml(graph: MarkedGraph): string {
  const title = escapeXml(oneLine(graph.title) || "graph");
  const script = createHash("sha256").update(PAN_ZOOM_SCRIPT).digest("base64");
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${script}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${title}</h1>
<main>${renderPanZoom(renderSvg(graph), oneLine(graph.title) || "graph")}</main>
<script>${PAN_ZOOM_SCRIPT}</script>
</body>
</html>
`;
}
