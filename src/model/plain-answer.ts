// A server's answer with as much of a `Response` as the SDK reads: status, headers, bytes as they come; asks nobody and keeps nothing.

export interface AnswerHead {
  status: number;
  statusText: string;
  headers: Headers;
  url: string;
}

/**
 * An answer whose body is read once, as an async iterable. Web streams, which a real `Response` is made of, cost more than all
 * the rest of a short request; what the SDK reads of one is here, and `clone`, `blob` and the like are not.
 */
export function plainAnswer(head: AnswerHead, body: AsyncIterable<Uint8Array>): Response {
  return new PlainAnswer(head, body) as unknown as Response; // its readers are the SDK and our tap, see above
}

class PlainAnswer implements AnswerHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly url: string;
  readonly ok: boolean;
  readonly body: AsyncIterable<Uint8Array>;

  constructor({ status, statusText, headers, url }: AnswerHead, body: AsyncIterable<Uint8Array>) {
    this.status = status;
    this.statusText = statusText;
    this.headers = headers;
    this.url = url;
    this.ok = status >= 200 && status < 300;
    this.body = body;
  }

  async text(): Promise<string> {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of this.body) text += decoder.decode(chunk, { stream: true });
    return text + decoder.decode();
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }
}
