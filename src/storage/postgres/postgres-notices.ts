import { type ResolvedPostgresOptions } from '../../common/options.js';
import { type Database } from '../database.js';
import { createListeningClient } from './listening-client.js';
import { PostgresNoticeChannel } from './notice-channel.js';

/** The channel on which the triggers of the schema tell of news; it is called like the schema. */
export function postgresNotices(options: ResolvedPostgresOptions, database: Database): PostgresNoticeChannel {
  const channel = options.schema;
  return new PostgresNoticeChannel({
    channel,
    createClient: () => createListeningClient(options),
    publish: async (text) => {
      await database.read((_manager, sql) => sql.all('SELECT pg_notify(?, ?)', [channel, text]));
    },
  });
}
