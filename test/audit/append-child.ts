/** A process that appends: FILE COUNT RUN. Says `ready`, begins when its standard input ends, and names each entry it wrote. */
import { text } from "node:stream/consumers";
import { openTrail } from "../../src/audit/file-store.ts";
import { MANIFEST, recordWith } from "./world.ts";

const [file = "", count = "0", run = ""] = process.argv.slice(2);
const trail = openTrail({ file, lockTimeoutMs: 60_000 });
await trail.keep(MANIFEST);
process.stdout.write("ready\n");
await text(process.stdin);
for (let index = 1; index <= Number(count); index += 1) {
  await trail.append([recordWith({ run, name: `n${index}`, idempotencyKey: `${run}-${index}` })]);
  process.stdout.write(`${index}\n`);
}
