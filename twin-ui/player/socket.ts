/** A WebSocket that comes back by itself, a little later each time, until it is closed for good. */
const FIRST_ms = 400;
const LONGEST_ms = 5000;

export interface Hearing {
  open?(): void;
  text?(text: string): void;
  bytes?(bytes: ArrayBuffer): void;
  lost?(because: string): void;
}

export function listen(url: string, hearing: Hearing): { close(): void } {
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait_ms = FIRST_ms;
  let closed = false;
  const connect = () => {
    socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      wait_ms = FIRST_ms;
      hearing.open?.();
    };
    socket.onmessage = (e: MessageEvent) => {
      if (typeof e.data === 'string') hearing.text?.(e.data);
      else hearing.bytes?.(e.data as ArrayBuffer);
    };
    socket.onclose = (e: CloseEvent) => {
      if (closed) return;
      hearing.lost?.(e.reason);
      timer = setTimeout(connect, wait_ms);
      wait_ms = Math.min(LONGEST_ms, wait_ms * 1.6);
    };
  };
  connect();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
      socket?.close();
    },
  };
}
