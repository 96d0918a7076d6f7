import { readProjectFile } from './project.js';

export interface CodeBlock {
  language: string;
  text: string;
}

/** Rows of cells, without the rule below the head. */
export interface Table {
  head: string[];
  rows: string[][];
}

/** What a test asks of a Markdown file of this project; no more of Markdown than these files use. */
export class Markdown {
  private readonly text: string;

  /** @param path from the project's root */
  constructor(readonly path: string) {
    this.text = readProjectFile(path);
  }

  get codeBlocks(): CodeBlock[] {
    return [...this.text.matchAll(FENCE)].map(([, language = '', text = '']) => ({ language, text }));
  }

  /** The text without its code blocks. */
  get prose(): string {
    return this.text.replace(FENCE, '');
  }

  get tables(): Table[] {
    const blocks = this.prose.match(/(?:^\|.*\n)+/gm) ?? [];
    return blocks.map((block) => {
      const [head = [], , ...rows] = block.trimEnd().split('\n').map(cellsOf);
      return { head, rows };
    });
  }

  /** The table whose first column has this heading. */
  table(heading: string): Table {
    const found = this.tables.find(({ head }) => head[0] === heading);
    if (found === undefined) throw new Error(`${this.path} has no table headed ${heading}`);
    return found;
  }

  /** Targets of links inside the project, anchors included. */
  get localLinks(): string[] {
    const targets = [...this.prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    return targets.filter((target) => !/^https?:/.test(target));
  }

  /** The anchors GitHub gives to the headings. */
  get anchors(): string[] {
    const headings = [...this.prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
    return headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    );
  }
}

/** The texts in backticks. */
export function codeSpans(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span);
}

const FENCE = /^```(\w*)\n([\s\S]*?)^```$/gm;

function cellsOf(row: string): string[] {
  const cells = row.split('|').slice(1, -1);
  return cells.map((cell) => cell.trim());
}
