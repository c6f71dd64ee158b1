import type { ReactNode } from 'react';
import { useStrings } from '../strings/strings.ts';
import { Avatar } from './avatar.tsx';
import { Button, IconButton } from './button.tsx';
import { LeaveIcon, PlusIcon, SearchIcon, ShieldIcon } from './icons.tsx';
import { Logo } from './logo.tsx';
import { VisuallyHidden } from './visually-hidden.tsx';
import styles from './sidebar.module.css';

export type SidebarProps = {
  user: { id: string; name: string };
  onCreate: () => void;
  onBrowse: () => void;
  onSignOut: () => void;
  /** Of who moderates: the way to the console, and how many cases wait. */
  moderation?: { href: string; waiting: number; current: boolean } | undefined;
  children: ReactNode;
};

/** The column of rooms: what one can start on top, who one is at the bottom. */
export const Sidebar = ({ user, onCreate, onBrowse, onSignOut, moderation, children }: SidebarProps) => {
  const strings = useStrings();
  return (
    <nav className={styles.sidebar} aria-label={strings.sidebar.label}>
      <header className={styles.header}>
        <Logo />
        <span className={styles.brand}>{strings.appName}</span>
        <IconButton label={strings.sidebar.create} icon={<PlusIcon size={20} />} onClick={onCreate} />
      </header>
      <div className={styles.browse}>
        <Button block onClick={onBrowse}><SearchIcon size={16} /> {strings.sidebar.browse}</Button>
      </div>
      {moderation && (
        <div className={styles.moderation}>
          <a href={moderation.href} aria-current={moderation.current ? 'page' : undefined}>
            <ShieldIcon size={17} /> <span className={styles.grow}>{strings.moderation.entry.title}{moderation.waiting > 0 && <VisuallyHidden>, {strings.moderation.entry.waiting(moderation.waiting)}</VisuallyHidden>}</span>
            {moderation.waiting > 0 && <span className={styles.badge} aria-hidden="true">{moderation.waiting > 99 ? '99+' : moderation.waiting}</span>}
          </a>
        </div>
      )}
      <div className={styles.rooms}>{children}</div>
      <footer className={styles.footer}>
        <Avatar id={user.id} name={user.name} size="small" />
        <span className={styles.user} dir="auto" title={strings.sidebar.you(user.name)}>{user.name}</span>
        <IconButton label={strings.sidebar.signOut} icon={<LeaveIcon />} onClick={onSignOut} />
      </footer>
    </nav>
  );
};
