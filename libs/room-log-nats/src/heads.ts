import type { Head, Unwatch } from '@parley/domain';
import { headSubjectsOfRoom, JS_API, JS_ERROR, logProbeSubject, type JetStreamFailure } from '@parley/nats';
import type { RoomId } from '@parley/protocol';
import type { Subscription } from '@nats-io/transport-node';
import { decodeHead, probeHeaders } from './entry-codec.ts';
import { unavailable } from './errors.ts';
import type { LeaderContact } from './leader-contact.ts';
import type { LogStream } from './log-stream.ts';
import type { Settings } from './options.ts';

type Watch = { subscription: Subscription; listeners: Set<(head: Head) => void> };

/**
 * The heads that the stream republishes, and whether they can be trusted to arrive.
 *
 * A **probe** is an append that every stream refuses. Its refusal comes from the stream's leader, by the way that heads
 * come, to an inbox that was subscribed after them: once it is here, the leader's server knows all our subscriptions.
 * Probes run all the time; heads are dead as soon as the connection is lost, another leader was elected (what the old one
 * had stored and not yet told is never told), the log was created anew, a probe found no answer, or the leader that
 * answered it has lost touch with the others.
 */
export class Heads {
  readonly #settings: Settings;
  readonly #stream: LogStream;
  readonly #contact: LeaderContact;
  readonly #watches = new Map<RoomId, Watch>();
  readonly #liveListeners = new Set<(live: boolean) => void>();
  readonly #leaderListeners = new Set<() => void>();
  readonly #timer: NodeJS.Timeout;
  readonly #ends: (() => void)[] = [];
  #advisories: Subscription | undefined;
  #live = false;
  /** Rises with everything that makes heads dead: a probe from before it proves nothing. */
  #round = 0;
  #probing: Promise<void> | undefined;
  #nextProbe: Promise<void> | undefined;

  constructor(settings: Settings, stream: LogStream, contact: LeaderContact) {
    this.#settings = settings;
    this.#stream = stream;
    this.#contact = contact;
    this.#ends.push(settings.nats.onStatus(({ type }) => {
      if (type === 'disconnected' || type === 'closed') this.#dead();
      if (type === 'connected') this.#reviveSoon();
    }));
    this.#ends.push(stream.onChange(() => {
      this.#followLeader();
      this.#dead();
      this.#reviveSoon();
    }));
    this.#followLeader();
    this.#timer = setInterval(() => this.#reviveSoon(), settings.headsProbeMs);
    this.#timer.unref();
  }

  get live(): boolean {
    return this.#live;
  }

  onLive(listener: (live: boolean) => void): Unwatch {
    this.#liveListeners.add(listener);
    return () => void this.#liveListeners.delete(listener);
  }

  /** Called when the log has another leader: what the one before was asked is not answered any more. */
  onLeader(listener: () => void): Unwatch {
    this.#leaderListeners.add(listener);
    return () => void this.#leaderListeners.delete(listener);
  }

  /** Throws `unavailable`. */
  async watch(roomId: RoomId, listener: (head: Head) => void): Promise<Unwatch> {
    if (!this.#settings.nats.connected) throw unavailable(new Error('not connected to NATS'));
    const watch = this.#watches.get(roomId) ?? this.#subscribe(roomId);
    const own = (head: Head): void => listener(head);
    watch.listeners.add(own);
    const unwatch = (): void => {
      if (!watch.listeners.delete(own) || watch.listeners.size > 0) return;
      watch.subscription.unsubscribe();
      this.#watches.delete(roomId);
    };
    try {
      await this.confirm();
    } catch (error) {
      unwatch();
      throw unavailable(error);
    }
    return unwatch;
  }

  /** Resolves once every subscription made so far is known where heads come from. Several at once share a probe. */
  confirm(): Promise<void> {
    if (!this.#probing) return this.#probe();
    // The probe under way may have left before the newest subscription.
    this.#nextProbe ??= this.#probing.catch(() => {}).then(() => {
      this.#nextProbe = undefined;
      return this.#probe();
    });
    return this.#nextProbe;
  }

  close(): void {
    clearInterval(this.#timer);
    for (const end of this.#ends) end();
    this.#advisories?.unsubscribe();
    for (const { subscription } of this.#watches.values()) subscription.unsubscribe();
    this.#watches.clear();
    this.#dead();
  }

  #subscribe(roomId: RoomId): Watch {
    const { nats, region, warn } = this.#settings;
    const listeners = new Set<(head: Head) => void>();
    const subscription = nats.nc.subscribe(headSubjectsOfRoom(region, roomId), {
      callback: (error, message) => {
        if (error) return warn('heads cannot be received', error);
        const head = decodeHead(message.subject, message.headers);
        if (!head) return warn(`not a head: ${message.subject}`);
        for (const listener of listeners) listener(head);
      },
    });
    const watch = { subscription, listeners };
    this.#watches.set(roomId, watch);
    return watch;
  }

  #followLeader(): void {
    this.#advisories?.unsubscribe();
    this.#advisories = this.#settings.nats.nc.subscribe(JS_API.leaderElected(this.#stream.name), {
      callback: () => {
        this.#dead();
        for (const listener of this.#leaderListeners) listener();
        this.#reviveSoon();
      },
    });
  }

  #probe(): Promise<void> {
    const { nats, region, headsProbeTimeoutMs } = this.#settings;
    const round = this.#round;
    const probe = async (): Promise<void> => {
      try {
        const [answer] = await Promise.all([
          nats.request(logProbeSubject(region), '', { timeoutMs: headsProbeTimeoutMs, headers: probeHeaders(), freshInbox: true }),
          this.#contact.confirm(),
        ]);
        const { error, stream } = answer.json<{ error?: JetStreamFailure; stream?: string }>();
        if (error?.err_code !== JS_ERROR.streamNotMatch) throw new Error(`the probe was answered ${error?.description ?? 'by being stored'}`);
        if (stream !== this.#stream.name) this.#stream.refreshSoon();
        else if (round === this.#round) this.#setLive(true);
      } catch (error) {
        this.#dead();
        // Nobody answers there: the stream may be gone.
        if (nats.connected) this.#stream.refreshSoon();
        throw error;
      } finally {
        this.#probing = undefined;
      }
    };
    this.#probing = probe();
    return this.#probing;
  }

  #reviveSoon(): void {
    if (!this.#settings.nats.connected || this.#nextProbe) return;
    this.confirm().catch(() => {});
  }

  #dead(): void {
    this.#round += 1;
    this.#setLive(false);
  }

  #setLive(live: boolean): void {
    if (this.#live === live) return;
    this.#live = live;
    for (const listener of this.#liveListeners) listener(live);
  }
}
