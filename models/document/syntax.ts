/**
 * What the YAML parser complains about, in the words of someone who writes plants rather than parsers. One mistake often
 * makes it stumble several times on a line; only the first is worth reading.
 */
import { type Document, isAlias, isScalar, type LineCounter, visit, type YAMLParseError } from 'yaml';
import type { Problem } from '../contract/index.ts';

interface Words {
  readonly found: string;
  readonly expected: string;
  readonly hint?: string;
}

/** All mistakes of syntax in the document; empty where it may be read. */
export function syntaxProblems(file: string, text: string, doc: Document.Parsed, lines: LineCounter): Problem[] {
  const problems: Problem[] = [];
  const add = (offset: number, words: Words) => {
    const { line, col } = lines.linePos(offset);
    if (problems.some((p) => p.line === Math.max(1, line))) return;
    problems.push({ file, line: Math.max(1, line), column: Math.max(1, col), path: '', ...words });
  };
  for (const error of doc.errors) add(offsetOf(error, text, doc), wordsFor(error, text));
  visit(doc, {
    Alias(_, alias) {
      if (alias.resolve(doc) !== undefined) return;
      add(alias.range?.[0] ?? 0, {
        found: `"*${alias.source}", which refers to nothing`,
        expected: `an anchor "&${alias.source}" before it`,
        hint: 'text that begins with * or & stands in quotes',
      });
    },
  });
  return problems.sort((a, b) => a.line - b.line);
}

/** References that would unfold without end, or beyond all measure. */
export function aliasProblem(file: string): Problem {
  return {
    file,
    line: 1,
    column: 1,
    path: '',
    found: 'references (*name) that unfold to a huge document',
    expected: 'at most 100 uses of an anchor',
  };
}

function offsetOf(error: YAMLParseError, text: string, doc: Document.Parsed): number {
  // A quote that is never closed is reported at the end of the file; the writer wants to see where it opened.
  if (error.code === 'MISSING_CHAR' && /quote/.test(error.message)) {
    let opened = error.pos[0];
    visit(doc, {
      Scalar(_, node) {
        if (isScalar(node) && node.range && /^["']/.test(text.slice(node.range[0]))) opened = node.range[0];
      },
      Node(_, node) {
        return isAlias(node) ? visit.SKIP : undefined;
      },
    });
    return opened;
  }
  return error.pos[0];
}

function wordsFor(error: YAMLParseError, text: string): Words {
  const message = error.message.split('\n')[0] ?? error.code;
  const key = /^[^\s:,{}[\]]+/.exec(text.slice(error.pos[0]))?.[0] ?? '';
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return { found: 'a tab at the start of the line', expected: 'spaces: YAML does not allow tabs there' };
    case 'DUPLICATE_KEY':
      return { found: `the key "${key}" again`, expected: 'each key once in a map' };
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return {
        found: 'a ":" where the value of a key should stand or end',
        expected: '"key: value" on a line of its own, indented like its neighbours',
        hint: 'text that contains ": " stands in quotes',
      };
    case 'MULTIPLE_DOCS':
      return { found: 'a second document after "---"', expected: 'one document per file' };
    case 'MISSING_CHAR':
      if (/quote/.test(message)) return { found: 'a quote that is never closed', expected: 'a closing quote' };
      break;
    case 'BAD_INDENT': {
      const end = /end with a (.)/.exec(message)?.[1];
      if (end)
        return { found: `a ${end === ']' ? 'list' : 'map'} that does not end before here`, expected: `"${end}"` };
      break;
    }
  }
  return { found: message.charAt(0).toLowerCase() + message.slice(1), expected: 'valid YAML' };
}
