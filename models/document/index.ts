/** The door of documents: YAML with places, quantities with units, and the package's own libraries of documents. */
export {
  findDocument,
  LIBRARY,
  type LibraryKind,
  libraryNames,
  packageRoot,
  readBeside,
  readTextFile,
  type TextFile,
} from './file.ts';
export { addIssue, duration, type IssueParams, type Limits, quantity } from './quantity.ts';
export { type Located, type OpenDocument, openDocument, readDocument, validateDocument } from './read.ts';
