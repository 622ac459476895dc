import { PAN_ZOOM_STYLE } from "../graph/pan-zoom.ts";
import { GRAPH_STYLE, graphColors } from "../graph/svg-style.ts";

const LIGHT = {
  paper: "#ffffff",
  raised: "#f6f8fa",
  text: "#1f2328",
  faint: "#57606a",
  line: "#d0d7de",
  strong: "#0550ae",
  "added-paper": "#dafbe1",
  "added-text": "#0b4a1c",
  "removed-paper": "#ffebe9",
  "removed-text": "#82071e",
  "changed-paper": "#fff4c2",
  "changed-text": "#633c01",
  "callers-paper": "#ffe7d1",
  "callers-text": "#762c00",
  "mail-paper": "#e3edff",
  "mail-text": "#0a3069",
};

const DARK: typeof LIGHT = {
  paper: "#0d1117",
  raised: "#161b22",
  text: "#e6edf3",
  faint: "#9ea7b3",
  line: "#3d444d",
  strong: "#79c0ff",
  "added-paper": "#0f2d1b",
  "added-text": "#7ee2a0",
  "removed-paper": "#3a1519",
  "removed-text": "#ffb3ad",
  "changed-paper": "#332701",
  "changed-text": "#f2cc60",
  "callers-paper": "#43230a",
  "callers-text": "#ffc596",
  "mail-paper": "#12294d",
  "mail-text": "#a5d0ff",
};

function colors(theme: typeof LIGHT): string {
  return Object.entries(theme)
    .map(([name, color]) => `--page-${name}:${color}`)
    .join(";");
}

const THEMES = `:root{color-scheme:light;${colors(LIGHT)}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${colors(DARK)}}}
:root[data-theme=dark]{color-scheme:dark;${colors(DARK)}}
:root[data-theme=light] .cxone-graph{${graphColors("light")}}
:root[data-theme=dark] .cxone-graph{${graphColors("dark")}}`;

const LAYOUT = `*{box-sizing:border-box}
body{margin:0;background:var(--page-paper);color:var(--page-text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
code,pre,.sign,.id{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
code{font-size:.875em}
.page{max-width:76rem;margin:0 auto;padding:1.5rem clamp(1rem,4vw,2.5rem) 4rem}
header{display:flex;gap:1rem;align-items:flex-start;justify-content:space-between}
h1{font-size:1.6rem;line-height:1.25;margin:0;overflow-wrap:anywhere;font-weight:650;letter-spacing:-.01em}
h2{font-size:1.15rem;margin:2.25rem 0 .5rem;font-weight:650}
h3{font-size:1rem;margin:0;font-weight:400;overflow-wrap:anywhere;flex:1}
h4{font-size:.8rem;margin:0 0 .35rem;font-weight:600;color:var(--page-faint)}
.meta,.quiet,.hint,.note,.id{color:var(--page-faint)}
.meta{margin:.25rem 0 0;font-size:.875rem;overflow-wrap:anywhere}
.lead{font-size:1.1rem;margin:1.5rem 0 .75rem}
.narrowed{margin:.25rem 0;border-left:4px solid var(--page-line);padding-left:.75rem}
.tiles{display:flex;flex-wrap:wrap;gap:.5rem;list-style:none;margin:0;padding:0}
.tile{border:1px solid var(--page-line);border-radius:999px;padding:.15rem .8rem;font-size:.9rem}
.tile b{font-variant-numeric:tabular-nums}
.alarm{margin-top:1.5rem;border:2px solid var(--page-removed-text);border-radius:8px;padding:.75rem 1.25rem;background:var(--page-removed-paper)}
.alarm h2{margin:0;color:var(--page-removed-text)}
.alarm ul{margin:.5rem 0 0;padding-left:1.1rem}
.alarm .hint{color:inherit}
.tools{position:sticky;top:0;z-index:3;display:flex;flex-wrap:wrap;gap:.75rem 1.25rem;align-items:center;margin:1.75rem 0 0;padding:.75rem 0;background:var(--page-paper);border-bottom:1px solid var(--page-line)}
.tools input[type=search]{flex:1 1 16rem;min-width:0}
.tools input,.tools select,button{font:inherit;color:inherit;background:var(--page-raised);border:1px solid var(--page-faint);border-radius:6px;padding:.35rem .6rem}
button{cursor:pointer}
.theme{white-space:nowrap;flex:none}
fieldset{border:0;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.25rem .9rem}
fieldset label{display:inline-flex;gap:.35rem;align-items:center}
legend{float:left;margin-right:.75rem;color:var(--page-faint)}
#count{margin:.5rem 0 0;font-size:.875rem;color:var(--page-faint)}
:focus-visible{outline:3px solid var(--page-strong);outline-offset:2px}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-100vw}
.skip:focus{left:1rem;top:1rem;z-index:9;padding:.5rem 1rem;background:var(--page-paper);color:var(--page-strong)}
[hidden]{display:none!important}`;

const CARDS = `.change{content-visibility:auto;scroll-margin-top:5rem;contain-intrinsic-size:auto 7rem;display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:baseline;padding:.85rem 0;border-bottom:1px solid var(--page-line)}
.change:target h3{outline:2px solid var(--page-strong);outline-offset:4px}
.change>ul{flex-basis:100%;margin:.15rem 0;padding-left:2.4rem;overflow-wrap:anywhere}
.change>details{flex:1 1 100%;min-width:0}
.sign{display:inline-block;min-width:1.4em;text-align:center;font-weight:700;border-radius:4px}
.change h3 .sign{margin-right:.3rem}
.create .sign{background:var(--page-added-paper);color:var(--page-added-text)}
.update .sign{background:var(--page-changed-paper);color:var(--page-changed-text)}
.delete .sign,.refused .sign,.report .sign{background:var(--page-removed-paper);color:var(--page-removed-text)}
.action{color:var(--page-faint)}
.name{font-weight:650}
.id{font-size:.85rem;margin-left:.4rem}
.badge{font-size:.8rem;border-radius:999px;padding:.05rem .65rem;border:1px solid var(--page-line);color:var(--page-faint);white-space:nowrap}
.badge.caller-visible{background:var(--page-callers-paper);color:var(--page-callers-text);border-color:transparent}
.badge.recipient-visible{background:var(--page-mail-paper);color:var(--page-mail-text);border-color:transparent}
summary{cursor:pointer;display:inline-block;padding:.1rem .4rem;margin-left:1.9rem;color:var(--page-strong);font-size:.9rem;border-radius:4px}
summary::before{content:"▸ "}
details[open]>summary::before{content:"▾ "}
.large{margin:.5rem 0 .5rem 1.9rem}
.large fieldset{margin:0 0 .5rem;font-size:.9rem}
.pan-zoom{height:min(34rem,75vh);margin-bottom:1.25rem;background:var(--page-paper)}
.picture[data-view=before] .added,.picture[data-view=after] .removed{display:none}
.sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr));gap:1.25rem}
.sides section{min-width:0}
pre{margin:0;max-height:32rem;overflow:auto;padding:.75rem;background:var(--page-raised);border:1px solid var(--page-line);border-radius:6px;font-size:.8rem;line-height:1.45;tab-size:2}
pre span,pre ins,pre del{display:block;min-width:max-content;text-decoration:none}
pre ins{background:var(--page-added-paper);color:var(--page-added-text)}
pre del{background:var(--page-removed-paper);color:var(--page-removed-text)}
pre .gap{color:var(--page-faint);font-style:italic}
.findings{list-style:none;margin:0;padding:0}
.finding{padding:.6rem 0;border-bottom:1px solid var(--page-line);overflow-wrap:anywhere}
.finding p{margin:.15rem 0}
.severity{font-weight:650;font-size:.85rem;border-radius:4px;padding:.05rem .5rem;background:var(--page-raised)}
.finding.error .severity{background:var(--page-removed-paper);color:var(--page-removed-text)}
.finding.warning .severity{background:var(--page-changed-paper);color:var(--page-changed-text)}
.rule{color:var(--page-faint)}`;

const PRINT = `@media print{:root,:root[data-theme=dark]{color-scheme:light;${colors(LIGHT)}}.tools,.theme,#count,.skip,.pan-zoom-buttons,details:not([open]){display:none}.change{content-visibility:visible;break-inside:avoid}.page{max-width:none;padding:0}pre{max-height:none;white-space:pre-wrap}pre span,pre ins,pre del{min-width:0}}`;

/** Everything that the page's look is made of. Colours meet WCAG AA in both themes; nothing is told by colour alone. */
export const PAGE_STYLE = [THEMES, LAYOUT, GRAPH_STYLE, PAN_ZOOM_STYLE, CARDS, PRINT].join("\n");
