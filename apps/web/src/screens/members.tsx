import { useMemo, useState } from 'react';
import type { MemberView, RoomView, UserId } from '@parley/protocol';
import { AddPeopleDialog, MembersPanel, useStrings, type Loadable, type MembersPresence } from '@parley/ui';
import { useChat } from '../state/context.ts';
import { errorText } from '../state/error-text.ts';
import { goTo, roomHref } from '../state/route.ts';
import type { RoomModel } from '../state/room-model.ts';
import { useStore } from '../state/store.ts';
import { ManageMember, mayDo } from './manage-member.tsx';
import { RoomSanctions } from './room-sanctions.tsx';
import { useMembers } from './use-members.ts';
import { useNames } from './use-names.ts';
import { usePresenceWindow } from './use-presence.ts';

export type MembersProps = { model: RoomModel; info: RoomView; name: string; onNotice: (text: string) => void; onClose: () => void };

/** Users who are there, of whom no page of members was read, listed at most. */
const MAX_UNREAD = 300;

export const Members = ({ model, info, name, onNotice, onClose }: MembersProps) => {
  const strings = useStrings();
  const chat = useChat();
  const [adding, setAdding] = useState(false);
  const [sanctions, setSanctions] = useState(false);
  const { admin } = useStore(chat.moderation.state);
  const { moderates } = useStore(model.snapshot);
  const [managed, setManaged] = useState<UserId | null>(null);
  const { list, more } = useMembers(chat, model);
  const snapshot = useStore(model.watch.snapshot);
  const onVisible = usePresenceWindow(model);
  const presence = useMemo((): MembersPresence => ({
    of: (userId) => snapshot.of(userId),
    counts: snapshot.known ? snapshot : null,
    everybody: snapshot.everybody,
  }), [snapshot]);
  // Who is there stands first, also of a room of which only some pages were read.
  const unread = useMemo(() => {
    if (!snapshot.everybody || list.state !== 'ready' || !list.more) return [];
    const read = new Set(list.items.map(({ userId }) => userId));
    return snapshot.there.map(({ userId }) => userId).filter((userId) => !read.has(userId)).slice(0, MAX_UNREAD);
  }, [snapshot, list]);
  const names = useNames(chat, unread);
  const members: Loadable<MemberView> = names.size === 0 ? list : { ...list, items: [...list.items, ...[...names].map(([userId, name]): MemberView => ({ userId, name, role: 'member' }))] };
  const target = members.items.find(({ userId }) => userId === managed);
  const mayAdd = info.kind !== 'direct' && (info.role === 'owner' || info.role === 'moderator');
  const manage = (member: MemberView) => {
    if (member.userId === chat.me.id) return;
    return { act: () => setManaged(member.userId), reportsOnly: !Object.values(mayDo(info, chat.me.id, admin, member)).includes(true) };
  };
  const message = async (userId: UserId) => {
    try {
      goTo(roomHref(await chat.create({ kind: 'direct', userId })));
    } catch (error) {
      onNotice(errorText(error, strings));
    }
  };
  return (
    <>
      <MembersPanel
        members={members} memberCount={info.memberCount} presence={presence} me={chat.me.id} manage={manage} onSanctions={moderates ? () => setSanctions(true) : undefined} onVisible={onVisible}
        onAdd={mayAdd ? () => setAdding(true) : undefined} onMessage={(id) => void message(id)} onMore={more} onClose={onClose}
      />
      {target && <ManageMember model={model} name={name} member={target} may={mayDo(info, chat.me.id, admin, target)} onNotice={onNotice} onClose={() => setManaged(null)} />}
      {sanctions && <RoomSanctions id={model.id} name={name} onClose={() => setSanctions(false)} />}
      {adding && <AddPeople model={model} name={name} members={list.items} onClose={() => setAdding(false)} />}
    </>
  );
};

const AddPeople = ({ model, name, members, onClose }: { model: RoomModel; name: string; members: readonly MemberView[]; onClose: () => void }) => {
  const strings = useStrings();
  const chat = useChat();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const [added, setAdded] = useState<ReadonlySet<UserId>>(new Set());
  // As it was when the dialog opened: who is added stays in the list, marked.
  const [people] = useState(() => chat.people().filter(({ id }) => !members.some((member) => member.userId === id)));
  const add = async (id: UserId) => {
    setBusy(true);
    setError(undefined);
    try {
      await model.handle.addMember(id);
      setAdded((before) => new Set([...before, id]));
    } catch (failure) {
      setError(errorText(failure, strings));
    } finally {
      setBusy(false);
    }
  };
  return <AddPeopleDialog room={name} people={people} added={added} busy={busy} error={error} onAdd={(id) => void add(id)} onClose={onClose} />;
};
