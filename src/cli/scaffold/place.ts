/** Where `init` writes: below one folder, through no link, and over nothing. */
import { lstat, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { GitopsError, messageOf, systemCodeOf } from "../../errors.ts";
import { makeFolders } from "../../make-folders.ts";

/** What stands at a path below the folder. Throws `init/unwritable` when the way there leads through a link or a file. */
export async function lookAt(folder: string, path: string): Promise<"free" | "taken"> {
  const steps = path.split("/");
  for (const [index] of steps.entries()) {
    const part = steps.slice(0, index + 1).join("/");
    const found = await lstat(join(folder, part)).catch((thrown: unknown) => {
      if (systemCodeOf(thrown) === "ENOENT") return undefined;
      throw unwritable(part, messageOf(thrown));
    });
    if (found === undefined) return "free";
    const isLast = index === steps.length - 1;
    if (!isLast && !found.isDirectory())
      throw unwritable(path, `${part} is ${found.isSymbolicLink() ? "a link" : "no folder"}`);
  }
  return "taken";
}

/** Writes a file that is not there. What came there since it was looked for is not replaced, and is an error. */
export async function writeNew(folder: string, path: string, text: string): Promise<void> {
  try {
    await makeFolders(dirname(join(folder, path)));
    await writeFile(join(folder, path), text, { flag: "wx" });
  } catch (thrown) {
    throw unwritable(path, messageOf(thrown));
  }
}

/** Adds a line to a file of lines that lacks it. False when it is there, or when the file is none that can be read. */
export async function addLine(folder: string, path: string, line: string): Promise<boolean> {
  const file = join(folder, path);
  try {
    if (!(await lstat(file)).isFile()) return false;
    const text = await readFile(file, "utf8");
    const wanted = [line, `/${line}`, line.replace(/\/$/, "")];
    if (text.split(/\r?\n/).some((one) => wanted.includes(one.trim()))) return false;
    await writeFile(file, `${text === "" || text.endsWith("\n") ? "" : "\n"}${line}\n`, { flag: "a" });
    return true;
  } catch (thrown) {
    throw unwritable(path, messageOf(thrown));
  }
}

/** Makes the folder that is to be filled, with those above it. */
export async function makeTop(folder: string): Promise<void> {
  try {
    await makeFolders(folder);
  } catch (thrown) {
    throw unwritable(folder, messageOf(thrown));
  }
}

function unwritable(path: string, why: string): GitopsError {
  return new GitopsError("init/unwritable", `${path} cannot be written: ${why}`, {
    hint: "Nothing outside the folder and nothing that is there is written to. Name another folder, or make room.",
    place: { file: path },
  });
}
