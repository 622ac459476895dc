import { readFileSync } from "node:fs";
import { z } from "zod";

const Package = z.object({ version: z.string() });

/** How this product introduces itself to a tenant. Without a version it reads the package's own. */
export function userAgent(version?: string): string {
  return `cxone-gitops/${version ?? packageVersion()}`;
}

/** Two folders up both in the source tree and in the built package. */
function packageVersion(): string {
  try {
    const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
    return Package.parse(JSON.parse(text)).version;
  } catch {
    return "unknown";
  }
}
