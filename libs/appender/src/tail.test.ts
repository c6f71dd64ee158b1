import { expect, it } from 'vitest';
import { created, RoomScript } from '@parley/testkit/room-script';
import { Tail } from './tail.ts';

it('a tail that was let go of weighs nothing any more, whatever a read under way still puts into it', () => {
  const script = new RoomScript();
  script.say(...created(script.owner));
  const budget = { bytes: 0 };
  const [kept, gone] = [new Tail(10, 10_000, budget), new Tail(10, 10_000, budget)];
  for (const event of script.events) for (const tail of [kept, gone]) tail.push(event);
  const both = budget.bytes;
  gone.clear();
  for (const event of script.events) gone.push(event);
  expect(budget.bytes).toBe(both / 2);
});
