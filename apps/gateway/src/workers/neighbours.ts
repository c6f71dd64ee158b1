import { request, type Agent } from 'node:http';
import type { Place } from './place.ts';

/** A worker that takes longer to answer another is left out. */
const ANSWER_MS = 1_000;

/** The body of a 200 of whoever listens on the Unix socket; `null` for anything else. */
const ask = (agent: Agent, socketPath: string, path: string): Promise<string | null> =>
  new Promise((resolve) => {
    const asked = request({ agent, socketPath, path, signal: AbortSignal.timeout(ANSWER_MS) }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.on('error', () => resolve(null));
      response.on('end', () => resolve(response.statusCode === 200 ? body : null));
    });
    asked.on('error', () => resolve(null));
    asked.end();
  });

/** What the other workers of this gateway answer; those that do not are left out. */
export const askNeighbours = async (agent: Agent, place: Place, path: string): Promise<string[]> => {
  const others = Array.from({ length: place.of }, (_, index) => index + 1).filter((number) => number !== place.number);
  const answers = await Promise.all(others.map((number) => ask(agent, place.door(number), path)));
  return answers.filter((answer) => answer !== null);
};
