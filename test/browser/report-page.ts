/** A report opened in a real browser, which tells of whatever it complains about and whatever it asks for. */
import { join } from "node:path";
import type { TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { renderHtml } from "../../src/render/html/page.ts";
import type { Report } from "../../src/render/report.ts";
import { makeFolder } from "../helpers/temp-folder.ts";

export interface Opened {
  readonly page: Page;
  /** Errors and warnings of the console, and errors that no script has caught. */
  readonly complaints: readonly string[];
  /** Every address that the page asked for, besides its own. */
  readonly requests: readonly string[];
}

export async function openReport(
  t: TestContext,
  browser: Browser,
  report: Report,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const folder = makeFolder(t, { "report.html": [...renderHtml(report)].join("") });
  const address = pathToFileURL(join(folder, "report.html")).href;
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: "light", ...options });
  t.after(() => page.close());
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (request.url() !== address) requests.push(request.url());
  });
  await page.goto(address);
  return { page, complaints, requests };
}

/** What axe finds that is serious or worse, as `rule: element`. */
export async function findBarriers(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return page.evaluate<readonly string[]>(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
    violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ": " + html + " " + failureSummary)))`);
}
