/** A value that stands in a list for at least the second time, and where it stood first. Undefined values do not count. */
export interface Duplicate {
  readonly index: number;
  readonly firstIndex: number;
  readonly value: string;
}

export function duplicates(values: readonly (string | undefined)[]): readonly Duplicate[] {
  const firstByValue = new Map<string, number>();
  const found: Duplicate[] = [];
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    const firstIndex = firstByValue.get(value);
    if (firstIndex === undefined) firstByValue.set(value, index);
    else found.push({ index, firstIndex, value });
  }
  return found;
}
