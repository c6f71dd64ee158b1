import { appVariables, type AppName, type APPS } from './apps.ts';
import { VARIABLES, type ValueOf, type Variable } from './variables.ts';

export type Config<A extends AppName> = { readonly [N in (typeof APPS)[A]['variables'][number]]: ValueOf<N> };

/** Names every variable that was wrong, and why; never its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** What `app` is told by its environment. Throws {@link ConfigError}. */
export const loadConfig = <A extends AppName>(app: A, env: NodeJS.ProcessEnv = process.env): Config<A> => {
  const { variables, defaults = {} } = appVariables(app);
  const config: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const name of variables) {
    const variable: Variable = VARIABLES[name];
    const given = env[variable.env];
    const raw = given === undefined || given === '' ? (defaults[name] ?? variable.fallback) : given;
    config[name] = undefined;
    if (raw === null) continue;
    const parsed = variable.schema.safeParse(raw);
    // Zod's own messages never carry the value; ours above do not either.
    if (parsed.success) config[name] = parsed.data;
    else problems.push(`${variable.env}: ${parsed.error.issues.map((issue) => issue.message).join('; ')}`);
  }
  if (problems.length > 0) throw new ConfigError(`the environment is wrong: ${problems.join(' · ')}`);
  return config as Config<A>;
};

/** As `loadConfig`, for a `main.ts`: says what is wrong on stderr and leaves. */
export const loadConfigOrExit = <A extends AppName>(app: A, env: NodeJS.ProcessEnv = process.env): Config<A> => {
  try {
    return loadConfig(app, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`parley ${app} does not start: ${error.message}\n`);
    process.exit(78); // EX_CONFIG
  }
};
