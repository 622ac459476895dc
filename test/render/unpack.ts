import { inflateRawSync } from "node:zlib";

/** Everything that a report's page holds for later, as the texts that the browser will make of it. */
export function unpack(html: string): string {
  const json = [...html.matchAll(/<script type="application\/json" id="[^"]*">([^<]*)<\/script>/g)];
  const packed = [...html.matchAll(/<script type="text\/plain" id="[^"]*">([^<]*)<\/script>/g)];
  return [
    ...json.map(([, text = ""]) => String(JSON.parse(text))),
    ...packed.map(([, text = ""]) => inflateRawSync(Buffer.from(text, "base64")).toString("utf8")),
  ].join("\n");
}
