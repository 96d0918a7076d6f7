import { Column, Entity, PrimaryColumn } from 'typeorm';
import { epochMs, flag, text } from '../columns.js';

/** Whether the cache is on for one user. A user without a row has it on. Times are epoch milliseconds. */
@Entity('user_cache_settings')
export class UserCacheSetting {
  @PrimaryColumn({ ...text, name: 'username' })
  username!: string;

  @Column({ ...flag, name: 'cache_enabled', default: true })
  cacheEnabled!: boolean;

  @Column({ ...epochMs, name: 'created_at' })
  createdAt!: number;

  @Column({ ...epochMs, name: 'updated_at' })
  updatedAt!: number;
}
