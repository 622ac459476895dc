/**
 * A torn line: bytes after the last newline.
 *
 * It is what a run leaves that was killed, or whose disk filled up, in the middle of an append. Its record was never
 * reported as written, so nothing was sent because of it, and the chain is whole without it. But it is evidence of a
 * crash and may hold half an intent, so it is neither continued, nor dropped, nor marked inside the trail (a marker would
 * be an entry that nobody recorded). The next append moves the bytes to `<file>.torn-<sequence>`, where <sequence> is the
 * entry they would have become, has them on disk before it shortens the trail, and tells the caller. Killed between the
 * two, the run after finds the same bytes again and the file already there; only other bytes get a further file.
 *
 * A line that the head file remembers is another matter: it was whole once, so somebody cut it. That never comes here;
 * the tail check refuses it.
 */
import { type FileHandle, open, readFile, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { systemCodeOf } from "../errors.ts";
import { FILE_MODE, syncFolder, writeAll } from "./disk.ts";
import type { Tail } from "./tail.ts";

/** Moves a tail's torn bytes out of the trail and returns the file that has them. The caller must hold the trail's lock. */
export async function setTornAside(handle: FileHandle, file: string, tail: Tail): Promise<string> {
  const aside = await keepBytes(`${file}.torn-${tail.head.sequence + 1}`, tail.torn);
  await syncFolder(dirname(file));
  await handle.truncate(tail.end);
  await handle.sync();
  return aside;
}

async function keepBytes(name: string, bytes: Buffer): Promise<string> {
  for (let copy = 1; ; copy += 1) {
    const aside = copy === 1 ? name : `${name}-${copy}`;
    if (await createWith(aside, bytes)) return aside;
    if (bytes.equals(await readFile(aside))) return aside;
  }
}

/** False when the file is there already. */
async function createWith(file: string, bytes: Buffer): Promise<boolean> {
  let handle: FileHandle;
  try {
    handle = await open(file, "wx", FILE_MODE);
  } catch (error) {
    if (systemCodeOf(error) === "EEXIST") return false;
    throw error;
  }
  try {
    await writeAll(handle, bytes);
    await handle.sync();
  } catch (error) {
    // The trail still has the bytes; half a copy beside it would only mislead.
    await unlink(file).catch(() => undefined);
    throw error;
  } finally {
    await handle.close();
  }
  return true;
}
