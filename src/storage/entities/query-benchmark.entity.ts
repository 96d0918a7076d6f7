import { Column, Entity, PrimaryColumn } from 'typeorm';
import { decimalNumber, epochMs, text, wholeNumber } from '../columns.js';

/** What a source query of a type usually costs. */
@Entity('query_benchmarks')
export class QueryBenchmark {
  @PrimaryColumn({ ...text, name: 'cache_type' })
  cacheType!: string;

  /** Arithmetic mean of `sampleCount` samples, in milliseconds. */
  @Column({ ...decimalNumber, name: 'avg_time_ms' })
  avgTimeMs!: number;

  @Column({ ...wholeNumber, name: 'sample_count' })
  sampleCount!: number;

  /** Epoch milliseconds. */
  @Column({ ...epochMs, name: 'last_updated' })
  lastUpdated!: number;
}
