/**
 * A comment that must not become longer than GitHub accepts. It is put together of pieces in reading order; each has a rank that says how
 * much it matters. Pieces are taken by rank, and within a rank in reading order, for as long as there is room. A piece that is too large
 * for what is left is left out, and smaller ones after it may still be taken.
 */

export interface Piece {
  readonly text: string;
  /** 0 is always kept, and must be bounded by whoever writes it; a higher rank is dropped before a lower one. */
  readonly rank: number;
  /** What is missing when it is left out, by its plural: "patches". */
  readonly what: string;
  /** Left out when that piece is: a patch does not stand without its change. */
  readonly under?: Piece;
}

export interface Fitted {
  readonly text: string;
  /** How many pieces of each sort were left out, in the order of their ranks. */
  readonly left: ReadonlyMap<string, number>;
}

/** `bytes` is the most that the result may have in UTF-8; what has rank 0 is kept in any case. */
export function fitPieces(pieces: readonly Piece[], bytes: number): Fitted {
  const taken = new Set<Piece>();
  const left = new Map<string, number>();
  let room = bytes;
  for (const piece of pieces.toSorted((one, other) => one.rank - other.rank)) {
    const size = Buffer.byteLength(piece.text);
    const fits = piece.rank === 0 || (size <= room && (piece.under === undefined || taken.has(piece.under)));
    if (fits) {
      taken.add(piece);
      room -= size;
    } else left.set(piece.what, (left.get(piece.what) ?? 0) + 1);
  }
  const text = pieces.filter((piece) => taken.has(piece)).map((piece) => piece.text);
  return { text: text.join(""), left };
}
