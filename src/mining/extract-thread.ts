// The program of the threads that extract sessions: an entry of the bundle; does nothing outside of such a thread.
import { serve } from '../base/threads.ts';
import { extractPiece } from './extract-piece.ts';

serve(extractPiece, ({ bytes }) => [bytes.buffer]);
