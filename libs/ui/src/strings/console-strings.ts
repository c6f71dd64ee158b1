import { createContext, useContext, useMemo } from 'react';
import type { Strings } from './en.ts';
import { enConsole, type ConsoleStrings } from './en-console.ts';
import { useStrings } from './strings.ts';

export const ConsoleStringsContext = createContext<ConsoleStrings>(enConsole);

/** Every word of the console, and of moderation. */
export const useConsoleStrings = (): Strings['moderation'] & ConsoleStrings => {
  const { moderation } = useStrings();
  const own = useContext(ConsoleStringsContext);
  return useMemo(() => ({ ...moderation, ...own }), [moderation, own]);
};
