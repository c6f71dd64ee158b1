import { Store } from './store.ts';

/** Whether this device has a network at all. Without one a socket does not know for a while that it is dead. */
export class Network {
  readonly store = new Store(navigator.onLine);
  readonly #update = () => this.store.set(navigator.onLine);

  start(): void {
    this.#update();
    for (const name of ['online', 'offline']) window.addEventListener(name, this.#update);
  }

  stop(): void {
    for (const name of ['online', 'offline']) window.removeEventListener(name, this.#update);
  }
}
