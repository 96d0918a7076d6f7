import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Duration } from 'nestjs-reports-cache';
import { z } from 'zod';

/** What the environment decides. */
export interface Settings {
  /** `PORT`; 0 takes a free one. Default 3000. */
  readonly port: number;
  /** The ERP's database file, in the folder `SUPERSTORE_DATA`. Default folder `examples/superstore/data`. */
  readonly ledgerPath: string;
  /** The folder of the cache's own file, beside the ERP's. */
  readonly cacheFolder: string;
  /** `DATABASE_URL`: where the cache is kept instead, in a PostgreSQL. Default: its own file. */
  readonly databaseUrl: string | undefined;
  /** `SUPERSTORE_SCHEMA`: the schema there. Default `superstore`. */
  readonly databaseSchema: string;
  /** `SUPERSTORE_YEARS`: how many years follow the four real ones, 2018 being the first. Default 8, so up to 2025. */
  readonly furtherYears: number;
  /** `SUPERSTORE_WARM_UP_AFTER`: how long after an order its reports are made again. Default `5s`. */
  readonly warmUpAfter: Duration;
}

const environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  SUPERSTORE_DATA: z
    .string()
    .min(1)
    .default(fileURLToPath(new URL('../data', import.meta.url))),
  SUPERSTORE_YEARS: z.coerce.number().int().min(0).max(20).default(8),
  DATABASE_URL: z.string().min(1).optional(),
  SUPERSTORE_SCHEMA: z.string().min(1).default('superstore'),
  SUPERSTORE_WARM_UP_AFTER: z.string().min(1).default('5s'),
});

/** @throws {z.ZodError} naming every variable that cannot be used. */
export function readSettings(variables: NodeJS.ProcessEnv): Settings {
  const {
    PORT,
    DATABASE_URL,
    SUPERSTORE_SCHEMA,
    SUPERSTORE_DATA,
    SUPERSTORE_YEARS,
    SUPERSTORE_WARM_UP_AFTER,
  } = environment.parse(variables);
  return {
    port: PORT,
    ledgerPath: join(SUPERSTORE_DATA, 'erp.sqlite'),
    cacheFolder: join(SUPERSTORE_DATA, 'cache'),
    databaseUrl: DATABASE_URL,
    databaseSchema: SUPERSTORE_SCHEMA,
    furtherYears: SUPERSTORE_YEARS,
    // The module refuses what is no duration, by the option's name.
    warmUpAfter: SUPERSTORE_WARM_UP_AFTER as Duration,
  };
}
