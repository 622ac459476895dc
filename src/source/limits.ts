/**
 * How much an untrusted folder or document may cost us (product specification, section 12). Beyond a limit there is a
 * finding and the file or document is left out; nothing is cut to fit.
 */
export interface SourceLimits {
  /** Bytes of one file. */
  readonly fileBytes: number;
  /** Bytes of all files together. */
  readonly totalBytes: number;
  readonly files: number;
  /** Objects and arrays within each other. */
  readonly depth: number;
  /** Aliases (`*name`) in one document. */
  readonly aliases: number;
  /** Values of one document that has aliases, each alias counted as everything it stands for. */
  readonly expandedValues: number;
}

export const DEFAULT_LIMITS: SourceLimits = {
  fileBytes: 4 * 1024 * 1024,
  totalBytes: 512 * 1024 * 1024,
  files: 50_000,
  depth: 64,
  aliases: 100,
  expandedValues: 100_000,
};

/** Bytes as a person reads them: `4 MiB`, `50.1 MiB`, `812 bytes`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const [amount, unit] = bytes < 1024 * 1024 ? [bytes / 1024, "KiB"] : [bytes / (1024 * 1024), "MiB"];
  return `${Number(amount.toFixed(1))} ${unit}`;
}
