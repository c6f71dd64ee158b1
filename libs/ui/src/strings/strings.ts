import { createContext, useContext } from 'react';
import { en, type Strings } from './en.ts';

export const StringsContext = createContext<Strings>(en);
export const useStrings = (): Strings => useContext(StringsContext);
