import tseslint from 'typescript-eslint';

/** The dashboard's page: plain modules for browsers, with types in comments. */
const PAGE = 'src/dashboard/page/**/*.js';

const MARKUP_FROM_TEXT = ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'setHTMLUnsafe', 'write', 'srcdoc'];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'coverage/**', 'bench/**'] },
  ...tseslint.configs.recommendedTypeChecked.map((config) => ({ ...config, files: ['**/*.ts'] })),
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 14],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  ...tseslint.configs.recommendedTypeChecked.map((config) => ({ ...config, files: [PAGE] })),
  {
    files: [PAGE],
    languageOptions: {
      parserOptions: { project: './src/dashboard/page/tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 14],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      // What clients chose to be called must never become markup, style or script.
      'no-restricted-properties': [
        'error',
        ...MARKUP_FROM_TEXT.map((property) => ({ property, message: 'Use h().' })),
      ],
      'no-restricted-globals': ['error', 'eval', 'Function', 'DOMParser'],
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/common/module-logger.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { name: '@nestjs/common', importNames: ['Logger', 'ConsoleLogger'], message: 'Use ModuleLogger.' },
      ],
    },
  },
  {
    files: ['test/dashboard/browser/**/*.ts', 'test/reliability/dashboard/**/*.ts'],
    languageOptions: {
      parserOptions: {
        project: './test/dashboard/browser/tsconfig.json',
        tsconfigRootDir: import.meta.dirname,
      },
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      'max-lines': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
);
