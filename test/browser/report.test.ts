/** The HTML report as a reviewer uses it, in a real Chromium. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import type { Report } from "../../src/render/report.ts";
import { reportFolder } from "../golden/report-folder.ts";
import { NO_BROWSER, openBrowser } from "../helpers/browser.ts";
import { HOSTILE, sampleDiff } from "../render/pictures.ts";
import { aChange, aPlan, aReport, unchanged } from "../render/plans.ts";
import { findBarriers, openReport } from "./report-page.ts";

/** One for the whole file: starting it takes longer than any test. */
const opened = NO_BROWSER === false ? openBrowser({ after }) : undefined;
const USUAL = fileURLToPath(new URL("../golden/027-a-usual-pull-request", import.meta.url));
const IMAGES = fileURLToPath(new URL("../../docs/images/", import.meta.url));

async function browser() {
  assert.ok(opened !== undefined);
  return opened;
}

function sampleReport(): Report {
  const changes = [
    aChange({
      id: "ivr_main_menu_v2",
      effects: [
        "callers pressing 5 at node_dtmf_02 now reach node_queue_solar",
        "node_broadcast can no longer be reached",
      ],
    }),
    aChange({
      name: "night-line",
      id: "night-line",
      action: "create",
      effects: ["calls begin at node_start and can end at node_end"],
    }),
    aChange({
      kind: "EmailNode",
      name: "receipt",
      id: "email_receipt",
      impact: "recipient-visible",
      effects: ['recipients get template "tmpl_receipt_2026" instead of "tmpl_receipt"'],
    }),
    aChange({
      kind: "Webhook",
      name: "esp-sync",
      id: "ESP Sync",
      action: "delete",
      impact: "cosmetic",
      effects: [],
      patch: [{ op: "remove", path: "" }],
    }),
    aChange({
      name: "orphan",
      action: "report",
      impact: null,
      effects: [],
      patch: [],
      notes: ["orphaned: no manifest describes it any more"],
    }),
    unchanged("Flow", "outage"),
  ];
  const finding = { rule: "flow/overlap", severity: "warning", message: "two conditions can hold at once" } as const;
  const place = { file: "manifests/flows/main-menu.yaml", line: 175, column: 57, hint: "Make one exclude the other." };
  const refusals = [
    { reason: "protected", message: "Webhook esp-sync is protected", hint: "Say that it is meant." },
  ] as const;
  const plan = aPlan(changes, {
    revision: "e873ca0eb702785c44edcf5f352aed0c1f8514e8",
    findings: [{ ...finding, ...place }],
    refusals,
  });
  const { details } = aReport(plan);
  const [first, ...others] = details;
  assert.ok(first !== undefined);
  return { plan, details: [{ ...first, picture: { draw: sampleDiff } }, ...others] };
}

function manyChanges(count: number): Report {
  return aReport(aPlan(Array.from({ length: count }, (_, index) => aChange({ name: `flow-${index}` }))));
}

const shownNames = (page: Page) => page.locator(".change:not([hidden]) .name").allTextContents();
const card = (page: Page, name: string) => page.locator(".change").filter({ hasText: name });
const view = (page: Page) =>
  page
    .locator(".pan-zoom-view svg")
    .first()
    .evaluate((svg) => svg.getAttribute("style"));

describe("the HTML report", { skip: NO_BROWSER }, () => {
  it("finds changes by words, who notices, and action, and says how many", async (t) => {
    const { page } = await openReport(t, await browser(), sampleReport());
    const count = page.getByRole("status");
    assert.equal(await count.textContent(), "5 of 5 changes shown");
    await page.getByRole("searchbox").fill("TMPL_receipt recipients");
    assert.deepEqual(await shownNames(page), ["receipt"]);
    assert.equal(await count.textContent(), "1 of 5 changes shown");
    assert.equal(await page.getByRole("heading", { name: "Callers notice" }).isVisible(), false);
    await page.getByRole("searchbox").fill("");
    await page.getByRole("radio", { name: /^callers/ }).check();
    assert.deepEqual(await shownNames(page), ["main-menu", "night-line"]);
    await page.getByRole("combobox").selectOption("create");
    assert.deepEqual(await shownNames(page), ["night-line"]);
    await page.getByRole("searchbox").fill("nowhere");
    assert.equal(await count.textContent(), "0 of 5 changes shown");
  });

  it("opens a change: its picture, both sides as YAML, and the patch", async (t) => {
    const { page } = await openReport(t, await browser(), sampleReport());
    assert.equal(await page.locator("svg").count(), 0, "nothing large is there before");
    await card(page, "main-menu").locator("summary").click();
    await page.locator(".pan-zoom-view svg").waitFor();
    assert.ok((await page.locator("svg .node").count()) > 20);
    assert.deepEqual(await page.locator(".large ins, .large del").allTextContents(), [
      "- prompt: Press one",
      "+ prompt: Press one!",
    ]);
    assert.match((await page.getByRole("region", { name: "JSON patch" }).textContent()) ?? "", /"op": "replace"/);
  });

  it("the picture is fitted into its place, and can be zoomed and moved", async (t) => {
    const { page } = await openReport(t, await browser(), sampleReport());
    await card(page, "main-menu").locator("summary").click();
    await page.locator(".pan-zoom-view svg[style]").waitFor();
    const fitted = await view(page);
    await page.getByRole("button", { name: "zoom in" }).click();
    const zoomed = await view(page);
    assert.notEqual(zoomed, fitted);
    await page.locator(".pan-zoom-view").evaluate((element) => element.scrollIntoView({ block: "center" }));
    const box = await page.locator(".pan-zoom-view").boundingBox();
    assert.ok(box !== null);
    await page.mouse.move(box.x + 200, box.y + 200);
    await page.mouse.down();
    await page.mouse.move(box.x + 260, box.y + 230);
    await page.mouse.up();
    assert.notEqual(await view(page), zoomed);
    await page.getByRole("button", { name: "fit all into view" }).click();
    assert.equal(await view(page), fitted);
  });

  it("shows what was before, what comes after, or both", async (t) => {
    const { page } = await openReport(t, await browser(), sampleReport());
    await card(page, "main-menu").locator("summary").click();
    const [gone, come] = [page.locator("svg .node.removed").first(), page.locator("svg .node.added").first()];
    await gone.waitFor();
    const seen = async () => [await gone.isVisible(), await come.isVisible()];
    assert.deepEqual(await seen(), [true, true]);
    await page.getByRole("radio", { name: "before", exact: true }).check();
    assert.deepEqual(await seen(), [true, false]);
    await page.getByRole("radio", { name: "after", exact: true }).check();
    assert.deepEqual(await seen(), [false, true]);
  });

  it("is dark where the system is, and where the reader wants it", async (t) => {
    const paper = (page: Page) => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    const { page } = await openReport(t, await browser(), sampleReport());
    const button = page.getByRole("button", { name: "Dark colours" });
    const light = await paper(page);
    assert.equal(await button.getAttribute("aria-pressed"), "false");
    await page.emulateMedia({ colorScheme: "dark" });
    const dark = await paper(page);
    assert.notEqual(dark, light);
    await page.locator("#theme[aria-pressed=true]").waitFor();
    await button.click();
    assert.equal(await paper(page), light);
    await page.emulateMedia({ colorScheme: "light" });
    await button.click();
    assert.equal(await paper(page), dark);
  });

  it("can be used with the keyboard alone", async (t) => {
    const { page } = await openReport(t, await browser(), sampleReport());
    await page.keyboard.press("Tab");
    assert.equal(await page.locator(":focus").textContent(), "Skip to the changes");
    await page.keyboard.press("/");
    await page.keyboard.type("main-menu");
    assert.deepEqual(await shownNames(page), ["main-menu"]);
    await page.keyboard.type("/");
    assert.equal(await page.getByRole("searchbox").inputValue(), "main-menu/", "in the field it is a letter");
    await page.keyboard.press("Backspace");
    for (let presses = 0; presses < 5; presses += 1) {
      await page.keyboard.press("Tab");
      if ((await page.locator("summary:focus").count()) > 0) break;
    }
    await page.keyboard.press("Enter");
    await page.locator(".pan-zoom-view svg[style]").waitFor();
    await page.locator(".pan-zoom-view").focus();
    const before = await view(page);
    await page.keyboard.press("ArrowDown");
    assert.notEqual(await view(page), before);
  });

  it("a link to a change opens it", async (t) => {
    const { page } = await openReport(t, await browser(), sampleReport());
    await page.evaluate("location.hash = '#change-2'");
    await page.locator("#change-2 details[open] .sides").waitFor();
  });

  for (const colorScheme of ["light", "dark"] as const) {
    it(`has no barrier that axe calls serious, and nothing to complain about (${colorScheme})`, async (t) => {
      const { page, complaints, requests } = await openReport(t, await browser(), sampleReport(), { colorScheme });
      assert.deepEqual(await findBarriers(page), []);
      for (const name of ["main-menu", "receipt", "esp-sync"]) await card(page, name).locator("summary").click();
      await page.locator("#change-2 .sides").waitFor();
      await page.locator(".pan-zoom-view svg[style]").first().waitFor();
      assert.deepEqual(await findBarriers(page), []);
      assert.deepEqual([complaints, requests], [[], []]);
    });
  }

  it("can be read without scripts", async (t) => {
    const { page } = await openReport(t, await browser(), sampleReport(), { javaScriptEnabled: false });
    assert.ok(await page.getByText("callers pressing 5 at node_dtmf_02 now reach node_queue_solar").isVisible());
    assert.ok(await page.getByText("Without scripts").isVisible());
    assert.equal(await page.getByRole("searchbox").count(), 0);
  });

  it("text from outside does nothing but stand there", async (t) => {
    const texts = [
      ...HOSTILE,
      "<img src=x onerror=document.title='taken'>",
      "</script><script>document.title='taken'</script>",
    ];
    const changes = texts.map((text) =>
      aChange({ name: text, document: { type: "flow", id: text }, effects: [text], notes: [text] }),
    );
    const { page, complaints, requests } = await openReport(
      t,
      await browser(),
      aReport(aPlan(changes), texts.join("\n")),
    );
    for (const summary of await page.locator("summary").all()) await summary.click();
    await page
      .locator(".sides")
      .nth(texts.length - 1)
      .waitFor();
    assert.equal(await page.title(), "Plan for tenant dev");
    assert.deepEqual([complaints, requests], [[], []]);
  });

  it("of 500 changes, only what is read is drawn", async (t) => {
    const { page } = await openReport(t, await browser(), manyChanges(500));
    assert.equal(await page.getByRole("status").textContent(), "500 of 500 changes shown");
    const elements = await page.evaluate<number>("document.querySelectorAll('*').length");
    assert.ok(elements < 500 * 16, `${elements} elements`);
    await page.getByRole("searchbox").fill("flow-499");
    assert.deepEqual(await shownNames(page), ["flow-499"]);
    await page.locator(".change:not([hidden]) summary").click();
    await page.locator(".pan-zoom-view svg").waitFor();
    assert.equal(await page.locator("svg").count(), 1);
  });

  it("screenshots for the documentation", { skip: process.env["UPDATE_SCREENSHOTS"] !== "1" }, async (t) => {
    mkdirSync(IMAGES, { recursive: true });
    const report = await reportFolder(USUAL);
    for (const colorScheme of ["light", "dark"] as const) {
      const viewport = { width: 1280, height: 1500 };
      const { page } = await openReport(t, await browser(), report, { colorScheme, viewport });
      await card(page, "support-line").locator("summary").click();
      await page.locator(".pan-zoom-view svg[style]").waitFor();
      await page.screenshot({ path: `${IMAGES}report-${colorScheme}.png` });
    }
  });
});
