// What a fault was, as a sentence for people; judges nothing.
import type { Fault } from './fault.ts';
import type { Server } from './server.ts';

/** Names the server and what it said. A server that repeats the key in its error does not get it into a transcript. */
export function faultWords(fault: Fault, { where, auth }: Pick<Server, 'where' | 'auth'>): string {
  const names = [fault.status, fault.type, fault.code].filter((name) => name !== undefined && name !== '');
  const said = [...new Set(names)].join(' ');
  const sentence = `${where}: ${said}${said !== '' && fault.message !== '' ? ': ' : ''}${fault.message}`;
  const secret = auth === undefined ? undefined : 'key' in auth ? auth.key : auth.token;
  return secret === undefined || secret.length < 8 ? sentence : sentence.replaceAll(secret, '[key]');
}

/** The name that the API has for a fault, where it gave one. */
export function faultCode(fault: Fault | undefined): { code?: string } {
  const code = fault?.code ?? fault?.type;
  return code === undefined ? {} : { code };
}
