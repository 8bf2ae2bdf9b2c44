import assert from "node:assert/strict";
import { test } from "node:test";
import { escaped, iconButton, shortened } from "../../static/live/kit/markup.js";
import { precise, significant } from "../../static/live/kit/numbers.js";

const HOSTILE = `<img src=x onerror="alert('1')">&amp;`;

test("text from outside stays text", () => {
  assert.equal(escaped(HOSTILE), "&lt;img src=x onerror=&#34;alert(&#39;1&#39;)&#34;&gt;&amp;amp;");
  assert.ok(!iconButton("x", "link", HOSTILE).includes("<img"));
});

test("long names are shortened to 40 letters, whatever their alphabet", () => {
  assert.equal(shortened("a".repeat(40)), "a".repeat(40));
  assert.equal(shortened("a".repeat(41)), `${"a".repeat(39)}…`);
  assert.equal(Array.from(shortened("🙂".repeat(50))).length, 40);
});

test("three significant digits, and whole numbers from a thousand on", () => {
  assert.deepEqual(
    [0.001, -1.2345, 12.345, -1234.5, NaN].map((value) => significant(value)),
    ["0", "−1.23", "12.3", "−1,234", "–"],
  );
  assert.deepEqual(
    [0, 1e-7, 0.00125, -0.0049, 1234567].map((value) => precise(value)),
    ["0", "0", "0.00125", "−0.00490", "1,234,567"],
  );
  assert.deepEqual(
    [0.0031, 99.6, 186, 12345].map((error) => precise(error, 2)),
    ["0.0031", "100", "190", "12,345"],
  );
});
