import { describe, expect, it } from 'vitest';
import { submits } from './composer-keys.ts';

const key = (more: Partial<Parameters<typeof submits>[0]> = {}) =>
  ({ key: 'Enter', keyCode: 13, shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, nativeEvent: { isComposing: false }, ...more });

describe('submits', () => {
  it('takes Enter, with Ctrl or Cmd too', () => {
    expect(submits(key())).toBe(true);
    expect(submits(key({ ctrlKey: true }))).toBe(true);
  });
  it('leaves a new line to Shift and Alt', () => {
    expect(submits(key({ shiftKey: true }))).toBe(false);
    expect(submits(key({ altKey: true }))).toBe(false);
  });
  it('leaves the Enter that ends a word in an input method alone, in Safari too', () => {
    expect(submits(key({ nativeEvent: { isComposing: true } }))).toBe(false);
    expect(submits(key({ keyCode: 229 }))).toBe(false);
  });
});
