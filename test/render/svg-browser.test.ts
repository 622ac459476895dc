/** The SVG as a browser draws it: text fits its box whatever the font makes of it, nothing overlaps, and the page around it works. */
import assert from "node:assert/strict";
import { after, describe, it, type TestContext } from "node:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { compareGraphs, type MarkedGraph, markNothing } from "../../src/model/graph.ts";
import { renderGraphHtml } from "../../src/render/graph/page.ts";
import { renderSvg } from "../../src/render/graph/svg.ts";
import { NO_BROWSER, openBrowser } from "../helpers/browser.ts";
import { hostileGraph, largeGraph, sampleDiff, sampleGraph } from "./pictures.ts";

/** One for the whole file: starting it takes longer than any test. */
const opened = NO_BROWSER === false ? openBrowser({ after }) : undefined;

async function newPage(t: TestContext, options?: BrowserContextOptions): Promise<Page> {
  assert.ok(opened !== undefined);
  const page = await (await opened).newPage(options);
  t.after(() => page.close());
  return page;
}

interface Rectangle {
  readonly name: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

interface Drawn {
  /** Outlines of nodes, and plates of labels. */
  readonly boxes: readonly Rectangle[];
  /** Each line of text, and the box that it belongs to. */
  readonly texts: readonly { readonly text: Rectangle; readonly box: Rectangle }[];
}

/** Runs in the page, where only plain JavaScript is understood. */
const MEASURE = `(() => {
  const measure = (element, name) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return { name, left, top, right, bottom };
  };
  const groups = [...document.querySelectorAll(".cxone-graph .node, .cxone-graph .label")];
  const drawn = groups.map((group) => {
    const name = group.querySelector("title").textContent.split("\\n")[0];
    const box = measure(group.querySelector(".shape, .plate"), name);
    return { box, texts: [...group.querySelectorAll("text")].map((text) => ({ text: measure(text, text.textContent), box })) };
  });
  return { boxes: drawn.map(({ box }) => box), texts: drawn.flatMap(({ texts }) => texts) };
})()`;

async function measure(page: Page, svg: string): Promise<Drawn> {
  await page.setContent(`<!doctype html><body style="margin:0">${svg}</body>`);
  return page.evaluate<Drawn>(MEASURE);
}

/** Half a pixel is within what a browser rounds. */
function overlaps(left: Rectangle, right: Rectangle): boolean {
  const across = Math.min(left.right, right.right) - Math.max(left.left, right.left);
  const down = Math.min(left.bottom, right.bottom) - Math.max(left.top, right.top);
  return across > 0.5 && down > 0.5;
}

function isInside(inner: Rectangle, outer: Rectangle): boolean {
  return (
    inner.left >= outer.left - 0.5 &&
    inner.right <= outer.right + 0.5 &&
    inner.top >= outer.top - 0.5 &&
    inner.bottom <= outer.bottom + 0.5
  );
}

function assertReadable({ boxes, texts }: Drawn): void {
  const collisions = boxes.flatMap((box, index) =>
    boxes.slice(index + 1).flatMap((other) => (overlaps(box, other) ? [`${box.name} on ${other.name}`] : [])),
  );
  assert.deepEqual(collisions, []);
  const cut = texts.filter(({ text, box }) => !isInside(text, box)).map(({ text }) => text.name);
  assert.deepEqual(cut, []);
}

const PICTURES: readonly (readonly [what: string, graph: MarkedGraph, boxes: number])[] = [
  ["the sample's largest flow", markNothing(sampleGraph()), 29],
  ["a difference of it", sampleDiff(), 30],
  ["hostile texts", hostileGraph(), 25],
  ["120 nodes", markNothing(largeGraph(120)), 120],
  ["120 nodes that are new", compareGraphs(undefined, largeGraph(120)), 120],
];

describe("SVG in a browser", { skip: NO_BROWSER }, () => {
  for (const [what, graph, nodes] of PICTURES) {
    it(`${what}: no text leaves its box, and no box meets another`, async (t) => {
      const page = await newPage(t);
      const drawn = await measure(page, renderSvg(graph));
      assert.equal(await page.locator(".node").count(), nodes);
      assert.ok(drawn.texts.length > drawn.boxes.length);
      assertReadable(drawn);
    });
  }

  it("is a document of its own that an XML parser takes, whatever the texts", async (t) => {
    const page = await newPage(t);
    const svg = JSON.stringify(renderSvg(hostileGraph()));
    const parsed = `new DOMParser().parseFromString(${svg}, "image/svg+xml")`;
    assert.equal(await page.evaluate(`${parsed}.querySelector("parsererror")?.textContent ?? "none"`), "none");
    assert.equal(await page.evaluate(`${parsed}.documentElement.localName`), "svg");
  });

  it("takes the reader's theme", async (t) => {
    const page = await newPage(t);
    const paper = async (colorScheme: "light" | "dark") => {
      await page.emulateMedia({ colorScheme });
      await page.setContent(renderSvg(sampleDiff()));
      return page.evaluate<string>(`getComputedStyle(document.querySelector(".paper")).fill`);
    };
    assert.equal(await paper("light"), "rgb(255, 255, 255)");
    assert.equal(await paper("dark"), "rgb(13, 17, 23)");
  });
});

describe("the page around a picture", { skip: NO_BROWSER }, () => {
  async function openPage(t: TestContext): Promise<{ page: Page; said: readonly string[] }> {
    const page = await newPage(t, { viewport: { width: 1000, height: 700 } });
    const said: string[] = [];
    page.on("console", (message) => void said.push(message.text()));
    page.on("pageerror", (error) => void said.push(error.message));
    page.on("request", (request) => void (request.url().startsWith("http") && said.push(request.url())));
    await page.setContent(renderGraphHtml(sampleDiff()));
    await page.waitForFunction(`document.querySelector(".pan-zoom-view > svg").style.transform !== ""`);
    return { page, said };
  }

  /** Where the first node is on the screen, and how wide. */
  async function firstNode(page: Page): Promise<{ x: number; y: number; width: number }> {
    const box = await page.locator(".node .shape").first().boundingBox();
    assert.ok(box !== null);
    return box;
  }

  it("shows the whole picture first, with nothing to complain about", async (t) => {
    const { page, said } = await openPage(t);
    const [view, picture] = await Promise.all([
      page.locator(".pan-zoom-view").boundingBox(),
      page.locator(".pan-zoom-view > svg").boundingBox(),
    ]);
    assert.ok(view && picture);
    assert.ok(picture.x >= view.x - 1 && picture.x + picture.width <= view.x + view.width + 1);
    assert.ok(picture.y >= view.y - 1 && picture.y + picture.height <= view.y + view.height + 1);
    assert.deepEqual(said, []);
  });

  it("pans by dragging and by arrow keys", async (t) => {
    const { page } = await openPage(t);
    const start = await firstNode(page);
    await page.mouse.move(500, 400);
    await page.mouse.down();
    await page.mouse.move(560, 430, { steps: 3 });
    await page.mouse.up();
    const dragged = await firstNode(page);
    assert.deepEqual([Math.round(dragged.x - start.x), Math.round(dragged.y - start.y)], [60, 30]);
    await page.mouse.move(700, 500);
    assert.deepEqual(await firstNode(page), dragged, "a mouse without a button drags nothing");
    await page.locator(".pan-zoom-view").press("ArrowLeft");
    await page.locator(".pan-zoom-view").press("ArrowDown");
    const pressed = await firstNode(page);
    assert.deepEqual([Math.round(pressed.x - dragged.x), Math.round(pressed.y - dragged.y)], [60, -60]);
  });

  it("zooms by wheel, keys and buttons, and comes back to the whole", async (t) => {
    const { page } = await openPage(t);
    const start = await firstNode(page);
    await page.locator(".pan-zoom-view").press("+");
    const nearer = await firstNode(page);
    assert.ok(Math.abs(nearer.width / start.width - 1.25) < 0.01);
    await page.getByRole("button", { name: "zoom out" }).click();
    assert.ok(Math.abs((await firstNode(page)).width - start.width) < 0.5);
    await page.locator(".pan-zoom-view").focus();
    await page.mouse.move(500, 400);
    await page.mouse.wheel(0, -400);
    await page.waitForFunction(
      `document.querySelector(".node .shape").getBoundingClientRect().width > ${start.width * 2}`,
    );
    await page.getByRole("button", { name: "actual size" }).press("Enter");
    assert.match((await page.locator(".pan-zoom-view > svg").getAttribute("style")) ?? "", /scale\(1\)/);
    await page.locator(".pan-zoom-view").press("0");
    assert.deepEqual(await firstNode(page), start);
  });

  it("does not take the wheel from who scrolls past it", async (t) => {
    const { page } = await openPage(t);
    const start = await firstNode(page);
    await page.mouse.move(500, 400);
    await page.mouse.wheel(0, -400);
    await page.locator(".pan-zoom-view").press("+");
    await page.locator(".pan-zoom-view").press("-");
    assert.ok(Math.abs((await firstNode(page)).width - start.width) < 0.5);
  });
});
