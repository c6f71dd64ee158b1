import { VisuallyHidden } from './visually-hidden.tsx';

/** Said politely by screen readers whenever `text` changes. */
export const Announcer = ({ text }: { text: string }) => (
  <VisuallyHidden><span role="log" aria-live="polite" aria-atomic="true">{text}</span></VisuallyHidden>
);
