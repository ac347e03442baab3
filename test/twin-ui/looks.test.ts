/** The window's tokens, words, keys and address: what every theme, language and link must keep. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contrast, luminance, PAIRS, PRIORITY_SHAPES, rampStops, THEMES, TOKENS } from '../../twin-ui/design/tokens.ts';
import { KEYS } from '../../twin-ui/keys.ts';
import { LAYERS, type Picture, readAddress, takeToken, USUAL, writeAddress } from '../../twin-ui/state/address.ts';
import { CATALOGUES, LANGUAGES, say, type Word } from '../../twin-ui/words/index.ts';

describe('tokens', () => {
  it('stand out enough in every theme', () => {
    const poor = THEMES.flatMap((theme) =>
      PAIRS.flatMap(({ front, back, least }) => {
        const ratio = contrast(TOKENS[theme][front], TOKENS[theme][back]);
        return ratio >= least ? [] : [`${theme}: ${front} on ${back} is ${ratio.toFixed(2)}, least ${least}`];
      }),
    );
    expect(poor).toEqual([]);
  });

  it('agree with published contrasts', () => {
    // WCAG 2.2's own examples: black on white 21, #777 on white 4.48.
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 6);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });

  it('have ramps whose lightness goes one way', () => {
    for (const theme of THEMES) {
      const light = rampStops(theme).map(luminance);
      const rises = light.slice(1).map((l, i) => Math.sign(l - light[i]!));
      expect(new Set(rises).size, theme).toBe(1);
    }
  });

  it('keep saturation for alarms: no stop of a ramp is as colourful as any alarm of priority 1 to 3', () => {
    const chroma = (hex: string) => {
      const c = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));
      return Math.max(...c) - Math.min(...c);
    };
    for (const theme of THEMES) {
      const alarms = (['alarm1', 'alarm2', 'alarm3'] as const).map((a) => chroma(TOKENS[theme][a]));
      const quiet = [...rampStops(theme), ...rampStops(theme, true)].map(chroma);
      expect(Math.max(...quiet), theme).toBeLessThan(Math.min(...alarms));
    }
  });

  it('give each priority its own shape', () => {
    expect(new Set(Object.values(PRIORITY_SHAPES)).size).toBe(4);
  });
});

describe('words', () => {
  const filled = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
  it('are the same keys with the same blanks in every language, none of them empty', () => {
    for (const language of LANGUAGES) {
      expect(Object.keys(CATALOGUES[language]).sort()).toEqual(Object.keys(CATALOGUES.en).sort());
      for (const [key, text] of Object.entries(CATALOGUES[language])) {
        expect(text.trim(), `${language} ${key}`).not.toBe('');
        expect(filled(text), `${language} ${key}`).toEqual(filled(CATALOGUES.en[key as Word]));
      }
    }
  });

  it('are filled in, and a blank that nobody fills stays to be seen', () => {
    expect(say('en', 'app.seed', { n: 7 })).toBe('seed 7');
    expect(say('en', 'app.seed')).toBe('seed {n}');
  });
});

describe('keys', () => {
  it('mean one thing each and are all in the sheet', () => {
    const all = KEYS.flatMap((k) => k.keys);
    expect(new Set(all).size).toBe(all.length);
    for (const k of KEYS) expect(CATALOGUES.en[k.word]).toBeDefined();
    expect(KEYS[all.indexOf('4') >= 0 ? KEYS.findIndex((k) => k.keys.includes('4')) : 0]!.word).toBe('layer.truth');
  });
});

describe('the address', () => {
  const pictures: fc.Arbitrary<Picture> = fc.record(
    {
      speed: fc.constantFrom(0.25, 1, 8, 256),
      plan: fc.boolean(),
      muted: fc.boolean(),
      layers: fc.subarray([...LAYERS]),
      run: fc.constantFrom('live', 'crude-pinhole/7555080b', 'a.b+c/d-e_f'),
      timeUs: fc.integer({ min: 0, max: 10 ** 8 }).map((n) => n * 10_000),
      playing: fc.constant(true),
      selected: fc.constantFrom('PT-101', 'ESD-1/GAS-1'),
      camera: fc
        .array(fc.integer({ min: 1, max: 99_999 }), { minLength: 6, maxLength: 6 })
        .map((a) => a.map((n) => n / 1000) as unknown as NonNullable<Picture['camera']>),
      place: fc.constantFrom('line' as const, 'network' as const, 'site' as const),
      theme: fc.constantFrom(...THEMES),
      language: fc.constantFrom(...LANGUAGES),
      trends: fc.subarray(['PT-101', 'FT-501', 'LT-1B'], { minLength: 1 }),
      compare: fc.constantFrom('crude-pinhole/7555080b'),
    },
    { requiredKeys: ['speed', 'plan', 'muted', 'layers'] },
  );

  it('gives back every picture that it was written from, with sorted keys', () => {
    fc.assert(
      fc.property(pictures, (picture) => {
        const hash = writeAddress(picture);
        expect(readAddress(`#${hash}`)).toEqual(picture);
        const keys = hash === '' ? [] : hash.split('&').map((p) => p.split('=')[0]!);
        expect(keys).toEqual([...keys].sort());
      }),
    );
  });

  it('takes whatever it is given, and what makes no sense as usual', () => {
    fc.assert(fc.property(fc.string(), (text) => void readAddress(text)));
    expect(readAddress('#run=../../etc/passwd&t=-1&speed=x&cam=1,2&theme=pink&select=%3Cb%3E')).toEqual(USUAL);
  });

  it('never keeps the truth token', () => {
    const { token, rest } = takeToken('#truth=secret&run=live');
    expect(token).toBe('secret');
    expect(rest).toBe('run=live');
    expect(writeAddress(readAddress('#truth=secret&run=live'))).not.toContain('secret');
  });
});
