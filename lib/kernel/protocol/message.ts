/**
 * Jupyter's wire protocol: a message is a list of frames, signed with the connection's key.
 *
 *   [identities..., "<IDS|MSG>", HMAC-SHA256, header, parent header, metadata, content, buffers...]
 *
 * Used on both sides: by the kernel and by the client that starts one.
 */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

/** The version spoken, of which the last addition is the welcome to whoever subscribes. */
export const PROTOCOL = '5.4';

export type Json = { readonly [key: string]: unknown };

export type Header = {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly version: string;
};

export type Message = {
  /** Routing prefix of ZeroMQ: to whom a reply goes. */
  readonly identities: readonly Uint8Array[];
  readonly header: Header;
  readonly parent: Partial<Header>;
  readonly metadata: Json;
  readonly content: Json;
};

/** The file that tells a kernel where to listen and how to sign. */
export type Connection = {
  readonly transport: string;
  readonly ip: string;
  readonly key: string;
  readonly shell_port: number;
  readonly control_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly hb_port: number;
  readonly signature_scheme?: string;
};

export type Channel = 'shell' | 'control' | 'iopub' | 'stdin' | 'hb';

const DELIMITER = '<IDS|MSG>';

export function address(connection: Connection, channel: Channel): string {
  const { transport, ip } = connection;
  return `${transport}://${ip}${transport === 'ipc' ? '-' : ':'}${connection[`${channel}_port`]}`;
}

export function newHeader(type: string, session: string): Header {
  return { msg_id: randomUUID(), msg_type: type, session, username: 'fovea', date: new Date().toISOString(), version: PROTOCOL };
}

export function newMessage(type: string, content: Json, session: string): Message {
  return { identities: [], header: newHeader(type, session), parent: {}, metadata: {}, content };
}

/** A message caused by `parent`: a reply to it, or something its execution publishes. */
export function childOf(parent: Message, type: string, content: Json, metadata: Json = {}): Message {
  return { identities: parent.identities, header: newHeader(type, parent.header.session), parent: parent.header, metadata, content };
}

export function encode(message: Message, key: string): (Uint8Array | string)[] {
  const parts = [message.header, message.parent, message.metadata, message.content].map((part) => JSON.stringify(part));
  return [...message.identities, DELIMITER, sign(parts, key), ...parts];
}

/** Throws on a message that is not whole, or not signed with `key`. */
export function decode(frames: readonly Uint8Array[], key: string): Message {
  const buffers = frames.map((frame) => Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength));
  const at = buffers.findIndex((frame) => frame.toString('latin1') === DELIMITER);
  if (at < 0 || buffers.length < at + 6)
    throw new Error(`message: expected identities, ${DELIMITER}, signature and 4 parts, got ${frames.length} frames`);
  const parts = buffers.slice(at + 2, at + 6);
  const wanted = Buffer.from(sign(parts, key));
  const found = buffers[at + 1]!;
  if (wanted.length !== found.length || !timingSafeEqual(wanted, found)) throw new Error('message: wrong signature');
  const [header, parent, metadata, content] = parts.map((part) => JSON.parse(part.toString('utf8')));
  const whole = [header, parent, metadata, content].every((part) => typeof part === 'object' && part !== null);
  if (!whole || typeof header.msg_type !== 'string' || typeof header.msg_id !== 'string')
    throw new Error('message: expected four objects, the first with msg_id and msg_type');
  return { identities: frames.slice(0, at), header, parent, metadata, content };
}

function sign(parts: readonly (Uint8Array | string)[], key: string): string {
  if (key === '') return ''; // Jupyter's way to switch signing off
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest('hex');
}
