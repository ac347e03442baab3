/** The door of the bus: NATS addresses, and what is said on it. Connecting has a door of its own. */
export {
  isNatsUrl,
  type NatsAddress,
  type NatsIdentity,
  readNatsAddress,
  withoutSecrets,
} from './address.ts';
export {
  ALIVE_EVERY_S,
  aliveOf,
  BUS_VERSION,
  type BusEnd,
  type BusHello,
  type BusKind,
  busEndSchema,
  busHelloSchema,
  channelSubjects,
  streamOf,
  subjectOf,
} from './channel.ts';
