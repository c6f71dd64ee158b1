import { waitUntil } from '@parley/servers';

const ANSWER_MS = 2_000;

export type Endpoint = { name: string; url: string };

/** Resolves once each answers 200; throws with the names of those that do not, and what they said. */
export const untilAnswers = async (endpoints: readonly Endpoint[], deadlineMs: number): Promise<void> => {
  const said = new Map<string, string>();
  const answers = async ({ name, url }: Endpoint): Promise<boolean> => {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
      const text = await response.text();
      if (response.ok) said.delete(name);
      else said.set(name, text.trim().slice(0, 500));
      return response.ok;
    } catch {
      said.set(name, 'no answer');
      return false;
    }
  };
  const all = await waitUntil(async () => (await Promise.all(endpoints.map(answers))).every(Boolean), deadlineMs, 100);
  if (!all) throw new Error(`not ready after ${deadlineMs} ms: ${[...said].map(([name, text]) => `${name} (${text})`).join(', ')}`);
};
