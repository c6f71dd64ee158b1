import { expect, it } from 'vitest';
import { Neighbours } from './neighbours.ts';

const build = () => {
  const clock = { now: 1_000 };
  const changes: string[] = [];
  const neighbours = new Neighbours({ settleMs: 100, now: () => clock.now, onChange: (node, alive) => void changes.push(`${alive ? '+' : '-'}${node}`) });
  neighbours.callSelf('self');
  return { clock, changes, neighbours };
};

it('tells who came alive and who died, and never of this process by any of its names', () => {
  const { changes, neighbours } = build();
  neighbours.take('era', ['self', 'a', 'b']);
  neighbours.callSelf('again');
  neighbours.take('era', ['self', 'again', 'b', 'c']);
  expect(changes).toEqual(['+a', '+b', '-a', '+c']);
  expect([neighbours.isAlive('a'), neighbours.isAlive('b'), neighbours.isAlive('self'), neighbours.isSelf('self'), neighbours.isSelf('again')]).toEqual([false, true, false, true, true]);
});

it('takes nobody for dead for a while after Redis forgot everything', () => {
  const { clock, changes, neighbours } = build();
  expect(neighbours.take('era', ['a', 'b'])).toBe(false);
  expect(neighbours.take('other', [])).toBe(true);
  expect(neighbours.settling).toBe(true);
  clock.now += 50;
  neighbours.take('other', ['b2']);
  expect(changes).toEqual(['+a', '+b', '+b2']);
  clock.now += 50;
  neighbours.take('other', ['b2']);
  expect(changes).toEqual(['+a', '+b', '+b2', '-a', '-b']);
  expect(neighbours.settling).toBe(false);
});

it('does not wait at its start for others it never knew', () => {
  const { neighbours } = build();
  neighbours.settle();
  neighbours.take('era', ['a']);
  expect(neighbours.settling).toBe(false);
});
