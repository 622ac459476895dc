import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type Metafile } from "esbuild";
import { writeNotices } from "./notices.ts";

/** What each file gets on top: some libraries are CommonJS, and ask for Node's own modules in a way that a file of ESM has to provide. */
const REQUIRE = `import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);`;

export interface BundleOptions {
  /** The checkout, absolute. */
  readonly root: string;
  /** The folder to fill. It must lie as deep below the package as `src` does, for files are found by their place beside it. */
  readonly into: string;
}

/**
 * Puts the command and every library that it uses into a few files: `<into>/cli/program.js`, and beside it what commands share. Each
 * command is loaded when it is asked for, and with it only the files that it needs. Looking for a thousand modules was most of what a
 * start cost. Nothing is minified, so that whoever installs it can read what they run. The licences of what is in it stand beside it. Returns
 * what went into which file.
 */
export async function bundleCommand({ root, into }: BundleOptions): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["src/cli/program.ts"],
    outdir: join(into, "cli"),
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node22",
    charset: "utf8",
    legalComments: "none",
    banner: { js: REQUIRE },
    metafile: true,
    logLevel: "warning",
  });
  await mkdir(join(into, "emulator"), { recursive: true });
  await copyFile(join(root, "src/emulator/acme-seed.yaml"), join(into, "emulator/acme-seed.yaml"));
  await writeFile(join(into, "THIRD-PARTY-NOTICES.txt"), writeNotices(root, Object.keys(metafile.inputs)));
  return metafile;
}
