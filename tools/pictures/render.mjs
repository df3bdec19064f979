#!/usr/bin/env node
// Draws Grafana dashboards to PNG files. See README.md.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { seconds } from './src/interpolate.mjs';
import { arrange, gridHeight } from './src/layout.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const cache = path.join(here, '../../.cache/pictures');
// Nothing is asked over the network: every request to this name is answered below.
const origin = 'http://pictures.invalid';

const usage = `usage: node tools/pictures/render.mjs --dashboards DIR --prometheus URL --out DIR [option ...]

  --dashboards DIR   the dashboards, one JSON file each
  --prometheus URL   where the data is, such as http://127.0.0.1:9090
  --out DIR          where <uid>.png goes
  --only UID,UID     these dashboards only
  --suffix TEXT      <uid><suffix>.png
  --width 1600       pixels
  --height 900       pixels, or "full": as high as the dashboard is
  --scale 1          2 draws every pixel four times as fine
  --theme dark       or light
  --from now-15m     time range
  --to now
  --at SECONDS       what "now" is, as a Unix time
  --interval 15s     scrape interval, as the data source would know it
  --var NAME=A,B     value of a variable, "All" for all; may be repeated
  --open             unfold collapsed rows`;

class Mistake extends Error {}

function options() {
  const text = (value) => ({ type: 'string', default: value });
  const { values } = parseArgs({
    options: {
      dashboards: text(), prometheus: text(), out: text(), only: text(), suffix: text(''), width: text('1600'), height: text('900'),
      scale: text('1'), theme: text('dark'), from: text('now-15m'), to: text('now'), at: text(), interval: text('15s'),
      var: { type: 'string', multiple: true, default: [] }, open: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  for (const name of ['dashboards', 'prometheus', 'out']) {
    if (!values[name]) throw new Mistake(`--${name} is missing\n${usage}`);
  }
  if (!['light', 'dark'].includes(values.theme)) throw new Mistake(`--theme ${values.theme}: write light or dark`);
  const numbers = { width: number('width', values.width), height: number('height', values.height, 'full'), scale: number('scale', values.scale) };
  const at = values.at === undefined ? undefined : number('at', values.at);
  return { ...values, ...numbers, at, prometheus: address(values.prometheus), scrape: interval(values.interval), variables: variables(values.var) };
}

function address(text) {
  if (!URL.canParse(text) || !/^https?:\/\/[^@]+$/.test(text)) {
    throw new Mistake('--prometheus: write an address such as http://127.0.0.1:9090, without user and password');
  }
  return text.replace(/\/+$/, '');
}

function interval(text) {
  try {
    return seconds(text);
  } catch (error) {
    throw new Mistake(`--interval: ${error.message}`);
  }
}

function number(name, text, word) {
  if (text === word) return text;
  if (!(Number(text) > 0)) throw new Mistake(`--${name} ${text}: write a number above 0${word ? ` or "${word}"` : ''}`);
  return Number(text);
}

function variables(pairs) {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new Mistake(`--var ${pair}: write --var name=value, or name=a,b`);
      return [pair.slice(0, at), pair.slice(at + 1).split(',')];
    })
  );
}

function browser() {
  const candidates = process.env.CHROMIUM
    ? [process.env.CHROMIUM]
    : ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (!found) throw new Mistake(`no browser at ${candidates.join(', ')}: install Chromium, or set CHROMIUM to the path of one`);
  return found;
}

/** The dashboards of a folder: every JSON file that has panels. */
async function dashboards(directory, only) {
  if (!existsSync(directory)) throw new Mistake(`--dashboards ${directory}: there is no such folder`);
  const files = (await readdir(directory)).filter((name) => name.endsWith('.json')).sort();
  const all = [];
  for (const file of files) {
    const dashboard = JSON.parse(await readFile(path.join(directory, file), 'utf8'));
    if (dashboard.panels) all.push({ file, uid: dashboard.uid || path.basename(file, '.json'), dashboard });
  }
  const wanted = only?.split(',');
  const unknown = wanted?.filter((uid) => !all.some((one) => one.uid === uid)) ?? [];
  if (unknown.length) throw new Mistake(`--only ${unknown}: ${directory} has ${all.map(({ uid }) => uid).join(', ')}`);
  if (all.length === 0) throw new Mistake(`--dashboards ${directory}: no JSON file with panels in there`);
  return wanted ? all.filter(({ uid }) => wanted.includes(uid)) : all;
}

/** Bundles the page, unless the bundle of these very sources is there. */
async function bundle() {
  const hash = createHash('sha256');
  for (const name of ['package-lock.json', 'render.mjs', 'src', 'src/panels']) {
    const entry = path.join(here, name);
    const files = path.extname(name) ? [entry] : (await readdir(entry)).filter((file) => path.extname(file)).map((file) => path.join(entry, file));
    for (const file of files.sort()) hash.update(await readFile(file));
  }
  const directory = path.join(cache, `page-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(path.join(directory, 'page.js'))) return directory;
  const unfinished = `${directory}.${process.pid}`;
  await build({
    entryPoints: { page: path.join(here, 'src/page.tsx') },
    outdir: unfinished,
    bundle: true,
    minify: true,
    format: 'iife',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
    loader: { '.svg': 'dataurl', '.ttf': 'dataurl' },
    logLevel: 'error',
  });
  // Another run may have been quicker; its bundle is the same.
  await rename(unfinished, directory).catch((error) => existsSync(directory) || Promise.reject(error));
  return directory;
}

const html = `<!doctype html><meta charset="utf-8"><style>body { margin: 0 }</style><link rel="stylesheet" href="/page.css"><div id="page"></div><script src="/page.js"></script>`;

/** Answers the page: itself, Grafana's icons, and the fonts that Grafana uses. */
async function serve(route, directory) {
  const { pathname } = new URL(route.request().url());
  if (pathname === '/') return route.fulfill({ body: html, contentType: 'text/html' });
  const file = local(pathname, directory);
  if (!file || !existsSync(file)) return route.fulfill({ status: 404 });
  return route.fulfill({ path: file });
}

function local(pathname, directory) {
  const font = /fonts\/(inter|roboto)\/(.+)\.woff2$/.exec(pathname);
  if (font) {
    const [, family, name] = font;
    const [weight, style] = [name.includes('Medium') ? 500 : 400, name.includes('Italic') ? 'italic' : 'normal'];
    const packageName = family === 'inter' ? 'inter' : 'roboto-mono';
    return require.resolve(`@fontsource/${packageName}/files/${packageName}-latin-${weight}-${style}.woff2`);
  }
  const icon = /img\/icons\/(.+)$/.exec(pathname);
  if (icon) return path.join(here, 'node_modules/@grafana/ui/dist/public/img/icons', icon[1]);
  return path.join(directory, path.basename(pathname));
}

/** Asks the Prometheus HTTP API for the page. */
async function ask(base, endpoint, parameters) {
  const url = base + endpoint;
  const search = new URLSearchParams(parameters);
  try {
    // Queries can be longer than an address may be.
    const response = await (endpoint.includes('/label/') ? fetch(`${url}?${search}`) : fetch(url, { method: 'POST', body: search }));
    const { status, data, error } = await response.json();
    return status === 'success' ? { data } : { error };
  } catch (error) {
    return { error: `${base} does not answer as Prometheus does: ${error.cause?.message ?? error.message}` };
  }
}

/** Draws one dashboard into its file and returns what went wrong. */
async function draw(chrome, { uid, dashboard }, opts, directory) {
  const full = opts.height === 'full';
  const context = await chrome.newContext({
    // Tables draw only the rows that can be seen, so that all of the page must be.
    viewport: { width: opts.width, height: full ? gridHeight(arrange(dashboard.panels, opts.open)) + 400 : opts.height },
    deviceScaleFactor: opts.scale,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.route('**/*', (route) => serve(route, directory));
  await page.exposeFunction('prometheus', (endpoint, parameters) => ask(opts.prometheus, endpoint, parameters));
  if (opts.at) await page.clock.setFixedTime(opts.at * 1000);
  await page.goto(origin);
  const { theme, from, to, scrape, variables, open } = opts;
  try {
    const settings = { theme, from, to, scrape, variables, open };
    problems.push(...(await page.evaluate(([json, given]) => window.draw(json, given), [dashboard, settings])));
  } catch (error) {
    problems.push(error.message.split('\n')[0].replace(/^page\.evaluate: (Error: )?/, ''));
  }
  const used = await page.evaluate(() => document.getElementById('page').scrollHeight);
  const clip = { x: 0, y: 0, width: opts.width, height: full ? used : opts.height };
  await page.screenshot({ path: path.join(opts.out, `${uid}${opts.suffix}.png`), clip });
  await context.close();
  return problems;
}

async function main() {
  const opts = options();
  const wanted = await dashboards(opts.dashboards, opts.only);
  const executablePath = browser();
  const { error } = await ask(opts.prometheus, '/api/v1/query', { query: '1' });
  if (error) throw new Mistake(`--prometheus: ${error}`);
  const directory = await bundle();
  await mkdir(opts.out, { recursive: true });
  const flags = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  const chrome = await chromium.launch({ executablePath, headless: true, chromiumSandbox: false, args: flags });
  let failed = false;
  try {
    for (const one of wanted) {
      const problems = await draw(chrome, one, opts, directory);
      for (const problem of problems) console.error(`pictures: ${one.file}: ${problem}`);
      failed ||= problems.length > 0;
    }
  } finally {
    await chrome.close();
  }
  process.exitCode = failed ? 1 : 0;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Mistake) && !error.code?.startsWith('ERR_PARSE_ARGS')) throw error;
  console.error(`pictures: ${error.message}`);
  process.exitCode = 2;
}
