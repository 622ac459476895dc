/** A value that a condition compares with. */
export type Scalar = string | number | boolean;

/** One side of a comparison: a name that has a value during the call (`dtmf`, `$contact.language`), or a value written out. */
export type Operand =
  | { readonly type: "path"; readonly path: string }
  | { readonly type: "value"; readonly value: Scalar };

export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=";

/** What a connection asks of a call before it is taken. */
export type Condition =
  | { readonly type: "constant"; readonly value: boolean }
  | { readonly type: "isTrue"; readonly path: string }
  | { readonly type: "compare"; readonly operator: Comparison; readonly left: Operand; readonly right: Operand }
  | { readonly type: "in"; readonly left: Operand; readonly values: readonly Scalar[] }
  | { readonly type: "not"; readonly condition: Condition }
  | { readonly type: "and" | "or"; readonly conditions: readonly Condition[] };
