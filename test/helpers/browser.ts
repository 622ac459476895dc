/** A real Chromium for what only a browser can tell: whether text fits its box, whether mermaid draws what we write. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PLACES = [
  process.env["CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Why browser tests cannot run here, to give to a test's `skip`; false when they can. */
export const NO_BROWSER: string | false =
  findBrowser() === undefined && "there is no Chromium here: install Debian's `chromium`, or name one in CHROMIUM";

/** Whoever it belongs to: a test, or a file of tests (`{ after }` of node:test). */
export interface BrowserOwner {
  after(end: () => Promise<void>): void;
}

/** Starts a browser that ends with its owner. */
export async function openBrowser(owner: BrowserOwner): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error(String(NO_BROWSER));
  // Chromium's own sandbox refuses to run as root, which containers often do.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const browser = await chromium.launch({ executablePath, args: [...args, "--disable-dev-shm-usage"] });
  owner.after(() => browser.close());
  return browser;
}

function findBrowser(): string | undefined {
  return PLACES.find((place) => place !== undefined && existsSync(place));
}
