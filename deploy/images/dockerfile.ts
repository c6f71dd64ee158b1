/** A Dockerfile as far as ours goes: stages of instructions, and what .dockerignore leaves of the context. */

export type Instruction =
  | { kind: 'run'; command: string }
  | { kind: 'copy'; from: string | null; sources: string[]; target: string }
  | { kind: 'set'; name: 'workdir' | 'user' | 'stopsignal' | 'expose' | 'volume'; value: string }
  | { kind: 'entrypoint'; argv: string[] }
  | { kind: 'env'; name: string; value: string };

export type Stage = { name: string; from: string; instructions: Instruction[] };

const SETTINGS = { WORKDIR: 'workdir', USER: 'user', STOPSIGNAL: 'stopsignal', EXPOSE: 'expose', VOLUME: 'volume' } as const;
const isSetting = (word: string): word is keyof typeof SETTINGS => word in SETTINGS;

const parseCopy = (rest: string): Instruction => {
  const words = rest.split(/\s+/);
  const flags = words.filter((word) => word.startsWith('--'));
  const from = flags.find((flag) => flag.startsWith('--from='))?.slice('--from='.length) ?? null;
  if (flags.length > (from === null ? 0 : 1)) throw new Error(`a flag of COPY that is not understood: ${rest}`);
  const paths = words.filter((word) => !word.startsWith('--'));
  return { kind: 'copy', from, sources: paths.slice(0, -1), target: paths.at(-1) ?? '' };
};

const parseInstruction = (word: string, rest: string): Instruction => {
  if (isSetting(word)) return { kind: 'set', name: SETTINGS[word], value: rest };
  if (word === 'RUN') return { kind: 'run', command: rest.replace(/^(--mount=\S+\s+)+/, '') };
  if (word === 'COPY') return parseCopy(rest);
  // The other form would put a shell before node, which passes no signal on.
  if (word === 'ENTRYPOINT') return { kind: 'entrypoint', argv: JSON.parse(rest) as string[] };
  const [, name, value] = word === 'ENV' ? /^(\w+)=(\S*)$/.exec(rest) ?? [] : [];
  if (name === undefined || value === undefined) throw new Error(`an instruction that is not understood: ${word} ${rest}`);
  return { kind: 'env', name, value };
};

export const parseDockerfile = (text: string): Stage[] => {
  const stages: Stage[] = [];
  const args = new Map<string, string>();
  const lines = text.replaceAll(/\\\n\s*/g, ' ').split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  for (const line of lines) {
    const [, word = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    const stage = stages.at(-1);
    if (word === 'ARG') {
      const [name = '', value = ''] = rest.split('=');
      args.set(name, value);
    } else if (word === 'FROM') {
      const [, from = '', name = ''] = /^(\S+) AS (\S+)$/.exec(rest) ?? [];
      stages.push({ name, from: from.replaceAll(/\$\{(\w+)\}/g, (_, arg: string) => args.get(arg) ?? ''), instructions: [] });
    } else if (stage) {
      stage.instructions.push(parseInstruction(word, rest));
    } else {
      throw new Error(`an instruction before the first FROM: ${line}`);
    }
  }
  return stages;
};

const toPattern = (glob: string): RegExp =>
  new RegExp(`^${glob.replace(/^\//, '').replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('**/', '\0').replaceAll('*', '[^/]*').replaceAll('\0', '(?:.*/)?')}$`);

/** Whether .dockerignore keeps a path (a file's, with `/`) out of the context: the last line that names it, or a folder it is in, decides. */
export const parseDockerignore = (text: string): ((path: string) => boolean) => {
  const rules = text.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => (line.startsWith('!') ? { ignores: false, pattern: toPattern(line.slice(1)) } : { ignores: true, pattern: toPattern(line) }));
  return (path) => {
    const parts = path.split('/');
    const paths = parts.map((_, at) => parts.slice(0, at + 1).join('/'));
    return rules.findLast(({ pattern }) => paths.some((each) => pattern.test(each)))?.ignores ?? false;
  };
};
