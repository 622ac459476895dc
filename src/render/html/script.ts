import { PAN_ZOOM_SCRIPT } from "../graph/pan-zoom.ts";

/**
 * What the page does. Everything that is put into it later is in the page already, written and escaped by us, in script elements that no
 * browser runs: as JSON, and pictures packed (deflate, base64), for hundreds of them are most of the page. Keeps nothing, loads nothing.
 */
const REPORT_SCRIPT = `
const byId = (id) => document.getElementById(id);
const stored = (id) => JSON.parse(byId(id).textContent);
const unpacked = (id) => {
  const bytes = Uint8Array.from(atob(byId(id).textContent), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text();
};
const cards = [...document.querySelectorAll(".change")].map((card) => ({ card, text: card.textContent.toLowerCase() }));
const [search, action, count, theme] = ["search", "action", "count", "theme"].map(byId);

function filter() {
  const words = search.value.toLowerCase().split(/\\s+/).filter((word) => word !== "");
  const impact = document.querySelector("[name=impact]:checked").value;
  let shown = 0;
  for (const { card, text } of cards) {
    const fits =
      (impact === "" || card.dataset.impact === impact) &&
      (action.value === "" || card.dataset.action === action.value) &&
      words.every((word) => text.includes(word));
    card.hidden = !fits;
    if (fits) shown += 1;
  }
  for (const group of document.querySelectorAll(".group")) {
    group.hidden = group.querySelector(".change:not([hidden])") === null;
  }
  count.textContent = shown + " of " + cards.length + (cards.length === 1 ? " change" : " changes") + " shown";
}

async function fill(details) {
  const { large, picture, filled } = details.dataset;
  if (filled !== undefined) return;
  details.dataset.filled = "";
  const drawn = picture === undefined ? "" : await unpacked(picture);
  const place = details.querySelector(".large");
  place.innerHTML = drawn + stored(large);
  for (const radio of place.querySelectorAll("[type=radio]")) radio.name = large + "-view";
  for (const root of place.querySelectorAll(".pan-zoom")) attachPanZoom(root);
}

function openTarget() {
  const card = location.hash === "" ? null : byId(location.hash.slice(1));
  const details = card === null ? null : card.querySelector("details");
  if (details !== null) details.open = true;
}

document.addEventListener("toggle", (event) => {
  if (event.target.open && event.target.dataset.large !== undefined) fill(event.target);
}, true);
document.addEventListener("change", (event) => {
  const picture = event.target.closest(".picture");
  if (picture !== null) picture.dataset.view = event.target.value;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input:not([type=radio]), select, textarea")) return;
  event.preventDefault();
  search.focus();
});

const system = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => {
  const chosen = document.documentElement.dataset.theme;
  return chosen === undefined ? system.matches : chosen === "dark";
};
const showTheme = () => theme.setAttribute("aria-pressed", String(isDark()));
theme.addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  showTheme();
});
system.addEventListener("change", showTheme);
theme.hidden = false;
byId("no-script").remove();
showTheme();

if (search !== null) {
  byId("tools").hidden = false;
  byId("tools").addEventListener("submit", (event) => event.preventDefault());
  byId("tools").addEventListener("input", filter);
  byId("tools").addEventListener("reset", () => setTimeout(filter));
  filter();
}
openTarget();
addEventListener("hashchange", openTarget);`;

export const PAGE_SCRIPT = `${PAN_ZOOM_SCRIPT}${REPORT_SCRIPT}`;
