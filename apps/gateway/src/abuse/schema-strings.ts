import type { z } from 'zod';

type Node = z.core.$ZodType & { _zod: { def: Record<string, unknown> } };
type Path = readonly (string | number)[];

/** The schemas right below one, by what leads there. A list is led into by its first item. */
const below = (schema: Node): [Path, Node][] => {
  const { def } = schema._zod;
  const at = (path: Path, value: unknown): [Path, Node][] => (value ? [[path, value as Node]] : []);
  return [
    ...Object.entries((def['shape'] as Record<string, Node> | undefined) ?? {}).map(([field, child]): [Path, Node] => [[field], child]),
    ...((def['options'] as Node[] | undefined) ?? []).map((child): [Path, Node] => [[], child]),
    ...((def['items'] as Node[] | undefined) ?? []).map((child, index): [Path, Node] => [[index], child]),
    ...at([0], def['element']), ...at([], def['innerType']), ...at([], def['in']), ...at([], def['out']),
  ];
};

const isString = ({ _zod: { def } }: Node): boolean => def['type'] === 'string';

const walk = (schema: Node, path: Path = []): [Path, Node][] => [[path, schema], ...below(schema).flatMap(([step, child]) => walk(child, [...path, ...step]))];

/** Every place in it that takes a text, and the schema of that. */
export const stringsOf = (schema: z.core.$ZodType): [Path, z.core.$ZodType][] => walk(schema as Node).filter(([, node]) => isString(node));

/** Every pattern that a text in it is held against. */
export const patternsOf = (schema: z.core.$ZodType): RegExp[] =>
  walk(schema as Node).filter(([, node]) => isString(node)).flatMap(([, { _zod: { def } }]) => {
    const checks = (def['checks'] as { _zod: { def: { pattern?: RegExp } } }[] | undefined) ?? [];
    return checks.flatMap((check) => check._zod.def.pattern ?? []);
  });

/** An object that has `value` there, and nothing else. */
export const withAt = (path: Path, value: unknown): unknown =>
  path.reduceRight<unknown>((inner, step) => (typeof step === 'number' ? Object.assign([], { [step]: inner }) : { [step]: inner }), value);
