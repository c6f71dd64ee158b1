import { APPS, appVariables, type AppName } from './apps.ts';
import { VARIABLES, type Variable, type VariableName } from './variables.ts';

const code = (text: string): string => `\`${text}\``;

/** The Markdown table of every variable in docs/operations.md, which a test compares with it. */
export const configTable = (): string => {
  const apps = Object.keys(APPS) as AppName[];
  const rows = (Object.keys(VARIABLES) as VariableName[]).map((name) => {
    const variable: Variable = VARIABLES[name];
    const readers = apps.filter((app) => appVariables(app).variables.includes(name));
    const other = readers.flatMap((app) => {
      const fallback = appVariables(app).defaults?.[name];
      return fallback === undefined ? [] : [`${code(fallback)} in ${app}`];
    });
    const fallback = [variable.fallback === null ? '–' : code(variable.fallback), ...other].join(', ');
    return `| ${code(variable.env)} | ${fallback} | ${variable.unit || '–'} | ${readers.join(', ')} | ${variable.meaning}${variable.secret ? ' Secret.' : ''} |`;
  });
  return ['| variable | default | unit | read by | meaning |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
};
