type Key = { key: string; keyCode: number; shiftKey: boolean; altKey: boolean; ctrlKey: boolean; metaKey: boolean; nativeEvent: { isComposing: boolean } };

/**
 * Enter sends, unless it makes a new line (Shift) or ends a word in an input method. Safari ends the composition before
 * it tells the key, and marks that key with code 229.
 */
export const submits = (event: Key): boolean =>
  event.key === 'Enter' && !event.shiftKey && !event.altKey && !event.nativeEvent.isComposing && event.keyCode !== 229;
