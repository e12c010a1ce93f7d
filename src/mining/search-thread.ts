// The program of a thread that searches for associations and rules, one search after the other; does nothing in any other place.
import { serve } from '../base/threads.ts';
import { answerTo } from './searches.ts';

serve(answerTo);
