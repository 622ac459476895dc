/** `npm run generate` writes the generated files anew; with `--check` it says which are not up to date, and fails if there are any. */
import { findOutdated, writeGenerated } from "./files.ts";

if (process.argv.includes("--check")) {
  const outdated = findOutdated();
  for (const file of outdated) process.stderr.write(`${file} is not up to date: run \`npm run generate\`\n`);
  process.exitCode = outdated.length === 0 ? 0 : 1;
} else {
  writeGenerated();
}
