/** A kernel and bare sockets, for what a well-behaved client never sends and for the channels that ours does not use. */
import { randomUUID } from 'node:crypto';
import { Dealer, Subscriber } from 'zeromq';
import { type KernelExit, spawnKernel } from '../../lib/kernel/protocol/kernelProcess';
import { address, type Channel, decode, encode, type Json, type Message, newMessage } from '../../lib/kernel/protocol/message';
import { here, sleep } from './running';

export type Frames = (Uint8Array | string)[];

export type RawKernel = {
  readonly key: string;
  readonly pid: number;
  readonly exited: Promise<KernelExit>;
  readonly sendFrames: (channel: Channel, frames: Frames) => Promise<void>;
  /** Sends a message, and returns its id. */
  readonly send: (channel: Channel, type: string, content: Json, parent?: Message) => Promise<string>;
  /** The first message that fits, of those that came and those that will; fails after 20 s. */
  readonly heard: (channel: Channel, type: string, parent?: string) => Promise<Message>;
  /** Sends a request and waits for its reply. */
  readonly ask: (channel: 'shell' | 'control', type: string, content?: Json) => Promise<Message>;
  /** All that came so far. */
  readonly received: (channel: Channel) => readonly Message[];
  /** Another listener, with what it hears. */
  readonly listen: (topic: string) => readonly Message[];
  readonly kill: () => Promise<KernelExit>;
};

export async function rawKernel(): Promise<RawKernel> {
  const { connection, exited, kill, pid } = spawnKernel(here, {});
  const { key } = connection;
  const session = randomUUID();
  let dead: KernelExit | undefined;
  void exited.then((exit) => {
    dead = exit;
  });
  const sockets: (Dealer | Subscriber)[] = [];
  const inboxes = new Map<Channel, Message[]>();
  const receive = async (socket: Dealer | Subscriber, inbox: Message[]): Promise<void> => {
    for await (const frames of socket) inbox.push(decode(frames, key));
  };
  const subscribe = (topic: string): Message[] => {
    const inbox: Message[] = [];
    const socket = new Subscriber({ linger: 0 });
    socket.subscribe(topic);
    socket.connect(address(connection, 'iopub'));
    sockets.push(socket);
    receive(socket, inbox).catch(() => {}); // closed
    return inbox;
  };
  const dealers = new Map<Channel, Dealer>();
  for (const channel of ['shell', 'control', 'stdin'] as const) {
    const socket = new Dealer({ linger: 0, routingId: session });
    socket.connect(address(connection, channel));
    sockets.push(socket);
    dealers.set(channel, socket);
    inboxes.set(channel, []);
    receive(socket, inboxes.get(channel)!).catch(() => {});
  }
  inboxes.set('iopub', subscribe(''));

  const kernel: RawKernel = {
    key,
    pid,
    exited,
    sendFrames: (channel, frames) => dealers.get(channel)!.send(frames),
    send: async (channel, type, content, parent) => {
      const message = { ...newMessage(type, content, session), ...(parent ? { parent: parent.header } : {}) };
      await kernel.sendFrames(channel, encode(message, key));
      return message.header.msg_id;
    },
    heard: async (channel, type, parent) => {
      for (const end = Date.now() + 20_000; Date.now() < end && !dead; await sleep(10)) {
        const found = inboxes
          .get(channel)!
          .find((message) => message.header.msg_type === type && (parent === undefined || message.parent.msg_id === parent));
        if (found) return found;
      }
      throw new Error(
        `expected ${type} on ${channel}, ${dead ? `the kernel ended by ${dead.signal ?? dead.code}` : 'none came within 20 s'}`,
      );
    },
    ask: async (channel, type, content = {}) => {
      const id = await kernel.send(channel, `${type}_request`, content);
      return kernel.heard(channel, `${type}_reply`, id);
    },
    received: (channel) => inboxes.get(channel)!,
    listen: subscribe,
    kill: async () => {
      kill();
      const exit = await exited;
      for (const socket of sockets) socket.close();
      return exit;
    },
  };
  await kernel.heard('iopub', 'iopub_welcome');
  return kernel;
}
