/** The door of the words: one catalogue per language, and filling in. */
import { type Catalogue, en, type Word } from './en.ts';
import { zh } from './zh.ts';

export type { Catalogue, Word } from './en.ts';

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];
export const CATALOGUES: Readonly<Record<Language, Catalogue>> = { en, zh };

export type Filling = Readonly<Record<string, string | number>>;

export function say(language: Language, word: Word, filling: Filling = {}): string {
  return CATALOGUES[language][word].replace(/\{(\w+)\}/g, (all, key: string) => String(filling[key] ?? all));
}
