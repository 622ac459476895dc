/**
 * Panning and zooming of pictures in a page: a style and a script to put into it once, and the markup for each picture.
 *
 * By mouse: drag to pan, the wheel zooms while the picture has the focus (or with Ctrl), so that a page can still be scrolled past it. By
 * keyboard: arrows pan, `+` and `-` zoom, `0` shows all. By buttons: the same. The script keeps nothing and loads nothing.
 */
import { escapeXml } from "../xml.ts";

const BUTTONS: readonly (readonly [action: string, sign: string, label: string])[] = [
  ["in", "+", "zoom in"],
  ["out", "−", "zoom out"],
  ["fit", "fit", "fit all into view"],
  ["real", "1:1", "1:1, actual size"],
];

/** The markup of one picture that can be panned and zoomed. `svg` is put in as it is; `label` names it for who cannot see it. */
export function renderPanZoom(svg: string, label: string): string {
  const buttons = BUTTONS.map(
    ([action, sign, words]) =>
      `<button type="button" data-pan-zoom="${action}" aria-label="${words}" title="${words}">${sign}</button>`,
  );
  const name = escapeXml(`${label}: drag or use the arrow keys to pan, + and - to zoom, 0 to show all`);
  return [
    '<div class="pan-zoom">',
    `<div class="pan-zoom-buttons" role="group" aria-label="zoom">${buttons.join("")}</div>`,
    `<div class="pan-zoom-view" tabindex="0" role="group" aria-label="${name}">${svg}</div>`,
    "</div>",
  ].join("");
}

/** Colours come from `--page-text`, `--page-line` and `--page-paper`, where the page sets them. */
export const PAN_ZOOM_STYLE = `.pan-zoom{position:relative;border:1px solid var(--page-line,#57606a);border-radius:6px;overflow:hidden}
.pan-zoom-view{height:100%;min-height:12rem;overflow:hidden;cursor:grab;touch-action:none}
.pan-zoom-view:active{cursor:grabbing}
.pan-zoom-view:focus-visible{outline:3px solid #0969da;outline-offset:-3px}
.pan-zoom-view>svg{display:block;max-width:none;transform-origin:0 0}
.pan-zoom-buttons{position:absolute;top:8px;right:8px;display:flex;gap:4px;z-index:1}
.pan-zoom-buttons button{min-width:2.2rem;height:2.2rem;font:inherit;color:var(--page-text,#1f2328);background:var(--page-paper,#fff);border:1px solid var(--page-line,#57606a);border-radius:6px;cursor:pointer}
.pan-zoom-buttons button:focus-visible{outline:3px solid #0969da;outline-offset:1px}`;

/**
 * Attaches itself to every `.pan-zoom` of the page. A picture that comes later is attached by `attachPanZoom(element)`. Each picture is
 * fitted into its view as soon as it can be seen.
 */
export const PAN_ZOOM_SCRIPT = `"use strict";
function attachPanZoom(root) {
  const view = root.querySelector(".pan-zoom-view");
  const picture = view && view.querySelector("svg");
  if (!picture || root.dataset.attached) return;
  root.dataset.attached = "yes";
  const size = { width: picture.viewBox.baseVal.width, height: picture.viewBox.baseVal.height };
  const LEAST = 0.05, MOST = 8, STEP = 60;
  let at = { x: 0, y: 0, scale: 1 };
  let drag = null;
  const show = () => {
    picture.style.transform = "translate(" + at.x + "px," + at.y + "px) scale(" + at.scale + ")";
  };
  const zoomAt = (x, y, factor) => {
    const scale = Math.min(MOST, Math.max(LEAST, at.scale * factor));
    const by = scale / at.scale;
    at = { x: x - (x - at.x) * by, y: y - (y - at.y) * by, scale };
    show();
  };
  const zoom = (factor) => zoomAt(view.clientWidth / 2, view.clientHeight / 2, factor);
  const pan = (dx, dy) => {
    at = { ...at, x: at.x + dx, y: at.y + dy };
    show();
  };
  const fit = () => {
    const scale = Math.max(LEAST, Math.min(1, view.clientWidth / size.width, view.clientHeight / size.height));
    at = { x: (view.clientWidth - size.width * scale) / 2, y: Math.max(0, (view.clientHeight - size.height * scale) / 2), scale };
    show();
  };
  const actions = { in: () => zoom(1.25), out: () => zoom(0.8), fit, real: () => zoom(1 / at.scale) };
  const keys = {
    ArrowLeft: () => pan(STEP, 0),
    ArrowRight: () => pan(-STEP, 0),
    ArrowUp: () => pan(0, STEP),
    ArrowDown: () => pan(0, -STEP),
    "+": actions.in,
    "=": actions.in,
    "-": actions.out,
    0: fit,
  };
  for (const button of root.querySelectorAll("[data-pan-zoom]")) {
    button.addEventListener("click", actions[button.dataset.panZoom]);
  }
  view.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });
  view.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && document.activeElement !== view) return;
    event.preventDefault();
    const place = view.getBoundingClientRect();
    zoomAt(event.clientX - place.left, event.clientY - place.top, Math.exp(-event.deltaY / 400));
  }, { passive: false });
  view.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    drag = { id: event.pointerId, x: event.clientX, y: event.clientY };
    view.setPointerCapture(event.pointerId);
  });
  view.addEventListener("pointermove", (event) => {
    if (drag === null || event.pointerId !== drag.id) return;
    pan(event.clientX - drag.x, event.clientY - drag.y);
    drag = { ...drag, x: event.clientX, y: event.clientY };
  });
  for (const end of ["pointerup", "pointercancel"]) view.addEventListener(end, () => { drag = null; });
  let wasSeen = false;
  new ResizeObserver(() => {
    if (wasSeen || view.clientWidth === 0) return;
    wasSeen = true;
    fit();
  }).observe(view);
}
for (const root of document.querySelectorAll(".pan-zoom")) attachPanZoom(root);`;
