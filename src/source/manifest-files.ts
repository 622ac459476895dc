/** Writing manifest files: never outside their folder, never through a link, never over what nobody has read. */
import { link, lstat, mkdir, open, readFile, realpath, rename, unlink } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { GitopsError, messageOf, systemCodeOf } from "../errors.ts";
import { makeFolders } from "../make-folders.ts";

/** One file as it was read, and as it is to be. */
export interface FileChange {
  /** As people write it: relative to the working directory. */
  readonly file: string;
  /** null for a file that must not be there yet. */
  readonly before: string | null;
  readonly after: string;
}

const NEW_FILE_MODE = 0o644;
/** File systems that know no hard links. */
const NO_LINKS: readonly (string | undefined)[] = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"];

/**
 * Writes the files, each as a whole or not at all. Looks at every one before it writes the first: throws
 * `import/unwritable` when one is not as it was read, leads out of the folder, or is a link. What an error in between
 * has written stays, and the message names the file at fault.
 */
export async function writeManifestFiles(
  changes: readonly FileChange[],
  { folder, cwd }: { readonly folder: string; readonly cwd: string },
): Promise<void> {
  const root = resolve(cwd, folder);
  const places: { readonly change: FileChange; readonly path: string }[] = [];
  try {
    await makeFolders(root);
    const realRoot = await realpath(root);
    for (const change of changes)
      places.push({ change, path: await findPlace(root, realRoot, resolve(cwd, change.file), change) });
    for (const { change, path } of places) await checkBefore(path, change);
  } catch (thrown) {
    throw asUnwritable(thrown, changes[places.length]?.file ?? folder);
  }
  for (const { change, path } of places) {
    await writeOne(path, change).catch((thrown: unknown) => {
      throw asUnwritable(thrown, change.file);
    });
  }
}

/** The path without any link in it; folders that are missing are made. */
async function findPlace(root: string, realRoot: string, path: string, { file }: FileChange): Promise<string> {
  const way = relative(root, path);
  if (way === "" || way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way)) {
    throw refusal(file, "it is not in the manifests folder");
  }
  let folder = realRoot;
  for (const part of dirname(way).split(sep)) {
    folder = join(folder, part);
    await mkdir(folder).catch((thrown: unknown) => {
      if (systemCodeOf(thrown) !== "EEXIST") throw thrown;
    });
    if (!(await lstat(folder)).isDirectory()) throw refusal(file, "a part of its path is a link, or no folder");
  }
  return join(folder, basename(way));
}

async function checkBefore(path: string, { file, before }: FileChange): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (before === null) {
    if (found !== undefined) throw refusal(file, "a file of this name has appeared meanwhile");
    return;
  }
  if (found === undefined) throw refusal(file, "it is gone since it was read");
  if (!found.isFile()) throw refusal(file, "it is a link: edit the file that it leads to");
  const now = new TextDecoder("utf-8", { ignoreBOM: true }).decode(await readFile(path));
  if (now !== before) throw refusal(file, "it was edited since it was read");
}

async function writeOne(path: string, { file, before, after }: FileChange): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.draft`);
  await unlink(draft).catch(() => undefined);
  const mode = before === null ? NEW_FILE_MODE : (await lstat(path)).mode & 0o777;
  const handle = await open(draft, "wx", mode);
  try {
    // The mode that a file is opened with is cut by the process's mask; one that was there keeps its own.
    if (before !== null) await handle.chmod(mode);
    await handle.writeFile(after);
    await handle.sync();
    await handle.close();
    if (before === null) await putNew(draft, path, file);
    else await rename(draft, path);
  } finally {
    await handle.close().catch(() => undefined);
    await unlink(draft).catch(() => undefined);
  }
}

/** A link is made only where nothing is, which a rename would not ask. */
async function putNew(draft: string, path: string, file: string): Promise<void> {
  try {
    await link(draft, path);
  } catch (thrown) {
    if (systemCodeOf(thrown) === "EEXIST") throw refusal(file, "a file of this name has appeared meanwhile");
    if (!NO_LINKS.includes(systemCodeOf(thrown))) throw thrown;
    await rename(draft, path);
  }
}

function refusal(file: string, why: string): GitopsError {
  return new GitopsError("import/unwritable", `the manifest file "${file}" cannot be written: ${why}`, {
    hint: "Nothing is lost; run again when it is settled.",
    place: { file },
  });
}

function asUnwritable(thrown: unknown, file: string): GitopsError {
  if (thrown instanceof GitopsError) return thrown;
  const message = `the manifest file "${file}" cannot be read or written: ${messageOf(thrown)}`;
  return new GitopsError("import/unwritable", message, {
    hint: "Check the folder's permissions and the room on its disk.",
    place: { file },
  });
}
