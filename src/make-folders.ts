import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder with those above it that are missing, each with that mode. The highest that was missing; undefined when none was. Throws
 * what the system throws.
 *
 * One after the other, because `mkdir` with `recursive` never ends where a file system says ENOENT below a folder that is there, as /proc
 * does; and which folder that is, a configuration says.
 */
export async function makeFolders(folder: string, { mode = 0o777 } = {}): Promise<string | undefined> {
  const missing: string[] = [];
  for (let one = resolve(folder); !(await isFolder(one)); one = dirname(one)) {
    missing.unshift(one);
    if (one === dirname(one)) break;
  }
  for (const one of missing) await makeOne(one, mode);
  return missing[0];
}

async function makeOne(folder: string, mode: number): Promise<void> {
  try {
    await mkdir(folder, { mode });
  } catch (error) {
    // Somebody else may have made it in between.
    if (!(await isFolder(folder))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}
