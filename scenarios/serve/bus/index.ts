/** The door of a plant on a bus; apart from the live twin's, because few need NATS. */
export { Bus, type BusOptions, openBus } from './publish.ts';
