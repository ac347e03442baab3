/** What a peer did that was refused, in sentences, for GET /api/status: a Modbus exception has no room for a reason. */
export class Notices {
  static readonly KEPT = 50;
  readonly recent: string[] = [];

  add(sentence: string): void {
    this.recent.push(sentence);
    if (this.recent.length > Notices.KEPT) this.recent.shift();
  }
}
