// Made and published two-by-two tables that several tests share.
import fc from 'fast-check';
import type { TwoByTwo } from '../../src/statistics/two-by-two.ts';

export function table(a: number, b: number, c: number, d: number): TwoByTwo {
  return { a, b, c, d };
}

/** Any table of at most `most` in a cell, empty rows and columns among them. */
export function tables(most: number): fc.Arbitrary<TwoByTwo> {
  return fc.record({ a: fc.nat(most), b: fc.nat(most), c: fc.nat(most), d: fc.nat(most) });
}

/** Admissions to Berkeley by department: men admitted and rejected, women admitted and rejected (Bickel et al. 1975; R's UCBAdmissions). */
export const BERKELEY = [
  table(512, 313, 89, 19),
  table(353, 207, 17, 8),
  table(120, 205, 202, 391),
  table(138, 279, 131, 244),
  table(53, 138, 94, 299),
  table(22, 351, 24, 317),
];

/** Rabbits by dose of penicillin: at once, cured and died; after 1.5 hours, cured and died (Mantel 1963; Agresti 1990, p. 231). */
export const RABBITS = [table(0, 6, 0, 5), table(3, 3, 0, 6), table(6, 0, 2, 4), table(5, 1, 6, 0), table(2, 0, 5, 0)];

/** Smoking and lung cancer in eight Chinese cities (Liu 1992; Agresti 1996, table 3.3). */
export const CITIES = [
  table(126, 100, 35, 61),
  table(908, 688, 497, 807),
  table(913, 747, 336, 598),
  table(235, 172, 58, 121),
  table(402, 308, 121, 215),
  table(182, 156, 72, 98),
  table(60, 99, 11, 43),
  table(104, 89, 21, 36),
];

/** Thirteen trials of the BCG vaccine: vaccinated with and without tuberculosis, others with and without (Colditz et al. 1994). */
export const VACCINE = [
  table(4, 119, 11, 128),
  table(6, 300, 29, 274),
  table(3, 228, 11, 209),
  table(62, 13536, 248, 12619),
  table(33, 5036, 47, 5761),
  table(180, 1361, 372, 1079),
  table(8, 2537, 10, 619),
  table(505, 87886, 499, 87892),
  table(29, 7470, 45, 7232),
  table(17, 1699, 65, 1600),
  table(186, 50448, 141, 27197),
  table(5, 2493, 3, 2338),
  table(27, 16886, 29, 17825),
];
