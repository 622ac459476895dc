import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** A library of which code stands in the bundle. */
interface Library {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** What its own files say: licence texts, notices. */
  readonly texts: readonly string[];
}

const HEAD = `cxone-gitops contains code of the libraries below, each under its own licence.
`;
const LINE = "-".repeat(78);

/**
 * The licences of everything of others that went into a bundle: one section a library, by name. `inputs` are the paths of the files that
 * went in, from `root`. Throws for a library that names no licence: such a one must not be shipped.
 */
export function writeNotices(root: string, inputs: readonly string[]): string {
  const folders = new Set(inputs.flatMap((input) => libraryFolder(resolve(root, input)) ?? []));
  const libraries = new Map([...folders].map(readLibrary).map((library) => [titleOf(library), library]));
  const titles = [...libraries.keys()].toSorted();
  return [HEAD, ...titles.map((title) => writeSection(title, libraries.get(title)?.texts ?? []))].join("\n");
}

/** The innermost package that a file is in, or undefined for a file of ours. */
function libraryFolder(path: string): string | undefined {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path.replaceAll("\\", "/"))?.[0];
}

function readLibrary(folder: string): Library {
  const { name, version, license }: Readonly<Record<string, unknown>> = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  if (typeof license !== "string" || license === "")
    throw new Error(`${name} names no licence, so it cannot be shipped`);
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)\b/i.test(file));
  const texts = files.toSorted().map((file) => readFileSync(join(folder, file), "utf8").trim());
  return { name: String(name), version: String(version), license, texts };
}

function titleOf({ name, version, license }: Library): string {
  return `${name} ${version} (${license})`;
}

function writeSection(title: string, texts: readonly string[]): string {
  const said = texts.length === 0 ? ["Its package holds no text of the licence."] : texts;
  return `${LINE}\n${title}\n${LINE}\n\n${said.join("\n\n")}\n`;
}
