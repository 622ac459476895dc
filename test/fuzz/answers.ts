/** What a server should never answer, and now and then something that it should. */
import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import type { Seen } from "../cxone/world.ts";

/** Makes one answer to one request. */
export interface Rubbish {
  readonly status: number;
  /** What the body is, for the counterexample that fast-check prints. */
  readonly what: string;
  readonly bytes: (seen: Seen) => Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  /** `cut`: less than was promised, then the end. `raw`: no HTTP at all. `drop`: nothing. */
  readonly ending: "whole" | "cut" | "raw" | "drop";
}

const STATUSES = [
  200, 200, 200, 201, 202, 203, 204, 206, 299, 301, 303, 304, 307, 400, 401, 403, 404, 405, 408, 409, 412, 418, 422,
  429, 451, 500, 501, 502, 503, 504, 599, 600, 999,
];

/** The document that was asked for, as far as its address tells. */
const ID = (seen: Seen) => decodeURIComponent(/[^/?]*(?=$|\?)/.exec(seen.path)?.[0] ?? "");
type Fill = (seen: Seen) => string;

const whole: Fill = (seen) => seen.text || JSON.stringify({ id: ID(seen), name: "hook", version: 1, nodes: [] });
const texts: Readonly<Record<string, Fill>> = {
  nothing: () => "",
  spaces: () => " \n\t",
  "the document": whole,
  "the document, cut short": (seen) => whole(seen).slice(0, -2),
  "the document twice": (seen) => whole(seen).repeat(2),
  "another document": () => '{"id": "another", "name": "another", "version": 7}',
  "a list of the document": (seen) => `[${whole(seen)}]`,
  "a page of the document": (seen) => `{"items": [${whole(seen)}], "page": 1, "pageSize": 100, "total": 1}`,
  "a page that lies": (seen) => `{"items": [${whole(seen)}], "pageSize": -1, "total": 1e9}`,
  "a page of texts": () => '{"items": ["x", null], "total": 2}',
  "an id of another type": () => '{"id": {"id": 1}, "version": {}}',
  "ids without end": (seen) => `{"id": "${ID(seen)}", "version": 123456789012345678901234567890}`,
  "a huge number": (seen) => `{"id": "${ID(seen)}", "version": 1e999, "nodes": [9007199254740993]}`,
  "odd versions": (seen) => `{"id": "${ID(seen)}", "version": "\\u0000", "nodes": null, "__proto__": {"polluted": 1}}`,
  HTML: () => "<!DOCTYPE html><html><body>Log in</body></html>",
  XML: () => '<?xml version="1.0"?><error/>',
  "text with the request's headers": (seen) => `refused: ${JSON.stringify(seen.headers)} ${seen.text}`,
  "a refusal with the request's headers": (seen) =>
    JSON.stringify({ message: JSON.stringify(seen.headers), error: seen.text }),
  "a problem of odd types": () => '{"error": [[]], "message": {"a": 1}, "errors": {"x": [null]}, "detail": 5}',
  "a long text": () => `{"id": "${"x".repeat(1024 * 1024)}"}`,
  "a deep list": () => "[".repeat(50_000) + "]".repeat(50_000),
  "a deep object": (seen) => `{"id": "${ID(seen)}", "a": ${'{"a": '.repeat(99)}1${"}".repeat(100)}`,
  "control characters": () => '{"message": "\\u001b[31m\\u0000\\r\\nred"}',
  null: () => "null",
  "a number": () => "-1e5",
  "a text": () => '"ok"',
  true: () => "true",
};

/** Those that get far: only the last look at them tells. */
const TELLING = [
  "the document",
  "another document",
  "a list of the document",
  "a page of the document",
  "a huge number",
  "odd versions",
  "text with the request's headers",
  "a refusal with the request's headers",
  "a deep object",
];
const named = fc.constantFrom(...TELLING, ...Object.keys(texts)).map((what) => {
  return { what, bytes: (seen: Seen): Uint8Array => Buffer.from(texts[what]?.(seen) ?? "") };
});
const generated = fc
  .oneof(fc.json({ stringUnit: "binary", maxDepth: 4 }), fc.string({ unit: "binary" }))
  .map((text) => {
    return { what: text, bytes: (): Uint8Array => Buffer.from(text) };
  });
const bytes = fc.uint8Array({ maxLength: 40 }).map((raw) => {
  return { what: `bytes ${Buffer.from(raw).toString("hex")}`, bytes: () => raw };
});

const headers = fc
  .record(
    {
      "content-type": fc.constantFrom("text/html", "application/json; charset=utf-16", "", "application/octet-stream"),
      "content-encoding": fc.constantFrom("gzip", "br", "deflate", "zstd", "identity", "nonsense"),
      "retry-after": fc.constantFrom(
        "0",
        "-1",
        "1e9",
        "999999999999",
        "soon",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "0.5",
        "",
      ),
      location: fc.constantFrom("/elsewhere", "http://127.0.0.1:1/", "not a url:", ""),
      etag: fc.constantFrom('W/"', "5", ""),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  .map((drawn) => Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined)));

const body = fc.oneof({ weight: 12, arbitrary: named }, generated, bytes);

/** Half of them are wrong in their body alone, for only those get past the first look. */
export const rubbish: fc.Arbitrary<Rubbish> = fc
  .oneof(
    fc.record({
      status: fc.constantFrom(200, 200, 200, 201, 403, 404, 409, 422, 429, 500),
      body,
      headers: fc.constant<Record<string, string>>({}),
      ending: fc.constant("whole" as const),
    }),
    fc.record({
      status: fc.constantFrom(...STATUSES),
      body,
      headers,
      ending: fc.constantFrom(
        "whole" as const,
        "whole" as const,
        "whole" as const,
        "cut" as const,
        "raw" as const,
        "drop" as const,
      ),
    }),
  )
  .map(({ body: { what, bytes: make }, ...rest }) => ({ ...rest, what, bytes: make }));

/** Sends it. */
export function giveRubbish(response: ServerResponse, seen: Seen, answer: Rubbish): void {
  const { socket } = response;
  const raw = answer.bytes(seen);
  const isZipped = answer.headers["content-encoding"] === "gzip" && raw.length % 2 === 0;
  const body = isZipped ? gzipSync(raw) : raw;
  if (answer.ending === "drop") return void socket?.destroy();
  if (answer.ending === "raw") return void socket?.end(Buffer.concat([Buffer.from("HTTP/9 what\r\n"), body]));
  const length = answer.ending === "cut" ? { "content-length": String(body.length + 10) } : {};
  response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers, ...length });
  if (answer.ending === "whole") return void response.end(body);
  response.write(body, () => socket?.destroy());
}
