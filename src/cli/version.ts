import { readFileSync } from "node:fs";

/** The version of the product, from the package that this code is in; the same path in a checkout and in the published package. */
export function readVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { version }: { readonly version: string } = JSON.parse(text);
  return version;
}
