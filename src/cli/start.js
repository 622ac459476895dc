#!/usr/bin/env node
// Plain JavaScript that any Node understands: an old one must get as far as the sentence below.
import { existsSync } from "node:fs";

const MINIMUM = [22, 18];
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < MINIMUM[0] || (major === MINIMUM[0] && minor < MINIMUM[1])) {
  process.stderr.write(
    `cxone-gitops needs Node.js ${MINIMUM.join(".")} or newer, and this is ${process.versions.node}. ` +
      "Install a newer Node.js, or run it through npx or an npm script in a checkout, which brings its own.\n",
  );
  process.exitCode = 1;
} else {
  // In a checkout the TypeScript source runs as it is; the published package holds only the compiled form.
  const source = new URL("./main.ts", import.meta.url);
  const entry = existsSync(source) ? source : new URL("../../dist/cli/main.js", import.meta.url);
  const { main } = await import(entry.href);
  process.exitCode = await main(process.argv.slice(2));
}
