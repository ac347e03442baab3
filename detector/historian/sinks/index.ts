/** The door of sinks, apart from the historian’s: a client of another database is loaded only by who has one. */
export { copyToPostgres, type PostgresChoice, type Sunk } from './postgres.ts';
