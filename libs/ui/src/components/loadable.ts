/** A list on its way. `more`: there is another page. */
export type Loadable<T> =
  | { state: 'loading'; items: readonly T[] }
  | { state: 'failed'; items: readonly T[]; message: string }
  | { state: 'ready'; items: readonly T[]; more: boolean };
