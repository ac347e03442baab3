/** The door of the players. */
export { FrameStore, type Series } from './frameStore.ts';
export { type Asking, getJson, maybeJson, Refusal } from './http.ts';
export { openLive } from './live.ts';
export {
  type Capabilities,
  type Link,
  type Notice,
  type Player,
  type RunName,
  type SendCommand,
  type Shown,
  SPEEDS,
} from './player.ts';
export { openRecorded } from './recorded.ts';
