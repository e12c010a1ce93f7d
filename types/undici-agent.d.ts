// The type of the one module of undici that is loaded by itself (src/model/client.ts); declares nothing else.
declare module 'undici/lib/dispatcher/agent.js' {
  import { Agent } from 'undici';
  export = Agent;
}
