/**
 * A process that takes a lock over and over: LOCK ROUNDS. While it has it, a second exclusive file must be its alone.
 * Every other time it goes away like a killed process: its lock stays, naming an owner that is dead. Exits 1 when it met another.
 */
import { mkdir, rename, rmdir, writeFile } from "node:fs/promises";
import { acquireLock } from "../../src/audit/lock.ts";
import { abandonedLockText } from "./world.ts";

const [path = "", rounds = "0", deadPid = "0"] = process.argv.slice(2);
for (let round = 0; round < Number(rounds); round += 1) {
  const lock = await acquireLock(path, { timeoutMs: 60_000, pollMs: 1 });
  await mkdir(`${path}.inside`);
  await rmdir(`${path}.inside`);
  if (round % 2 === 0) {
    await writeFile(`${path}.${process.pid}`, abandonedLockText(Number(deadPid)));
    await rename(`${path}.${process.pid}`, path);
  } else {
    await lock.release();
  }
}
