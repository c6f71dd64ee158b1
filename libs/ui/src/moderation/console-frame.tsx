import type { ReactNode } from 'react';
import { IconButton } from '../components/button.tsx';
import { BackIcon, KeyboardIcon } from '../components/icons.tsx';
import { useConsoleStrings } from '../strings/console-strings.ts';
import styles from './console-frame.module.css';

export type ConsoleFrameProps = {
  backHref: string;
  sections: readonly { name: string; href: string; current: boolean }[];
  onKeys: () => void;
  children: ReactNode;
};

/** The head of the console, and one of its sections. */
export const ConsoleFrame = ({ backHref, sections, onKeys, children }: ConsoleFrameProps) => {
  const text = useConsoleStrings().console;
  return (
    <div className={styles.console}>
      <header className={styles.header}>
        <a className={styles.back} href={backHref} aria-label={text.back} title={text.back}><BackIcon size={22} /></a>
        <h1 className={styles.title}>{text.title}</h1>
        <nav className={styles.sections} aria-label={text.sections}>
          {sections.map(({ name, href, current }) => <a key={href} href={href} aria-current={current ? 'page' : undefined}>{name}</a>)}
        </nav>
        <IconButton label={text.keys} icon={<KeyboardIcon size={20} />} aria-keyshortcuts="?" onClick={onKeys} />
      </header>
      {children}
    </div>
  );
};
