// The program of the threads that read new transcripts for the index: an entry of the bundle; does nothing outside of such a thread.
import { serve } from '../base/threads.ts';
import { summarizePiece } from './summary-piece.ts';

serve(summarizePiece);
