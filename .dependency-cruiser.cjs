/**
 * The rooms of `src/` and the arrows allowed between them (docs/decisions.md).
 * @type {import('dependency-cruiser').IConfiguration}
 */
const rooms = {
  common: [],
  storage: ['common'],
  cache: ['common', 'storage'],
  performance: ['common', 'storage'],
  settings: ['common', 'storage'],
  invalidation: ['common', 'cache', 'storage'],
  cluster: ['common', 'cache', 'storage'],
  maintenance: ['common', 'cache', 'storage', 'invalidation', 'cluster'],
  http: ['common', 'cache', 'performance', 'settings'],
  dashboard: ['common', 'cache', 'performance', 'settings', 'invalidation', 'maintenance', 'http', 'warm-up'],
  telemetry: ['common', 'cache', 'storage', 'performance', 'invalidation'],
  'warm-up': ['common', 'cache', 'storage', 'performance', 'http'],
  cli: ['common', 'storage', 'cluster', 'http', 'warm-up'],
};

const arrows = Object.entries(rooms).map(([room, allowed]) => ({
  name: `${room}-may-only-import-${['itself', ...allowed].join('-and-')}`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: `^src/(${[room, ...allowed].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...arrows,
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'only-storage-knows-typeorm',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(storage/|assembly/|reports-cache\\.)' },
      to: { path: 'node_modules/typeorm/' },
    },
    {
      name: 'only-http-knows-http',
      severity: 'error',
      from: {
        path: '^src/(common|storage|cache|performance|settings|invalidation|cluster|maintenance|telemetry)/',
      },
      to: { path: 'node_modules/(express|fastify|@nestjs/platform-)' },
    },
    {
      name: 'no-dev-dependencies-in-src',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm-peer', 'npm'],
      },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, pathNot: 'index\\.ts$' }, to: {} },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
