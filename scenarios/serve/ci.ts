/** Whether nobody is there to press Ctrl-C: build servers say so in the environment. */
export function inCi(): boolean {
  return process.env['CI'] === 'true' || process.env['CI'] === '1';
}
