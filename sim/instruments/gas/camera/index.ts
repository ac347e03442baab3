/** The door of the cameras: what they see, and the pictures that they make of it. */
export { type InfraredImage, PER_BOND, takeInfrared } from './infrared.ts';
export { infraredPicture, type Picture, visiblePicture } from './picture.ts';
export { compileReach } from './reach.ts';
export { type CameraPlace, type CameraView, compileView, SEEN } from './view.ts';
export { condensed_kg_m2, takeVisible, veilOf } from './visible.ts';
