import assert from "node:assert/strict";
import { it } from "node:test";
import { printable } from "../../src/render/paint.ts";

it("nothing from outside can move the cursor, colour the terminal or turn the text round", () => {
  const hostile = "a\u001b[31mb\u009b31mc\u0007d\u007fe\u202ef\u2066g\u200fh\ti";
  assert.equal(printable(hostile), "a\\u001b[31mb\\u009b31mc\\u0007d\\u007fe\\u202ef\\u2066g\\u200fh\\u0009i");
});

it("ordinary text of any language stays, line breaks too", () => {
  const text = "Größe → 7 €\n日本語 עברית 👩‍🚒";
  assert.equal(printable(text), text);
});
