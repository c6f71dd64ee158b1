/** The word for a name that a server has sent: one it made up, even `constructor`, has none. */
export const wordFor = (words: Readonly<Record<string, string>>, name: string): string | undefined => (Object.hasOwn(words, name) ? words[name] : undefined);
