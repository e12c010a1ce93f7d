// The program of the threads that check transcripts: an entry of the bundle; does nothing outside of such a thread.
import { serve } from '../base/threads.ts';
import { verifyPiece } from './verify.ts';

serve(verifyPiece);
