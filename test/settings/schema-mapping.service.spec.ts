import { beforeEach, describe, expect, it, test } from 'vitest';
import { type CompanyId } from '../../src/common/company-id.js';
import { InvalidArgumentError } from '../../src/common/errors.js';
import { SchemaMappingService } from '../../src/settings/schema-mapping.service.js';
import { SchemaMappingRepository } from '../../src/storage/repositories/schema-mapping.repository.js';
import { ManualClock } from '../support/manual-clock.js';
import { openDatabase } from '../support/open-database.js';

let table: SchemaMappingRepository;
let mappings: SchemaMappingService;
let clock: ManualClock;

beforeEach(async () => {
  clock = new ManualClock();
  table = new SchemaMappingRepository(await openDatabase());
  mappings = new SchemaMappingService(table, clock);
});

describe('the schema of a company', () => {
  it('is undefined until it is set', async () => {
    expect(await mappings.get(7)).toBeUndefined();
    await mappings.set(7, 'ERP_7');
    expect(await mappings.get(7)).toBe('ERP_7');
    expect(await mappings.get(8)).toBeUndefined();
  });

  it('is the same for 7 and "7"', async () => {
    await mappings.set('7', 'ERP_7');
    expect(await mappings.get(7)).toBe('ERP_7');
  });

  it('never expires', async () => {
    await mappings.set(7, 'ERP_7');
    clock.advance(50 * 365 * 24 * 3_600_000);
    expect(await mappings.get(7)).toBe('ERP_7');
  });

  it('fault 7: keeps the time it was first set, and stamps when it was last verified', async () => {
    const created = clock.now();
    await mappings.set(7, 'ERP_OLD');
    clock.advance(1_000);
    await mappings.set(7, 'ERP_7');
    expect(await table.find('7')).toEqual({
      companyId: '7',
      schema: 'ERP_7',
      createdAt: created,
      lastVerified: created + 1_000,
    });
  });

  test.each<[string, unknown, unknown]>([
    ['companyId', '', 'ERP'],
    ['companyId', undefined, 'ERP'],
    ['companyId', null, 'ERP'],
    ['companyId', 1.5, 'ERP'],
    ['companyId', {}, 'ERP'],
    ['schema', 7, ''],
    ['schema', 7, null],
    ['schema', 7, 'x'.repeat(201)],
  ])('is refused with a wrong %s: %o, %o', async (argument, companyId, schema) => {
    const setting = mappings.set(companyId as CompanyId, schema as string);
    await expect(setting).rejects.toThrow(InvalidArgumentError);
    await expect(setting).rejects.toThrow(new RegExp(`^${argument} `));
    expect(await table.all()).toEqual([]);
  });

  it('cannot be asked for what is no company', async () => {
    await expect(mappings.get(NaN)).rejects.toThrow(InvalidArgumentError);
  });
});
