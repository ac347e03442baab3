// Adds to package-lock.json the optional platform packages that the registry at hand does not serve: npm ci refuses a lock
// that lacks them, on every platform, though it would never fetch them here.
import { readFileSync, writeFileSync } from 'node:fs';

const path = process.argv[2];
const lock = JSON.parse(readFileSync(path, 'utf8'));
const P = lock.packages;
let added = 0;
for (const [key, pkg] of Object.entries(P)) {
  for (const [name, version] of Object.entries(pkg.optionalDependencies ?? {})) {
    if (P[`node_modules/${name}`] || P[`${key}/node_modules/${name}`]) continue;
    const m =
      /(android|darwin|linux|win32|freebsd|openharmony|wasm32|aix|sunos|netbsd|openbsd)-?([a-z0-9]+)?(?:-(musl|gnu|msvc|gnueabihf|musleabihf|eabi))?$/.exec(
        name,
      );
    if (!m) {
      console.log('skip', name, version);
      continue;
    }
    const sibling = Object.entries(P).find(
      ([k]) => k.startsWith(`node_modules/${name.split('/')[0]}/`) && P[k].optional,
    )?.[1];
    const libc =
      m[1] === 'linux' && (sibling?.libc || m[3]) ? { libc: [m[3]?.startsWith('musl') ? 'musl' : 'glibc'] } : {};
    P[`node_modules/${name}`] = {
      version,
      cpu: [m[2] === 'universal' ? 'x64' : m[2]].filter(Boolean),
      ...(pkg.dev ? { dev: true } : {}),
      ...libc,
      ...(sibling?.license ? { license: sibling.license } : {}),
      optional: true,
      os: [m[1]],
      ...(sibling?.engines ? { engines: sibling.engines } : {}),
    };
    console.log('add', name, version, JSON.stringify(P[`node_modules/${name}`]));
    added++;
  }
}
lock.packages = Object.fromEntries(Object.entries(P).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, JSON.stringify(lock, null, 2) + '\n');
console.log('added', added);
