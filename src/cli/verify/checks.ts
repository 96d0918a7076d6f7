import type { FileInspection } from '../../storage/repositories/file-inspection.js';
import type { Check, Finding } from './check.js';

const INDEX_FAULT = /\bindex\b/;

/** Index faults alone leave all rows readable; behind any other, no row can be believed. */
export const isIndexFault = ({ subject }: Finding): boolean => INDEX_FAULT.test(subject);

/** Pages, rows and indexes, by SQLite's own check. */
export const fileCheck = (inspection: FileInspection): Check => ({
  name: 'file',
  async find() {
    const faults = await inspection.findFileFaults();
    return faults.map((subject) => ({ problem: 'SQLite finds a fault', subject }));
  },
  async repair(store, findings) {
    // While an index is built nobody can write, and an app that waits for longer than its busy timeout stores nothing.
    if (!findings.every(isIndexFault) || (await store.countProcesses()) > 0) return findings;
    await inspection.rebuildIndexes();
    return this.find(store, UNSEEN);
  },
});

/** Tables, indexes and triggers, by what the migrations make of an empty database. */
export const schemaCheck = (inspection: FileInspection): Check => ({
  name: 'schema',
  async find() {
    const faults = await inspection.findSchemaFaults();
    return faults.map(({ type, name, fault }) => ({ problem: `is ${fault}`, subject: `${type} ${name}` }));
  },
  async repair(store) {
    await inspection.createMissing(await inspection.findSchemaFaults());
    return this.find(store, UNSEEN);
  },
});

/** The checksum of every entry. */
export const entriesCheck: Check = {
  name: 'entries',
  async find({ scan }, { signal, bar }) {
    const findings: Finding[] = [];
    for await (const { key, entry } of scan.entries()) {
      signal.throwIfAborted();
      bar.advance();
      if (entry === undefined) findings.push({ problem: 'the checksum does not match', subject: key });
    }
    return findings;
  },
  async repair({ entries, scan, database }, findings) {
    // As an app does: whoever finds a damaged row removes it, unless it has been replaced since.
    for (const { subject } of findings) await entries.find(subject);
    await database.write(() => Promise.resolve());
    const looked = await Promise.all(findings.map(({ subject }) => scan.find(subject)));
    return findings.filter(
      (_finding, index) => looked[index] !== undefined && looked[index].entry === undefined,
    );
  },
};

/** Totals, and rows that belong to no entry. */
export const bookkeepingCheck = (inspection: FileInspection): Check => ({
  name: 'totals',
  async find() {
    const faults = await inspection.findBookkeepingFaults();
    return faults.map(({ what, rows }) => ({ problem: what, subject: '', rows }));
  },
  async repair(store) {
    await inspection.mendBookkeeping();
    return this.find(store, UNSEEN);
  },
});

const UNSEEN = { signal: new AbortController().signal, bar: { advance: () => {} } };
