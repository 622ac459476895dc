#!/usr/bin/env node
// Plain JavaScript that any Node understands: an old one must get as far as the sentence below. The version is answered here
// too, before anything is loaded, because scripts ask for it often.
import { existsSync, readFileSync } from "node:fs";

const MINIMUM = [22, 18];
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const words = process.argv.slice(2);
const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

if (major < MINIMUM[0] || (major === MINIMUM[0] && minor < MINIMUM[1])) {
  process.stderr.write(
    `cxone-gitops needs Node.js ${MINIMUM.join(".")} or newer, and this is ${process.versions.node}. ` +
      "Install a newer Node.js, or run it through npx or an npm script in a checkout, which brings its own.\n",
  );
  process.exitCode = 1;
} else if (words.length === 1 && (words[0] === "--version" || words[0] === "-V")) {
  process.stdout.write(`${version}\n`);
} else {
  // In a checkout the TypeScript source runs as it is; the published package holds only the compiled form.
  const source = new URL("./program.ts", import.meta.url);
  const entry = existsSync(source) ? source : new URL("../../dist/cli/program.js", import.meta.url);
  if (existsSync(entry)) {
    const { runProgram } = await import(entry.href);
    process.exitCode = await runProgram(words, version);
  } else {
    process.stderr.write(
      "cxone-gitops was installed from git without being compiled, as npm does with --ignore-scripts. " +
        "Install it without that flag, or from a tarball that `npm pack` made.\n",
    );
    process.exitCode = 1;
  }
}
