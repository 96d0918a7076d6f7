import { join } from 'node:path/posix';
import ts from 'typescript';
import { readProjectFile } from './project.js';

/** Names that `src/index.ts` exports one by one, types included, and the files they come from. */
export function exportedNames(): Map<string, string> {
  const names = new Map<string, string>();
  for (const statement of parse('src/index.ts').statements) {
    if (!ts.isExportDeclaration(statement) || statement.exportClause === undefined) continue;
    if (!ts.isNamedExports(statement.exportClause)) continue;
    const { text } = statement.moduleSpecifier as ts.StringLiteral;
    const file = join('src', text.replace(/\.js$/, '.ts'));
    for (const { name } of statement.exportClause.elements) names.set(name.text, file);
  }
  return names;
}

/** The public members of an exported class or interface, without its constructor and Nest's hooks. */
export function publicMembers(name: string): string[] {
  const file = exportedNames().get(name);
  if (file === undefined) throw new Error(`src/index.ts does not export ${name}`);
  const declaration = parse(file).statements.find(
    (statement): statement is ts.ClassDeclaration | ts.InterfaceDeclaration =>
      (ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement)) &&
      statement.name?.text === name,
  );
  const members = [...(declaration?.members ?? [])].filter(isPublic);
  return members.flatMap((member) => (member.name === undefined ? [] : [member.name.getText()]));
}

function isPublic(member: ts.ClassElement | ts.TypeElement): boolean {
  if (member.name === undefined || ts.isPrivateIdentifier(member.name)) return false;
  const modifiers = ts.canHaveModifiers(member) ? (ts.getModifiers(member) ?? []) : [];
  const hidden = [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword];
  const internal = ts.getJSDocTags(member).some((tag) => tag.tagName.text === 'internal');
  return !internal && !modifiers.some(({ kind }) => hidden.includes(kind));
}

function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readProjectFile(path), ts.ScriptTarget.ES2023, true);
}
