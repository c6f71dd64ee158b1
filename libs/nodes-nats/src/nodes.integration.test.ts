import type { NodeReport } from '@parley/domain';
import { connectNats, regionOf, type Nats } from '@parley/nats';
import { waitFor, withNats } from '@parley/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { NodeDirectory, serveNode, type NodeService } from './index.ts';

const region = regionOf('main');

const connect = async (url: string): Promise<Nats> => {
  const nats = await connectNats({ servers: url, name: 'test', reconnectDelayMs: 100 });
  onTestFinished(() => nats.close());
  return nats;
};

const reportOf = (name: string, drain: () => void = () => undefined, startedAt = Date.now()): NodeReport => ({
  status: () => ({ name, app: 'gateway', version: '1.2.3', region, pid: 1, startedAt, leaving: false, failing: { log: 'not connected' }, counts: { sockets: 3 } }),
  sockets: () => { throw new Error('a defect'); },
  rooms: ({ limit }) => ({ items: [], next: `${limit}` }),
  drain,
});
const serve = (nats: Nats | Promise<Nats>, report: NodeReport, errors: unknown[] = []): NodeService => {
  const service = serveNode({ nats, report, onError: (error) => errors.push(error), signEveryMs: 200 });
  onTestFinished(() => service.close());
  return service;
};
const namesOf = async (directory: NodeDirectory) => {
  const { nodes, silent } = await directory.list();
  return { nodes: nodes.map(({ status }) => status.name), silent: silent.map(({ status }) => status.name) };
};

test('nodes are found and asked, each by itself, and one that leaves in order is not missed', async () => {
  const { url } = await withNats();
  const nats = await connect(url);
  const directory = new NodeDirectory({ nats, region });
  expect(await directory.list()).toEqual({ nodes: [], silent: [] });
  const [drained, errors]: [string[], unknown[]] = [[], []];
  serve(await connect(url), reportOf('b', () => drained.push('b')), errors);
  const leaving = serve(await connect(url), reportOf('a-10', () => drained.push('a-10')));
  serve(await connect(url), reportOf('a-2'));
  await waitFor('all to be found', async () => (await directory.list()).nodes.length === 3);
  const { nodes } = await directory.list();
  expect(nodes.map(({ status }) => status.name)).toEqual(['a-2', 'a-10', 'b']);
  const b = nodes[2]!;
  expect(b.status).toMatchObject({ version: '1.2.3', failing: { log: 'not connected' }, counts: { sockets: 3 } });
  expect(await directory.ask(b.instance, 'rooms', { limit: 7 })).toEqual({ items: [], next: '7' });
  expect(await directory.ask(b.instance, 'drain', {})).toEqual({ leaving: true });
  expect(drained).toEqual(['b']);
  await expect(directory.ask(b.instance, 'rooms', { limit: 1e6 })).rejects.toMatchObject({ code: 'refused' });
  await expect(directory.ask(b.instance, 'sockets', { limit: 1 })).rejects.toMatchObject({ code: 'refused', message: 'a defect of the node' });
  expect(errors).toHaveLength(1);
  const left = nodes[1]!.instance;
  await leaving.close();
  await expect(directory.ask(left, 'status', {})).rejects.toMatchObject({ code: 'gone' });
  expect(await namesOf(directory)).toEqual({ nodes: ['a-2', 'b'], silent: [] });
});

test('one whose connection is gone without a word is missed, until another of its name has come', async () => {
  const { url } = await withNats();
  const directory = new NodeDirectory({ nats: await connect(url), region, answerWithinMs: 500 });
  const cut = await connect(url);
  serve(cut, reportOf('a', undefined, 1));
  await waitFor('it to be found', async () => (await directory.list()).nodes.length === 1);
  await cut.nc.close();
  expect(await namesOf(directory)).toEqual({ nodes: [], silent: ['a'] });
  serve(await connect(url), reportOf('a', undefined, 2));
  await waitFor('the other to be found', async () => (await directory.list()).nodes.length === 1);
  expect(await namesOf(directory)).toEqual({ nodes: ['a'], silent: [] });
});

test('a node that reaches NATS late is there from then on, and again after NATS was killed and has forgotten all signs', async () => {
  const server = await withNats();
  const directory = new NodeDirectory({ nats: await connect(server.url), region });
  const late = Promise.withResolvers<Nats>();
  const service = serve(late.promise, reportOf('late'));
  expect(await namesOf(directory)).toEqual({ nodes: [], silent: [] });
  late.resolve(await connect(server.url));
  await waitFor('it to be found', async () => (await directory.list()).nodes.length === 1);
  await server.kill();
  await server.restart();
  await waitFor('it to be found again', async () => (await directory.list()).nodes.length === 1, { deadlineMs: 20_000 });
  await service.close();
  expect(await namesOf(directory)).toEqual({ nodes: [], silent: [] });
});

test('one that is closed before it reached NATS never answers', async () => {
  const { url } = await withNats();
  const nats = await connect(url);
  const late = Promise.withResolvers<Nats>();
  const service = serve(late.promise, reportOf('early'));
  await service.close();
  late.resolve(nats);
  expect(await namesOf(new NodeDirectory({ nats, region, answerWithinMs: 300 }))).toEqual({ nodes: [], silent: [] });
});
