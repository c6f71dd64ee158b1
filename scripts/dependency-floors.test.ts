import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** The oldest versions without a hole that is publicly known; and what is not to come in at all. */
const FLOORS: Record<string, string> = {
  'engine.io': '6.6.10',
  'socket.io-parser': '4.2.7',
  ws: '8.21.1',
  // Before, `none` and keys of the wrong kind got through (CVE-2022-23529, -23539, -23540, -23541).
  jsonwebtoken: '9.0.0',
  // Before, a signature of HMAC could be got past (CVE-2025-65945).
  jws: '3.2.3',
};

const parts = (version: string): number[] => version.split(/[.-]/).slice(0, 3).map(Number);
/** A version before a release (`8.21.1-rc.1`) is older than it. */
const isBelow = (version: string, floor: string): boolean => {
  const [left, right] = [parts(version), parts(floor)];
  const at = left.findIndex((part, index) => part !== right[index]);
  return at < 0 ? version.includes('-') : !((left[at] ?? 0) > (right[at] ?? 0));
};

type Lock = { packages: Record<string, { version?: string; link?: boolean }> };
const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as Lock;
const copiesOf = (name: string): [string, string][] =>
  Object.entries(lock.packages).flatMap(([path, { version }]): [string, string][] => (path.endsWith(`node_modules/${name}`) && version !== undefined ? [[path, version]] : []));

describe('what is installed', () => {
  it.each(Object.entries(FLOORS))('has every copy of %s at %s or above', (name, floor) => {
    const copies = copiesOf(name);
    expect(copies.length).toBeGreaterThan(0);
    expect(copies.filter(([, version]) => isBelow(version, floor))).toEqual([]);
  });

  it('is told apart by numbers', () => {
    for (const [version, floor, below] of [['8.21.0', '8.21.1', true], ['8.21.1', '8.21.1', false], ['8.9.9', '8.21.1', true], ['8.100.0', '8.21.1', false], ['9.0.0', '8.21.1', false], ['7.99.99', '8.21.1', true], ['8.21.1-rc.1', '8.21.1', true], ['8.21.2-rc.1', '8.21.1', false]] as const) {
      expect(isBelow(version, floor), `${version} below ${floor}`).toBe(below);
    }
  });
});
