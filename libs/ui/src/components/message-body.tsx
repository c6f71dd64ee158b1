import { memo, useMemo } from 'react';
import { directionOf } from '../text/direction.ts';
import { linkify } from '../text/linkify.ts';
import styles from './message-body.module.css';

/** What was said, as text: nothing in it is ever read as markup. */
export const MessageBody = memo(({ body }: { body: string }) => {
  const tokens = useMemo(() => linkify(body), [body]);
  return (
    <div className={styles.body} data-part="body" dir={directionOf(tokens)}>
      {tokens.map((token, index) => token.kind === 'text'
        ? token.text
        : <a key={index} href={token.href} target="_blank" rel="noopener noreferrer nofollow ugc" dir="ltr">{token.text}</a>)}
    </div>
  );
});
