/** The real mermaid, in a real browser: what we write is drawn, and hostile texts are drawn as texts. */
import assert from "node:assert/strict";
import { after, describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { BrowserContextOptions, Page } from "playwright-core";
import { compareGraphs, type MarkedGraph, markNothing } from "../../src/model/graph.ts";
import { renderMermaid } from "../../src/render/graph/mermaid.ts";
import { NO_BROWSER, openBrowser } from "../helpers/browser.ts";
import { HOSTILE, hostileGraph, largeGraph, sampleDiff, sampleGraph } from "./pictures.ts";

const MERMAID = fileURLToPath(import.meta.resolve("mermaid/dist/mermaid.min.js"));

/** One for the whole file: starting it takes longer than any test. */
const opened = NO_BROWSER === false ? openBrowser({ after }) : undefined;

async function newPage(t: TestContext, options?: BrowserContextOptions): Promise<Page> {
  assert.ok(opened !== undefined);
  const page = await (await opened).newPage(options);
  t.after(() => page.close());
  return page;
}

/** Draws a chart as GitHub does (strict, no scripts), puts it into the page, and returns the text of each node and edge label. */
async function draw(
  page: Page,
  graph: MarkedGraph,
): Promise<{ readonly texts: readonly string[]; readonly svg: string }> {
  await page.setContent("<!doctype html><body></body>");
  await page.addScriptTag({ path: MERMAID });
  const source = JSON.stringify(renderMermaid(graph));
  await page.evaluate(`(async () => {
    mermaid.initialize({ startOnLoad: false, securityLevel: "strict", theme: "default" });
    const { svg } = await mermaid.render("drawn", ${source});
    document.body.innerHTML = svg;
  })()`);
  const texts = await page.locator(".nodeLabel, .edgeLabel p").allTextContents();
  return { texts, svg: await page.locator("svg").first().innerHTML() };
}

describe("mermaid in a browser", { skip: NO_BROWSER }, () => {
  it("draws the sample's difference with every mark", async (t) => {
    const page = await newPage(t);
    const { texts } = await draw(page, sampleDiff());
    const hasText = (wanted: string) => texts.some((text) => text.includes(wanted));
    for (const wanted of [
      "+\u00a0node_queue_solar",
      "−\u00a0node_broadcast",
      "~\u00a0node_dtmf_02",
      "+\u00a0dtmf == '5'",
    ])
      assert.ok(hasText(wanted), wanted);
    assert.ok(hasText("skill: Billing → Billing-Tier-1"));
    assert.equal(await page.locator("g.node").count(), 30);
    for (const mark of ["added", "removed", "changed"]) assert.ok((await page.locator(`g.node.${mark}`).count()) > 0);
  });

  it("draws hostile texts as the texts that they are", async (t) => {
    const page = await newPage(t);
    const said: string[] = [];
    page.on("dialog", (dialog) => {
      said.push(dialog.message());
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      if (!request.url().startsWith("data:") && request.url() !== "about:blank") said.push(request.url());
    });
    const { texts, svg } = await draw(page, hostileGraph());
    assert.deepEqual(said, []);
    assert.doesNotMatch(svg, /<(script|img|a|i|math)\b/i);
    const shown = texts.join("\n").replaceAll("\u200b", "");
    // Line ends become spaces, and what has no form of its own is shown as an escape.
    const plain = HOSTILE.filter((text) => /^[\x20-\x7eﬂ°¶ß]+$/.test(text));
    for (const text of plain) assert.ok(shown.includes(text), text);
    assert.ok(plain.length > 15);
  });

  it("draws the largest charts that we write", async (t) => {
    const page = await newPage(t);
    const marked = await draw(page, compareGraphs(undefined, largeGraph(2000)));
    assert.ok(marked.texts.some((text) => text.includes("only a part of what changes is drawn")));
    await draw(page, markNothing(sampleGraph()));
    assert.equal(await page.locator("g.node").count(), 29);
  });
});
