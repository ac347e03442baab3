/** The door of frames from a bus; apart from the others, because few need NATS. */
export { type NatsSource, type NatsSourceOptions, natsSource } from './nats.ts';
