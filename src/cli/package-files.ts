import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A file or folder of the package that this code is in, absolute; the same in a checkout and in the published package. */
export function packagePath(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

/** The version of the product. */
export function readVersion(): string {
  const { version }: { readonly version: string } = JSON.parse(readFileSync(packagePath("package.json"), "utf8"));
  return version;
}
