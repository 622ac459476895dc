import { createHash, createHmac } from "node:crypto";
import { canonicalJson, type Json } from "./json.ts";

/** SHA-256 of text as lower-case hex, 64 characters. */
export function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** The content digest of a JSON value: `sha256:` and 64 hex digits, independent of key order. */
export function digestOf(value: Json): string {
  return `sha256:${sha256(canonicalJson(value))}`;
}

/** As `digestOf`, but only who has the key can tell which value it belongs to: `hmac-sha256:` and 64 hex digits. */
export function keyedDigestOf(value: Json, key: string): string {
  return `hmac-sha256:${createHmac("sha256", key).update(canonicalJson(value), "utf8").digest("hex")}`;
}
