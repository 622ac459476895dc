import { access, constants, lstat, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type ExitCode, GitopsError, messageOf, systemCodeOf } from "../../errors.ts";
import type { Io } from "../outside/io.ts";
import type { SuccessBefore } from "./metrics.ts";

/** Our own file is a few dozen KiB; what is larger is not ours. */
const LARGEST_BYTES = 4 * 1024 * 1024;
/** Whoever collects the file is another user. */
const FILE_MODE = 0o644;

/**
 * Gets ready to write the metrics of this process to a file, after each run and with the function that is returned: readers see the text of
 * before or the new one, never a part. Of the file that is there, the times of the last successes are kept for what does not succeed now.
 * Throws `output/unwritable` at once where no file can be, so that nothing is sent before; a file that cannot be written later is a warning,
 * for what was done stays done.
 */
export async function openMetricsFile(io: Io, file: string): Promise<(code: ExitCode) => Promise<void>> {
  const path = resolve(io.cwd, file);
  const startedAt = Date.now();
  await refuseOddPlace(path, file);
  for (const success of await readSuccesses(path)) io.metrics.succeededBefore(success);
  await io.metrics.start();
  const write = async () => {
    await replace(path, await io.metrics.text()).catch((thrown: unknown) => {
      io.say(`the metrics could not be written to ${file}: ${messageOf(thrown)}\n`);
    });
  };
  // One after the other: the last text is that of the last run.
  let writing = Promise.resolve();
  const writeNext = () => {
    writing = writing.then(write);
    return writing;
  };
  io.metrics.afterRun(() => io.background.run(writeNext()));
  return async (code) => {
    const command = io.commandName;
    if (io.metrics.runs() === 0) io.metrics.run({ tenant: "", command, code, startedAt, endedAt: Date.now() });
    await writeNext();
  };
}

/** A device, a pipe or a link is not replaced by a file. */
async function refuseOddPlace(path: string, file: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  const why =
    found === undefined || found.isFile() ? await whyClosed(dirname(path)) : "it is there, and is no ordinary file";
  if (why === undefined) return;
  throw new GitopsError("output/unwritable", `the metrics cannot be written to ${file}: ${why}`, {
    hint: "Name a file in a folder that is there and may be written.",
    place: { file },
  });
}

async function whyClosed(folder: string): Promise<string | undefined> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (thrown) {
    return systemCodeOf(thrown) === "ENOENT" ? "its folder does not exist" : "its folder may not be written";
  }
}

const SUCCESS =
  /^cxone_gitops_last_success_timestamp_seconds\{tenant="([A-Za-z0-9._-]*)",command="([a-z]+)"\} (\d{1,12}(?:\.\d+)?)$/gm;

/** A file that cannot be read, or is none of ours, has nothing to tell. */
async function readSuccesses(path: string): Promise<readonly SuccessBefore[]> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined || found.size > LARGEST_BYTES) return [];
  const text = await readFile(path, "utf8").catch(() => "");
  return [...text.matchAll(SUCCESS)].map(([, tenant = "", command = "", at]) => ({ tenant, command, at: Number(at) }));
}

async function replace(path: string, text: string): Promise<void> {
  // Collectors read what ends in `.prom`.
  const draft = `${path}.${process.pid}.tmp`;
  await unlink(draft).catch(() => undefined);
  try {
    await writeFile(draft, text, { flag: "wx", mode: FILE_MODE });
    await rename(draft, path);
  } catch (thrown) {
    await unlink(draft).catch(() => undefined);
    throw thrown;
  }
}
