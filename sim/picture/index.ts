/** The door of the picture: what a plant looks like. */
export { type Pictured, plantScene } from './scene.ts';
