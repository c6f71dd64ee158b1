import type { ButtonHTMLAttributes, ReactNode } from 'react';
import styles from './button.module.css';

type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className'> & { 'data-focus-first'?: boolean };

export type ButtonProps = Native & { variant?: 'primary' | 'quiet' | 'danger' | 'link'; block?: boolean };

export const Button = ({ variant = 'quiet', block = false, type = 'button', ...rest }: ButtonProps) => (
  <button {...rest} type={type} className={`${styles.button} ${styles[variant]} ${block ? styles.block : ''}`} />
);

export type IconButtonProps = Omit<Native, 'children' | 'aria-label' | 'title'> & { label: string; icon: ReactNode; small?: boolean; danger?: boolean };

/** Its label is its tooltip too. */
export const IconButton = ({ label, icon, small = false, danger = false, type = 'button', ...rest }: IconButtonProps) => (
  <button {...rest} type={type} aria-label={label} title={label} className={`${styles.icon} ${small ? styles.small : ''} ${danger ? styles.iconDanger : ''}`}>
    {icon}
  </button>
);
