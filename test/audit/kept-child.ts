/** A process that keeps the same documents as others: FILE COUNT. Begins when its standard input ends. */
import { text } from "node:stream/consumers";
import { keepDocument } from "../../src/audit/keeper.ts";

const [file = "", count = "0"] = process.argv.slice(2);
process.stdout.write("ready\n");
await text(process.stdin);
for (let index = 0; index < Number(count); index += 1) await keepDocument(file, { index, filler: "x".repeat(50_000) });
