import sqlite3 from 'sqlite3';

/** Holds the write lock of a database until it is told to let go. */
const [path = ''] = process.argv.slice(2);
const database = new sqlite3.Database(path);
database.run('BEGIN IMMEDIATE', () => process.send?.('held'));
process.on('message', () => database.run('ROLLBACK', () => process.exit()));
