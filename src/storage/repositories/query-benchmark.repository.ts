import { type Database } from '../database.js';
import { QueryBenchmark } from '../entities/query-benchmark.entity.js';

/** What a source query of each type usually costs. */
export class QueryBenchmarkRepository {
  constructor(private readonly database: Database) {}

  find(type: string): Promise<QueryBenchmark | null> {
    return this.database.read((manager) => manager.findOneBy(QueryBenchmark, { cacheType: type }));
  }

  all(): Promise<QueryBenchmark[]> {
    return this.database.read((manager) => manager.find(QueryBenchmark, { order: { cacheType: 'ASC' } }));
  }

  /** Replaces the figure of a type. `now` in epoch milliseconds. */
  async save(type: string, avgTimeMs: number, sampleCount: number, now: number): Promise<void> {
    await this.database.write((_manager, sql) => sql.run(SAVE, [type, avgTimeMs, sampleCount, now]));
  }

  /**
   * Adds samples to the running mean, in one statement: two processes that add at once lose none.
   * `totalMs` is the sum of the `count` new samples; a count of 0 changes nothing.
   */
  async addSamples(type: string, totalMs: number, count: number, now: number): Promise<void> {
    if (count <= 0) return;
    await this.database.write((_manager, sql) => sql.run(ADD_SAMPLES, [type, totalMs / count, count, now]));
  }
}

const INSERT =
  'INSERT INTO query_benchmarks (cache_type, avg_time_ms, sample_count, last_updated) VALUES (?, ?, ?, ?)';

const SAVE = `${INSERT}
  ON CONFLICT (cache_type) DO UPDATE SET
    avg_time_ms = excluded.avg_time_ms, sample_count = excluded.sample_count, last_updated = excluded.last_updated`;

const ADD_SAMPLES = `${INSERT}
  ON CONFLICT (cache_type) DO UPDATE SET
    avg_time_ms = (query_benchmarks.avg_time_ms * query_benchmarks.sample_count
                   + excluded.avg_time_ms * excluded.sample_count)
                  / (query_benchmarks.sample_count + excluded.sample_count),
    sample_count = query_benchmarks.sample_count + excluded.sample_count,
    last_updated = excluded.last_updated`;
