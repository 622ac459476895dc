/**
 * Signing the head of a trail.
 *
 * The chain has no key, so whoever can write the folder can write the whole chain anew. A signature over the head (its sequence and
 * hash, and so over every entry before it) can be made only by who has the private key, and checked by everybody with the public
 * one. What it does not show: entries that chain correctly after the signed head, and a trail that was put back, with its head file,
 * to an earlier state.
 */
import { createHash, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { GitopsError } from "../errors.ts";
import { canonicalJson } from "../model/json.ts";
import type { Head } from "./chain.ts";
import { headNotSigned, headSignedByAnother, type WarnAboutTrail } from "./warnings.ts";

/** What a signed head file holds beside the head. */
export interface HeadSignature {
  /** Of the key that made it, see `keyIdOf`. */
  readonly keyId: string;
  /** Ed25519 over the canonical JSON of `{sequence, hash}`, base64. */
  readonly signature: string;
}

/** A head as its file has it; `signature` is null when nobody signed it. Nothing of it is checked. */
export interface RememberedHead extends Head {
  readonly signature: HeadSignature | null;
}

/** A short name for a key, the same for both of its halves: 16 hex digits of the SHA-256 of the public one (SPKI, DER). */
export function keyIdOf(key: KeyObject): string {
  const publicKey = key.type === "private" ? createPublicKey(key) : key;
  const der = publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(der).digest("hex").slice(0, 16);
}

/** `signingKey` is a private Ed25519 key. */
export function signHead(head: Head, signingKey: KeyObject): HeadSignature {
  const signature = sign(null, bytesOf(head), signingKey).toString("base64");
  return { keyId: keyIdOf(signingKey), signature };
}

/** Why a head is not known to be the key's own, as the rest of a sentence about it; undefined when the key signed it. */
export function findUnsigned(head: RememberedHead, verifyKey: KeyObject): string | undefined {
  if (head.signature === null) return "is not signed";
  const { keyId, signature } = head.signature;
  const wanted = keyIdOf(verifyKey);
  if (keyId !== wanted) return `is signed by key ${keyId}, not by ${wanted}`;
  if (verify(null, bytesOf(head), verifyKey, Buffer.from(signature, "base64"))) return undefined;
  return `has a signature that key ${keyId} did not make for it`;
}

/**
 * Looks, before anything is appended, whether the head that is there may be replaced by one that this run signs or does not sign.
 * A run without a key must not take a signature away (`audit/unwritable`), and a signature in our name that does not fit is tampering
 * (`audit/broken`). A head without a signature, or of another key, is said and then signed: so signing begins, and so keys change.
 */
export function checkSuccession(
  file: string,
  head: RememberedHead | null,
  signingKey: KeyObject | undefined,
  warn: WarnAboutTrail,
): void {
  if (head === null || head.sequence === 0) return;
  if (signingKey === undefined) {
    if (head.signature !== null) throw noKey(file, head.signature.keyId);
    return;
  }
  const fault = findUnsigned(head, createPublicKey(signingKey));
  if (fault === undefined) return;
  if (head.signature === null) warn(headNotSigned(file, head.sequence));
  else if (head.signature.keyId !== keyIdOf(signingKey)) warn(headSignedByAnother(file, head.signature.keyId));
  else throw forged(file, fault);
}

function bytesOf({ sequence, hash }: Head): Buffer {
  return Buffer.from(canonicalJson({ sequence, hash }));
}

function forged(file: string, fault: string): GitopsError {
  const message = `The head of the audit trail ${file} ${fault}. Nothing was appended.`;
  const hint = "Restore the trail and its .head file from a backup, or keep both as evidence and begin a new trail.";
  return new GitopsError("audit/broken", message, { place: { file }, hint });
}

function noKey(file: string, keyId: string): GitopsError {
  const message = `The head of the audit trail ${file} is signed by key ${keyId}, and this run has no key to sign the next one.`;
  const hint = "Set audit.signingKey. To go on without signatures, set audit.file to another place.";
  return new GitopsError("audit/unwritable", message, { place: { file }, hint });
}
