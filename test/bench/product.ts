import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { bundleCommand } from "../../build/bundle.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The product as it is shipped, somewhere below a temporary folder. */
export interface Product {
  /** The file that starts the command. */
  readonly start: string;
}

/** Lays out what the published package holds, made of the source as it is now. */
export async function layOutProduct(folder: string): Promise<Product> {
  await bundleCommand({ root: ROOT, into: join(folder, "dist") });
  mkdirSync(join(folder, "src/cli"), { recursive: true });
  for (const file of ["package.json", "src/cli/start.js"]) copyFileSync(join(ROOT, file), join(folder, file));
  return { start: join(folder, "src/cli/start.js") };
}
